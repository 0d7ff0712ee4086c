import Tensors

/// How a search index compares vectors, and objects of several vectors.
public struct SearchIndexInfo: Hashable, Sendable {
    public enum Metric: String, CaseIterable, Sendable {
        case cosine, dot, euclid
    }

    /// How the values of an object's parts become one.
    public enum Aggregation: String, CaseIterable, Sendable {
        /// The smallest, softly: Σ w v / Σ w with w = e^(-v / temperature).
        case min
        case avg
    }

    /// Length of a vector.
    public let dimensions: Int
    public let metric: Metric
    public let aggregation: Aggregation

    /// Throws unless `dimensions` is positive.
    public init(dimensions: Int, metric: Metric = .cosine, aggregation: Aggregation = .min) throws(FineTuningError) {
        guard dimensions > 0 else { throw FineTuningError(.value, "dimensions must be a positive integer", found: "\(dimensions)") }
        self.dimensions = dimensions
        self.metric = metric
        self.aggregation = aggregation
    }

    /// Throws unless `x` is a matrix of vectors of this length.
    func check(_ x: Tensor, _ name: String) throws(FineTuningError) {
        guard x.rank == 2, x.shape[1] == dimensions else {
            throw FineTuningError(
                .value, "\(name) must be vectors of \(dimensions) numbers", found: "\(x.shape)",
                help: "the index was described with dimensions = \(dimensions)")
        }
    }

    /// The raw comparison of every query [n, d] with every vector [m, d]: cosine, dot product, or distance; [n, m].
    func compare(_ queries: Tensor, _ vectors: Tensor) throws(TensorError) -> Tensor {
        switch metric {
        case .cosine: try queries.normalize(dim: -1, eps: 1e-12).matmul(vectors.normalize(dim: -1, eps: 1e-12).transpose(0, 1))
        case .dot: try queries.matmul(vectors.transpose(0, 1))
        case .euclid:
            try (queries.reshape([queries.shape[0], 1, dimensions]) - vectors.reshape([1, vectors.shape[0], dimensions])).norm(dim: [2])
        }
    }
}

/// Makes one value of several along an axis.
enum SoftMinimum {
    /// Σ w v / Σ w with w = e^(-v / temperature), along `dim`; gradients pass through the weights, too.
    static func of(_ values: Tensor, dim: Int, temperature: Double) throws(TensorError) -> Tensor {
        try ((values * (-1 / temperature)).softmax(dim: dim) * values).sum(dim: [dim])
    }
}
