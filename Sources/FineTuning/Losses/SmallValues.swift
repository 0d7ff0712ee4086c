import Tensors

/// Smooth stand-ins for "the values that are near zero".
public enum SmallValues {
    /// Near 1 where |x| is below the threshold, near 0 above: sigmoid(steepness · (threshold - |x|)).
    public static func softIndicator(_ x: Tensor, threshold: Double = 0.01, steepness: Double = 100) throws(TensorError) -> Tensor {
        try ((threshold - x.abs()) * steepness).sigmoid()
    }

    /// Mean of |x| over the small values: Σ |x| w / (Σ w + 1e-10), w being the soft indicator.
    public static func differentiableMean(of x: Tensor, threshold: Double = 0.01, steepness: Double = 100) throws(TensorError) -> Tensor {
        let weights = try softIndicator(x, threshold: threshold, steepness: steepness)
        return try (x.abs() * weights).sum() / (weights.sum() + 1e-10)
    }
}
