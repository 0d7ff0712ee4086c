import CKernels

/// The operations of a transformer layer on packed batches: one pass each, forward and gradient, f32.
///
/// A batch of texts is a [tokens, hidden] matrix; `offsets` has one entry more than there are sequences, and sequence i is the rows
/// `offsets[i] ..< offsets[i + 1]`. Nothing is padded. Without gradient recording, nothing is kept beside the result.
public enum Fused {}

/// Zeroing at random, with the rest scaled to keep the expectation (Srivastava et al. 2014).
///
/// What is dropped is a function of the generator's seed, stream and position and of the place in the tensor, so that the gradient asks
/// again instead of keeping a mask.
public struct Dropout: Sendable {
    public let probability: Double
    public let generator: Philox

    public init(probability: Double, generator: Philox) {
        self.probability = probability
        self.generator = generator
    }

    /// The kernels' form.
    func kernel(_ operation: String) throws(TensorError) -> eft_dropout {
        guard probability >= 0, probability < 1 else {
            throw TensorError(.value, operation, "the probability must be in 0..<1, not \(probability)")
        }
        let stream = generator.stream &+ generator.position &* 0x9e37_79b9_7f4a_7c15
        return eft_dropout(
            key: (UInt32(truncatingIfNeeded: generator.seed), UInt32(generator.seed >> 32)),
            stream: (UInt32(truncatingIfNeeded: stream), UInt32(stream >> 32)),
            threshold: UInt32(clamping: Int64((probability * 0x1p32).rounded())), scale: Float(1 / (1 - probability)))
    }
}

/// Checked operands of the fused operations.
enum Packed {
    /// `x` as f32 [rows, columns], contiguous and without a node.
    static func matrix(_ x: Tensor, _ operation: String, _ name: String) throws(TensorError) -> Tensor {
        guard x.rank == 2 else {
            throw TensorError(.shape, operation, "\(name) must be a matrix [tokens, hidden]", operands: [x])
        }
        guard x.dtype == .f32 else { throw TensorError(.dtype, operation, "\(name) must be f32", operands: [x]) }
        return try x.contiguous()
    }

    /// `x` as f32 [columns], contiguous and without a node.
    static func vector(_ x: Tensor, _ columns: Int, _ operation: String, _ name: String) throws(TensorError) -> Tensor {
        guard x.shape == [columns] else {
            throw TensorError(.shape, operation, "\(name) must have shape [\(columns)]", operands: [x])
        }
        guard x.dtype == .f32 else { throw TensorError(.dtype, operation, "\(name) must be f32", operands: [x]) }
        return try x.contiguous()
    }

    /// `y` has the shape of `x`.
    static func same(_ x: Tensor, _ y: Tensor, _ operation: String) throws(TensorError) {
        guard x.shape == y.shape else { throw TensorError(.shape, operation, "shapes differ", operands: [x, y]) }
    }

    /// The offsets ascend from 0 to `rows`.
    static func offsets(_ offsets: [Int], rows: Int, _ operation: String) throws(TensorError) {
        guard offsets.first == 0, offsets.last == rows, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw TensorError(.value, operation, "the offsets must ascend from 0 to the number of rows, \(rows)")
        }
    }

    /// Every id is a row of the table.
    static func ids(_ ids: [Int32], of table: Tensor, _ operation: String, _ name: String) throws(TensorError) {
        if let bad = ids.first(where: { $0 < 0 || Int($0) >= table.shape[0] }) {
            throw TensorError(.index, operation, "\(name) \(bad) is outside 0..<\(table.shape[0])", operands: [table])
        }
    }

    /// Whether an operation on these has to keep what a gradient needs.
    static func records(_ inputs: [Tensor]) -> Bool { GradMode.isEnabled && inputs.contains(where: \.requiresGrad) }
}

extension Tensor {
    /// A view of the f32 elements of a contiguous tensor; valid while the tensor is.
    var elements: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: base(Float.self), count: count) }
    /// The same for the maker of a new tensor, who alone may write it.
    var newElements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: mutableBase(Float.self), count: count) }
}
