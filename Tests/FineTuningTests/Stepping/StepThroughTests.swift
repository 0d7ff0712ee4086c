import Clickstream
import Foundation
import Models
import Tensors
import TestSupport
import Testing

@testable import FineTuning

/// A walk through training batches: back is back to the bit, and forwards again is the same walk.
@Suite struct StepThroughTests {
    enum Towers: CaseIterable { case one, two }

    /// A model that drops: the fixture's weights, a tenth of all activations lost while training.
    private static func droppingModel(_ fixture: String = "tiny_bert") throws -> EmbeddingModel {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-step-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Fixtures.url(fixture), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "dropout_prob\": 0.0", with: "dropout_prob\": 0.1")
        #expect(changed != text)
        try changed.write(to: file, atomically: true, encoding: .utf8)
        return try EmbeddingModel.load(folder.path)
    }

    private static func walk(
        _ kind: OptimizerKind, towers: Towers = .one, scheduler: SchedulerKind = .step, memoryLimit: Int = 2 << 30
    ) throws -> StepThrough {
        let world = try World(Golden.load().worlds.plain)
        let model: any EmbeddingsModelInterface =
            towers == .one ? try droppingModel() : try TwoTowerModel(query: droppingModel(), items: droppingModel("tiny_bert_items"))
        let params = try FineTuningParams(
            numFixedLayers: 0, queryLR: 0.002, itemsLR: 0.003, queryWeightDecay: 0.01, itemsWeightDecay: 0.01, margin: 0.1,
            notIrrelevantOnly: true, negativeDownsampling: 0.5)
        let tuner = try EmbeddingsFineTuner(
            model: model, itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: ProbMarginRankingLoss(),
            fineTuningParams: params, tracker: RecordingTracker(), stepSize: 2, gamma: 0.5, optimizer: kind, scheduler: scheduler,
            warmupSteps: scheduler == .step ? 0 : 2, totalSteps: scheduler == .step ? nil : 6)
        try tuner.preprocessInputs(world.clickstream())
        model.train()
        return try StepThrough(tuner, batches: (0..<6).map(world.batch), memoryLimit: memoryLimit)
    }

    /// All bits that a step can change.
    private struct Bits: Equatable {
        let parameters: [[UInt32]]
        let optimizers: [[String: [UInt64]]]
        let rates: [Double]
        let losses: [UInt64]
        let counts: String

        init(_ walk: StepThrough) {
            let tuner = walk.tuner
            parameters = tuner.trainableParameters.map { $0.tensor.detach().floats().map(\.bitPattern) }
            optimizers = tuner.optimizers.map { $0.state.tensors.mapValues { $0.doubles().map(\.bitPattern) } }
            rates = tuner.optimizers.map(\.learningRate)
            losses = walk.losses.map(\.bitPattern)
            counts = "\(tuner.trainCounts)"
        }
    }

    @Test(arguments: [OptimizerKind.sgd, .adamw], Towers.allCases) func backIsBackToTheBit(kind: OptimizerKind, towers: Towers) throws {
        let walk = try Self.walk(kind, towers: towers)
        var path = [Bits(walk)]
        for _ in 0..<6 {
            #expect(try walk.next() == 1)
            path.append(Bits(walk))
        }
        #expect(try walk.next() == 0)
        // Dropout and sampling make each visit of a batch its own, or repeating a walk would prove nothing.
        #expect(walk.losses[0] != walk.losses[2])
        #expect(path[5].parameters != path[6].parameters)
        try walk.back()
        #expect(Bits(walk) == path[5])
        try walk.back(3)
        #expect(Bits(walk) == path[2])
        try walk.next(2)
        #expect(Bits(walk) == path[4])
        try walk.back(4)
        #expect(Bits(walk) == path[0] && walk.position == 0 && walk.loss == nil)
        #expect(try walk.next(100) == 6)
        #expect(Bits(walk) == path[6])
    }

    @Test func schedulesGoBackToo() throws {
        let walk = try Self.walk(.adamw, scheduler: .cosine)
        var path = [Bits(walk)]
        for _ in 0..<5 {
            try walk.next()
            path.append(Bits(walk))
        }
        #expect(Set(path.map { $0.rates[0] }).count > 3)
        try walk.back(4)
        #expect(Bits(walk) == path[1])
        try walk.next(4)
        #expect(Bits(walk) == path[5])
    }

    @Test func memoryLimitForgetsTheOldest() throws {
        let walk = try Self.walk(.adamw, memoryLimit: 1)
        try walk.next(4)
        #expect(walk.forgotten == 3)
        let error = #expect(throws: FineTuningError.self) { try walk.back(2) }
        #expect(error.map { "\($0)" }?.contains("3 earlier ones were forgotten to save memory") == true, "\(error as Any)")
        #expect(walk.position == 4 && walk.losses.count == 4)
        try walk.back()
        #expect(walk.position == 3)
        #expect(throws: FineTuningError.self) { try walk.back() }
    }

    @Test func refusesStepsThatAreNone() throws {
        let walk = try Self.walk(.sgd)
        for steps in [0, -1, Int.min] {
            #expect(throws: FineTuningError.self) { try walk.next(steps) }
            #expect(throws: FineTuningError.self) { try walk.back(steps) }
        }
        #expect(throws: FineTuningError.self) { try walk.back(.max) }
    }

    @Test func gradientsAreThoseOfTheStep() throws {
        let walk = try Self.walk(.sgd)
        #expect(try walk.gradients().isEmpty)
        let before = Dictionary(uniqueKeysWithValues: walk.tuner.trainableParameters.map { ($0.name, $0.tensor.detach().doubles()) })
        try walk.next()
        let rows = try walk.gradients()
        #expect(rows.count > 20)
        for row in rows {
            let parameter = try #require(walk.tuner.trainableParameters.first { $0.name == row.name })
            let dense = try parameter.grad?.dense()
            let old = try #require(before[row.name]), gradient = try #require(dense).doubles()
            let norm = gradient.map { $0 * $0 }.reduce(0, +).squareRoot()
            #expect(abs(row.norm - norm) <= 1e-12 * norm && row.largest == gradient.map { abs($0) }.max() && row.notFinite == 0)
            // SGD: p -= lr (g + decay p), in f32.
            let step = zip(old, gradient).map { 0.003 * ($1 + 0.01 * $0) }
            let wanted = step.map { $0 * $0 }.reduce(0, +).squareRoot() / max(old.map { $0 * $0 }.reduce(0, +).squareRoot(), 1e-300)
            #expect(abs(row.updateRatio - wanted) <= 1e-3 * wanted + 1e-6, "\(row.name)")
        }
        try walk.back()
        #expect(try walk.gradients().isEmpty)
    }

    /// A loss that fails leaves the walk where it was.
    @Test func failingStepChangesNothing() throws {
        final class Failing: RankingLoss {
            func setMargin(_ margin: Double) {}
            func loss(_ features: FineTuningFeatures) throws -> Tensor { try Tensor(scalar: .nan, dtype: .f32) }
        }
        let world = try World(Golden.load().worlds.plain)
        let tuner = try EmbeddingsFineTuner(
            model: World.tinyBert(), itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: Failing(),
            fineTuningParams: EmbeddingsFineTunerTests.params(), tracker: RecordingTracker())
        try tuner.preprocessInputs(world.clickstream())
        let walk = try StepThrough(tuner, batches: [world.batch(0)])
        let before = Bits(walk)
        #expect(throws: FineTuningError.self) { try walk.next() }
        #expect(Bits(walk) == before && walk.position == 0)
    }
}
