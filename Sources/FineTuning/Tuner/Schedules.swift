import Foundation
import Statement
import Tensors

/// A rate that rises from 0 over `warmup` steps, and is multiplied by gamma after every `stepSize` steps from the start.
final class WarmupThenSteps: Schedule {
    private let optimizer: any Optimizer
    private let initialRate: Double
    private let factor: (Int) -> Double
    @Undoable private(set) var epoch = 0

    /// `stepSize` must be positive.
    init(_ optimizer: any Optimizer, warmup: Int, stepSize: Int, gamma: Double) {
        self.optimizer = optimizer
        initialRate = optimizer.learningRate
        factor = { step in step < warmup ? Double(step) / Double(warmup) : pow(gamma, Double(step / stepSize)) }
        restore(epoch: 0)
    }

    func step() { restore(epoch: epoch + 1) }

    func restore(epoch: Int) {
        self.epoch = epoch
        optimizer.learningRate = initialRate * factor(epoch)
    }
}

/// What learning rates are multiplied by after a number of steps.
public protocol RateFactor {
    func factor(step: Int) throws -> Double
}

/// A rate that is the initial one times what a function gives for the number of steps taken.
final class FunctionSchedule: Schedule {
    private let optimizer: any Optimizer
    private let initialRate: Double
    private let rateFactor: any RateFactor
    @Undoable private(set) var epoch = 0
    @Undoable private var failure: (any Error)?

    init(_ optimizer: any Optimizer, factor: any RateFactor) throws {
        self.optimizer = optimizer
        initialRate = optimizer.learningRate
        rateFactor = factor
        restore(epoch: 0)
        try check()
    }

    func step() { restore(epoch: epoch + 1) }

    func restore(epoch: Int) {
        self.epoch = epoch
        do {
            let rate = initialRate * (try rateFactor.factor(step: epoch))
            guard rate >= 0, rate.isFinite else {
                throw FineTuningError(
                    .value, "the scheduler must give a factor that is finite and not negative", found: "\(rate / initialRate)",
                    place: "step \(epoch)")
            }
            optimizer.learningRate = rate
            failure = nil
        } catch {
            failure = error
        }
    }

    /// Throws what the function threw, or that its factor makes no sense; the rate is then the one before.
    func check() throws {
        if let failure { throw failure }
    }
}
