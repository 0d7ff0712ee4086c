/// xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64: the same seed gives the same numbers on every machine.
public struct Xoshiro: RandomNumberGenerator, Sendable, Equatable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var counter = seed
        func next() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            var mixed = counter
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        state = (next(), next(), next(), next())
    }

    /// The four words that the next numbers follow from.
    public var words: [UInt64] {
        get { [state.0, state.1, state.2, state.3] }
        set { if newValue.count == 4 { state = (newValue[0], newValue[1], newValue[2], newValue[3]) } }
    }

    public static func == (left: Xoshiro, right: Xoshiro) -> Bool { left.state == right.state }

    public mutating func next() -> UInt64 {
        func rotated(_ value: UInt64, _ by: UInt64) -> UInt64 { (value << by) | (value >> (64 - by)) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Uniform in 0 ..< 1 with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0 ..< bound without bias (Lemire's method).
    public mutating func below(_ bound: Int) -> Int { Int(next(upperBound: UInt64(max(1, bound)))) }
}
