import Foundation
import Testing

@testable import Tensors

/// Optimizers and schedules against torch 2.15 in float64.
///
/// Parameters [1, -2, 0.5, 3] after twelve steps down sum(a p² + sin p) with a = [0.5, 1, -0.25, 2] (1 + 0.1 step); rates of ten steps from 0.5.
/// The numbers: `torch.optim.SGD([p], lr=0.05, momentum=0.9)` and so on, then `p.tolist()`; `opt.param_groups[0]["lr"]` before each step.
@Suite struct TorchOptimizerTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let expected: [Double]
        let make: @Sendable ([Parameter]) throws -> any Optimizer
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "SGD(lr=0.05)", expected: [0.055730378914545395, -0.4196969872250673, 0.06776912551165147, -0.08615621659736275]) {
            try SGD($0, learningRate: 0.05)
        },
        Case(
            name: "SGD(weight_decay=0.1)",
            expected: [0.036394881379544754, -0.40319599974361503, 0.041038114325653144, -0.08801063635744996]
        ) {
            try SGD($0, learningRate: 0.05, weightDecay: 0.1)
        },
        Case(name: "SGD(momentum=0.9)", expected: [-1.041317920893876, -0.4481816344232448, -2.047335067343273, 0.8911128534428377]) {
            try SGD($0, learningRate: 0.05, momentum: 0.9)
        },
        Case(
            name: "SGD(momentum=0.9, weight_decay=0.1)",
            expected: [-0.9773030984265859, -0.5047340648900259, -2.0889294693039053, 0.8345022341064342]
        ) {
            try SGD($0, learningRate: 0.05, weightDecay: 0.1, momentum: 0.9)
        },
        Case(
            name: "SGD(momentum=0.8, nesterov=True)",
            expected: [-0.657849334185157, -0.272090312919257, -1.7852932149393173, -0.07855459973393397]
        ) {
            try SGD($0, learningRate: 0.05, momentum: 0.8, nesterov: true)
        },
        Case(
            name: "SGD(momentum=0.8, nesterov=True, weight_decay=0.1)",
            expected: [-0.6233800759675593, -0.27602616335598285, -1.7859803344597411, -0.0836972900877229]
        ) {
            try SGD($0, learningRate: 0.05, weightDecay: 0.1, momentum: 0.8, nesterov: true)
        },
        // Adam is AdamW without weight decay.
        Case(name: "Adam()", expected: [0.3946238743012417, -1.392890792166591, -0.10983722847203338, 2.3889624028992626]) {
            try AdamW($0, learningRate: 0.05, weightDecay: 0)
        },
        Case(
            name: "AdamW(weight_decay=0.1)", expected: [0.35318838485846493, -1.2939038690845048, -0.12288787433111531, 2.230858738851325]
        ) {
            try AdamW($0, learningRate: 0.05, weightDecay: 0.1)
        },
        Case(
            name: "AdamW(betas=(0.8, 0.95), eps=1e-6, weight_decay=0)",
            expected: [0.3918910618324877, -1.3888351421112382, -0.1166705897793012, 2.381206936835469]
        ) {
            try AdamW($0, learningRate: 0.05, betas: (0.8, 0.95), eps: 1e-6, weightDecay: 0)
        },
    ]

    @Test(arguments: cases) func twelveSteps(_ test: Case) throws {
        #expect(try Self.worst(test, .f64) < 1e-13)
        for level in Kernels.Level.available {
            let worst = try Kernels.with(level: level) { Result { try Self.worst(test, .f32) } }.get()
            #expect(worst < 4e-6, "\(level)")
        }
    }

    /// The largest difference to torch after twelve steps of the four numbers, which stand side by side often enough for whole vectors of
    /// the kernels and a rest.
    private static func worst(_ test: Case, _ dtype: DType) throws -> Double {
        let copies = 25
        let p = try Parameter("p", Tensor([1, -2, 0.5, 3] as [Double]).repeated([copies]).to(dtype))
        let a = try Tensor([0.5, 1, -0.25, 2] as [Double]).repeated([copies]).to(dtype)
        let optimizer = try test.make([p])
        for step in 0..<12 {
            optimizer.zeroGrad()
            try (a * (1 + 0.1 * Double(step)) * p.tensor * p.tensor + p.tensor.sin()).sum().backward()
            try optimizer.step()
        }
        return p.tensor.doubles().enumerated().map { abs($1 - test.expected[$0 % 4]) }.max() ?? .infinity
    }

    private func rates(_ make: (any Optimizer) throws -> any Schedule) throws -> [Double] {
        let optimizer = try SGD([], learningRate: 0.5)
        let schedule = try make(optimizer)
        return (0..<10).map { _ in
            defer { schedule.step() }
            return optimizer.learningRate
        }
    }

    @Test func schedules() throws {
        let expected: [(any Optimizer) throws -> any Schedule] = [
            { try StepLR($0, stepSize: 3, gamma: 0.3) },
            { try WarmupLR($0, warmup: 3, total: 9, decay: .linear) },
            { try WarmupLR($0, warmup: 3, total: 9, decay: .cosine) },
        ]
        let torch = [
            // torch.optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.3)
            [0.5, 0.5, 0.5, 0.15, 0.15, 0.15, 0.045, 0.045, 0.045, 0.0135],
            // transformers.get_linear_schedule_with_warmup(opt, 3, 9)
            [
                0, 0.16666666666666666, 0.3333333333333333, 0.5, 0.4166666666666667, 0.3333333333333333, 0.25, 0.16666666666666666,
                0.08333333333333333, 0,
            ],
            // transformers.get_cosine_schedule_with_warmup(opt, 3, 9)
            [
                0, 0.16666666666666666, 0.3333333333333333, 0.5, 0.4665063509461097, 0.375, 0.25, 0.12500000000000006, 0.03349364905389032,
                0,
            ],
        ]
        for (make, want) in zip(expected, torch) {
            let got = try rates(make)
            #expect(zip(got, want).allSatisfy { abs($0 - $1) < 1e-15 }, "\(got)")
        }
    }
}
