import CKernels

/// One optimizer step's rule for an element, with the numbers of that step: also what a step does to an element without gradient.
enum UpdateStep: Sendable {
    /// p ← p - η (g + λ p)
    case sgd(rate: Double, decay: Double)
    /// v ← μ v + g + λ p; p ← p - η v, or η (g + λ p + μ v) if nesterov
    case momentum(rate: Double, decay: Double, momentum: Double, nesterov: Bool)
    /// Loshchilov and Hutter 2019, in PyTorch's order.
    case adamW(Kernels.AdamWStep)

    /// Tensors of the parameter's shape that the rule keeps between steps.
    var slotNames: [String] {
        switch self {
        case .sgd: []
        case .momentum: ["momentum"]
        case .adamW: ["first_moment", "second_moment"]
        }
    }

    /// Whether an element whose gradient and slots are 0 may still change.
    var changesWithoutGradient: Bool {
        if case .sgd(_, let decay) = self { decay != 0 } else { true }
    }

    /// Updates `n` elements of a parameter and its slots, one address for each slot.
    func run<T: FloatingElement>(_ p: UnsafeMutablePointer<T>, _ g: UnsafePointer<T>, _ slots: [UnsafeMutablePointer<T>], _ n: Int) {
        switch self {
        case .sgd(let rate, let decay): T.sgd(p, g, T(rate), T(decay), n)
        case .momentum(let rate, let decay, let momentum, let nesterov):
            T.sgdMomentum(p, g, slots[0], T(rate), T(decay), T(momentum), nesterov, n)
        case .adamW(let step): withUnsafePointer(to: step.c) { T.adamW(p, g, slots[0], slots[1], $0, n) }
        }
    }
}
