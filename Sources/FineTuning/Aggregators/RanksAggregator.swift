import Foundation
import Tensors

/// Makes one rank of the ranks of an object's rows (its parts, or augmented copies).
public protocol RanksAggregator {
    /// The plain aggregate of numbers.
    func aggregate(_ ranks: [Double]) throws -> Double
    /// The aggregate of ranks [n] as a scalar that gradients pass through.
    func aggregate(_ ranks: Tensor) throws -> Tensor
}

/// The mean. A sum of exactly 0 counts as "no ranks at all" and gives `ifZeroesValue` without gradient.
public struct MeanAggregator: RanksAggregator {
    public let ifEmptyValue: Double
    public let ifZeroesValue: Double

    public init(ifEmptyValue: Double = 0, ifZeroesValue: Double = 0) {
        self.ifEmptyValue = ifEmptyValue
        self.ifZeroesValue = ifZeroesValue
    }

    public func aggregate(_ ranks: [Double]) -> Double {
        if ranks.isEmpty { return ifEmptyValue }
        let sum = ranks.reduce(0, +)
        return sum == 0 ? ifZeroesValue : sum / Double(ranks.count)
    }

    public func aggregate(_ ranks: Tensor) throws -> Tensor {
        if ranks.count == 0 { return try Tensor(scalar: ifEmptyValue, dtype: ranks.dtype) }
        let sum = try ranks.sum()
        return try sum.item() == 0 ? Tensor(scalar: ifZeroesValue, dtype: ranks.dtype) : ranks.mean()
    }
}

/// The largest rank; differentiable as Σ softmax(β r) r with β = 1e5.
public struct MaxAggregator: RanksAggregator {
    public let ifEmptyValue: Double

    public init(ifEmptyValue: Double = 0) { self.ifEmptyValue = ifEmptyValue }

    public func aggregate(_ ranks: [Double]) -> Double { ranks.max() ?? ifEmptyValue }

    public func aggregate(_ ranks: Tensor) throws -> Tensor {
        try ranks.count == 0 ? Tensor(scalar: ifEmptyValue, dtype: ranks.dtype) : SoftExtreme.maximum(of: ranks)
    }
}

/// The smallest rank; differentiable as Σ softmax(-β r) r with β = 1e5.
public struct MinAggregator: RanksAggregator {
    public let ifEmptyValue: Double

    public init(ifEmptyValue: Double = 0) { self.ifEmptyValue = ifEmptyValue }

    public func aggregate(_ ranks: [Double]) -> Double { ranks.min() ?? ifEmptyValue }

    public func aggregate(_ ranks: Tensor) throws -> Tensor {
        try ranks.count == 0 ? Tensor(scalar: ifEmptyValue, dtype: ranks.dtype) : SoftExtreme.minimum(of: ranks)
    }
}

/// Extremes that gradients pass through: the softmax-weighted mean, sharp when `beta` is large.
public enum SoftExtreme {
    public static func maximum(of x: Tensor, beta: Double = 1e5) throws(TensorError) -> Tensor {
        try ((x * beta).softmax(dim: 0) * x).sum()
    }

    public static func minimum(of x: Tensor, beta: Double = 1e5) throws(TensorError) -> Tensor {
        try ((x * -beta).softmax(dim: 0) * x).sum()
    }
}
