import Foundation
import Tensors

/// A rate that rises from 0 over `warmup` steps, and is multiplied by gamma after every `stepSize` steps from the start.
final class WarmupThenSteps: Schedule {
    private let optimizer: any Optimizer
    private let initialRate: Double
    private let factor: (Int) -> Double
    private(set) var epoch = 0

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
