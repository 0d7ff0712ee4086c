/// A small seeded generator (SplitMix64, Steele et al. 2014) whose draws never change between releases,
/// so that a split or a shuffle with a given seed is the same for ever.
public struct SeededRandom: RandomNumberGenerator {
    /// What the next draws follow from.
    public var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// The generator of `seed`, or one that starts anywhere when there is none.
    public init(seed: UInt64?) { state = seed ?? UInt64.random(in: .min ... .max) }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A uniform integer in 0 ..< bound, by the high half of a product (Lemire 2019); 0 when bound is 0.
    public mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            // Draws under this limit would make some results likelier than others.
            let limit = (0 &- range) % range
            while product.low < limit { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A number from 0 up to, not including, 1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// The elements in random order (Fisher and Yates); written out because the standard library may change its own.
    public mutating func shuffled<T>(_ elements: [T]) -> [T] {
        var result = elements
        for last in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(last, below(last + 1))
        }
        return result
    }
}
