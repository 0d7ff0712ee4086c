/// Products and distances of vectors and matrices that `matmul` is the general case of, with torch's demands on shapes.
extension Tensor {
    /// Σ a b of two vectors of one length.
    public static func dot(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        guard a.rank == 1, a.shape == b.shape else {
            throw TensorError(.dot, operands: [a, b])
        }
        return try (a * b).sum()
    }

    /// a[i] b[j] for vectors a and b.
    public static func outer(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        guard a.rank == 1, b.rank == 1 else { throw TensorError(.outer, operands: [a, b]) }
        return try a.unsqueeze(1) * b.unsqueeze(0)
    }

    /// The products of b matrices with b others: [b, m, k] and [b, k, n].
    public static func bmm(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        guard a.rank == 3, b.rank == 3, a.shape[0] == b.shape[0] else {
            throw TensorError(.bmm, operands: [a, b])
        }
        return try a.matmul(b)
    }

    /// The Euclidean distance of each row of a [..., n, d] to each of b [..., m, d], from the differences themselves: exact for
    /// neighbours, at the price of n m d numbers in memory.
    public static func cdist(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        guard a.rank >= 2, b.rank >= 2, a.shape[-1] == b.shape[-1] else {
            throw TensorError(.cdist, operands: [a, b])
        }
        return try (a.unsqueeze(-2) - b.unsqueeze(-3)).norm(dim: [-1])
    }
}
