import CKernels

extension Kernels {
    /// What an AdamW step has in common for all parameters.
    package struct AdamWStep: Sendable {
        let c: eft_adamw

        /// The `step`-th step (from 1).
        package init(learningRate: Double, beta1: Double, beta2: Double, eps: Double, weightDecay: Double, step: Int) {
            c = eft_adamw_step(learningRate, beta1, beta2, eps, weightDecay, step)
        }
    }

    /// p -= rate (g + decay p). Counts are equal.
    package static func sgd<T: KernelElement>(
        _ p: UnsafeMutableBufferPointer<T>, gradient g: UnsafeBufferPointer<T>, learningRate: T, weightDecay: T
    ) {
        precondition(p.count == g.count)
        guard let ps = p.baseAddress, let gs = g.baseAddress else { return }
        nonisolated(unsafe) let (to, from) = (ps, gs)  // ranges are disjoint and within both
        Parallel.ranges(p.count, grain: grain) { T.sgd(to + $0.lowerBound, from + $0.lowerBound, learningRate, weightDecay, $0.count) }
    }

    /// v = momentum v + (g + decay p); p -= rate v (nesterov: rate (g + decay p + momentum v)), as torch.optim.SGD. Counts are equal.
    package static func sgdMomentum<T: KernelElement>(
        _ p: UnsafeMutableBufferPointer<T>, gradient g: UnsafeBufferPointer<T>, velocity v: UnsafeMutableBufferPointer<T>, learningRate: T,
        weightDecay: T, momentum: T, nesterov: Bool
    ) {
        precondition(p.count == g.count && g.count == v.count)
        guard let ps = p.baseAddress, let gs = g.baseAddress, let vs = v.baseAddress else { return }
        nonisolated(unsafe) let (to, from, speed) = (ps, gs, vs)  // ranges are disjoint and within all three
        Parallel.ranges(p.count, grain: grain) {
            let i = $0.lowerBound
            T.sgdMomentum(to + i, from + i, speed + i, learningRate, weightDecay, momentum, nesterov, $0.count)
        }
    }

    /// One AdamW update of a parameter and its two moments, as torch.optim.AdamW. Counts are equal.
    package static func adamW<T: KernelElement>(
        _ p: UnsafeMutableBufferPointer<T>, gradient g: UnsafeBufferPointer<T>, firstMoment m: UnsafeMutableBufferPointer<T>,
        secondMoment v: UnsafeMutableBufferPointer<T>, _ step: AdamWStep
    ) {
        precondition(p.count == g.count && g.count == m.count && m.count == v.count)
        guard let ps = p.baseAddress, let gs = g.baseAddress, let ms = m.baseAddress, let vs = v.baseAddress else { return }
        nonisolated(unsafe) let (to, from, first, second) = (ps, gs, ms, vs)  // ranges are disjoint and within all four
        Parallel.ranges(p.count, grain: grain) {
            let i = $0.lowerBound
            withUnsafePointer(to: step.c) { [count = $0.count] in T.adamW(to + i, from + i, first + i, second + i, $0, count) }
        }
    }
}
