import Foundation

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011). A seed and a stream name a sequence; any position can be reached at once.
public struct Philox: Hashable, Sendable, RandomNumberGenerator {
    public let seed: UInt64
    /// One stream for each purpose, so that drawing more for one does not change another.
    public let stream: UInt64
    /// Number of 32-bit words drawn so far; restoring it restores the sequence.
    public var position: UInt64

    public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        self.position = position
    }

    /// Stream for a purpose by name, by the FNV-1a hash of the name.
    public init(seed: UInt64, purpose: String) {
        let hash = purpose.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        self.init(seed: seed, stream: hash)
    }

    /// The four words at `counter` of this sequence.
    public func block(_ counter: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
        var c = (UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), UInt32(truncatingIfNeeded: stream), UInt32(stream >> 32))
        var key = (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32))
        for _ in 0..<10 {
            let a = UInt64(c.0) * 0xD251_1F53, b = UInt64(c.2) * 0xCD9E_8D57
            c = (
                UInt32(b >> 32) ^ c.1 ^ key.0, UInt32(truncatingIfNeeded: b),
                UInt32(a >> 32) ^ c.3 ^ key.1, UInt32(truncatingIfNeeded: a)
            )
            key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
        }
        return c
    }

    public mutating func next32() -> UInt32 {
        let words = block(position >> 2)
        defer { position &+= 1 }
        switch position & 3 {
        case 0: return words.0
        case 1: return words.1
        case 2: return words.2
        default: return words.3
        }
    }

    public mutating func next() -> UInt64 {
        guard position & 1 == 0 else {
            let low = next32()
            return Self.joined(low, next32())
        }
        // Both words are of one block, which is most of the work.
        let words = block(position >> 2), isFirstHalf = position & 3 == 0
        position &+= 2
        return isFirstHalf ? Self.joined(words.0, words.1) : Self.joined(words.2, words.3)
    }

    private static func joined(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }

    /// Uniform in [0, 1) with 53 bits.
    public mutating func uniform() -> Double { Self.unit(next()) }

    private static func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

    /// Uniform in 0..<bound without bias; 0 if there is nothing to choose from.
    public mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int(next(upperBound: UInt64(bound))) }

    /// Standard normal, by Box and Muller's polar-free form; draws two uniforms.
    public mutating func normal() -> Double {
        guard position & 3 == 0 else { return Self.normal(1 - uniform(), uniform()) }
        let words = block(position >> 2)
        position &+= 4
        return Self.normal(1 - Self.unit(Self.joined(words.0, words.1)), Self.unit(Self.joined(words.2, words.3)))
    }

    private static func normal(_ u: Double, _ v: Double) -> Double { (-2 * log(u)).squareRoot() * cos(2 * .pi * v) }

    /// The numbers 0..<count in random order (Fisher and Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<Swift.max(count, 0))
        for i in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(i, below(i + 1)) }
        return order
    }

    /// Uniform values in low..<high.
    public mutating func uniform(
        _ shape: Shape, from low: Double = 0, to high: Double = 1, dtype: DType = .f32
    ) throws(TensorError) -> Tensor {
        guard low < high, (high - low).isFinite else {
            throw TensorError(.value, "rand", "needs finite bounds with low below high, not \(low) and \(high)")
        }
        // Rounding to f32 must not reach the bound that is excluded.
        let largest = dtype == .f32 ? Double(Float(high).nextDown) : high.nextDown
        return try fill(shape, dtype, "rand", words: 2) { Swift.min($0.uniform() * (high - low) + low, largest) }
    }

    /// Normal values.
    public mutating func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .f32
    ) throws(TensorError) -> Tensor {
        try fill(shape, dtype, "randn", words: 4) { $0.normal() * deviation + mean }
    }

    /// Each element 1 / (1 - probability) with probability 1 - `probability`, else 0: multiplied by it, a tensor keeps its expectation.
    public mutating func dropoutMask(_ shape: Shape, probability: Double, dtype: DType = .f32) throws(TensorError) -> Tensor {
        guard probability >= 0, probability < 1 else {
            throw TensorError(.value, "dropout", "the probability must be in 0..<1, not \(probability)")
        }
        let threshold = UInt32(clamping: Int64((probability * 0x1p32).rounded()))
        return try fill(shape, dtype, "dropout", words: 1) { $0.next32() < threshold ? 0 : 1 / (1 - probability) }
    }

    /// `draw` takes `words` words for each element: where an element's words lie is known, so that threads share the work and any number of
    /// them gives the same values.
    private mutating func fill(
        _ shape: Shape, _ dtype: DType, _ name: String, words: UInt64, _ draw: (inout Philox) -> Double
    ) throws(TensorError) -> Tensor {
        guard dtype.isFloating else { throw TensorError(.dtype, name, "needs f32 or f64, not \(dtype)") }
        let start = self
        func values<T: FloatingElement>(_ type: T.Type) throws(TensorError) -> Tensor {
            try Tensor.build(shape, as: T.self, name) { out throws(TensorError) in
                try EarlyEnd.allowing(name, out.count) {
                    Parallel.ranges(out.count, grain: 1 << 12) { range in
                        var generator = start
                        generator.position &+= UInt64(range.lowerBound) &* words
                        for i in range { out[i] = T(draw(&generator)) }
                    }
                }
            }
        }
        let result = dtype == .f64 ? try values(Double.self) : try values(Float.self)
        position &+= UInt64(result.count) &* words
        return result
    }
}
