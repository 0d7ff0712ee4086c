import Clickstream
import Foundation
import Tensors

/// Walks through training batches, forwards and backwards.
///
/// A step back restores parameters, optimizers, schedules and random states bit for bit, so that the steps forward again give the same.
public final class StepThrough {
    /// What a step did to one parameter.
    public struct GradientSummary {
        public let name: String
        /// Euclidean length of the gradient.
        public let norm: Double
        /// Largest absolute value in the gradient.
        public let largest: Double
        /// Share of the gradient's values that are not finite, 0 to 1.
        public let notFinite: Double
        /// Length of the step's change over the length of the parameter.
        public let updateRatio: Double
    }

    public let tuner: EmbeddingsFineTuner
    public let batches: [[InputPair]]
    /// Batches that have been trained on; the next step takes `batches[position]`.
    public private(set) var position = 0
    /// Steps that had to be forgotten for want of memory: `back` cannot go before them.
    public private(set) var forgotten = 0
    /// Losses of the steps so far, one for each.
    public private(set) var losses: [Double] = []
    /// The tuner before each step that can be taken back.
    private var before: [TunerSnapshot] = []
    private let memoryLimit: Int

    /// - Parameter memoryLimit: bytes that past states may hold.
    public init(_ tuner: EmbeddingsFineTuner, batches: [[InputPair]], memoryLimit: Int = 2 << 30) throws {
        self.tuner = tuner
        self.batches = batches
        self.memoryLimit = memoryLimit
        if tuner.optimizers.isEmpty { try tuner.configureOptimizers() }
    }

    /// Loss of the last step; nil before the first.
    public var loss: Double? { losses.last }

    /// Trains on the next `steps` batches, or as many as are left; returns how many that were.
    @discardableResult public func next(_ steps: Int = 1) throws -> Int {
        guard steps > 0 else { throw FineTuningError(.value, "the number of steps must be positive", found: "\(steps)") }
        var taken = 0
        while taken < steps, position < batches.count {
            let snapshot = try tuner.snapshot()
            let loss: Double
            do {
                loss = try tuner.trainingStep(batches[position], batchIndex: position).item()
            } catch {
                try tuner.restore(snapshot)
                throw error
            }
            losses.append(loss)
            before.append(snapshot)
            position += 1
            taken += 1
            forgetOldest()
        }
        return taken
    }

    /// Takes back the last `steps` steps.
    public func back(_ steps: Int = 1) throws {
        guard steps > 0 else { throw FineTuningError(.value, "the number of steps must be positive", found: "\(steps)") }
        guard steps <= before.count else {
            throw FineTuningError(
                .value, "cannot go back \(steps) steps", found: "\(before.count) can be taken back",
                help: forgotten > 0 ? "\(forgotten) earlier ones were forgotten to save memory" : nil)
        }
        try tuner.restore(before[before.count - steps])
        before.removeLast(steps)
        losses.removeLast(steps)
        position -= steps
    }

    /// The last step's gradients and updates, parameter by parameter; empty before the first step and after a step back.
    public func gradients() throws -> [GradientSummary] {
        guard let last = before.last else { return [] }
        return try zip(tuner.trainableParameters, last.parameters).compactMap { parameter, old in
            guard let gradient = try parameter.grad?.dense() else { return nil }
            let values = gradient.doubles(), earlier = old.doubles(), now = parameter.tensor.detach().doubles()
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let change = zip(now, earlier).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            let weight = earlier.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return GradientSummary(
                name: parameter.name, norm: length, largest: values.reduce(0) { max($0, abs($1)) },
                notFinite: Double(values.count { !$0.isFinite }) / Double(max(values.count, 1)),
                updateRatio: weight > 0 ? change / weight : 0)
        }
    }

    private func forgetOldest() {
        guard let size = before.last?.byteCount, size > 0 else { return }
        let kept = max(1, memoryLimit / size)
        if before.count > kept {
            forgotten += before.count - kept
            before.removeFirst(before.count - kept)
        }
    }
}
