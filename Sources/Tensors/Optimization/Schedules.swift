import Foundation
import Statement

/// Sets an optimizer's learning rate as a function of the number of `step()` calls.
public protocol Schedule: AnyObject {
    /// Calls of `step` so far.
    var epoch: Int { get }
    func step()
    /// Goes to the state after `epoch` calls.
    func restore(epoch: Int)
}

/// A learning rate that is the initial one times a factor of the step count.
public class FactorSchedule: Schedule {
    let optimizer: any Optimizer
    public let initialRate: Double
    @Undoable public private(set) var epoch = 0
    private let factor: (Int) -> Double

    init(_ optimizer: any Optimizer, _ factor: @escaping (Int) -> Double) {
        self.optimizer = optimizer
        self.factor = factor
        initialRate = optimizer.learningRate
        optimizer.learningRate = initialRate * factor(0)
    }

    public func step() { restore(epoch: epoch + 1) }

    public func restore(epoch: Int) {
        self.epoch = epoch
        optimizer.learningRate = initialRate * factor(epoch)
    }
}

/// The rate times gamma after every `stepSize` steps.
public final class StepLR: FactorSchedule {
    public init(_ optimizer: any Optimizer, stepSize: Int, gamma: Double = 0.1) throws(TensorError) {
        guard stepSize > 0 else { throw TensorError(.value, "step_lr", "step_size must be positive, not \(stepSize)") }
        super.init(optimizer) { pow(gamma, Double($0 / stepSize)) }
    }
}

/// From 0 up to the rate over `warmup` steps, then down to 0 at `total`: linearly, or along half a cosine.
public final class WarmupLR: FactorSchedule {
    public enum Decay: String, Sendable, CaseIterable { case none, linear, cosine }

    public init(_ optimizer: any Optimizer, warmup: Int, total: Int, decay: Decay = .linear) throws(TensorError) {
        guard warmup >= 0, total >= warmup else {
            throw TensorError(.value, "warmup_lr", "needs 0 <= warmup <= total, not \(warmup) and \(total)")
        }
        super.init(optimizer) { step in
            if step < warmup { return Double(step) / Double(warmup) }
            let progress = total == warmup ? 1 : Swift.min(Double(step - warmup) / Double(total - warmup), 1)
            switch decay {
            case .none: return 1
            case .linear: return 1 - progress
            case .cosine: return 0.5 * (1 + cos(.pi * progress))
            }
        }
    }
}
