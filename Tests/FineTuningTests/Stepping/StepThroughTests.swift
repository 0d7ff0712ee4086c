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
        _ kind: OptimizerKind, towers: Towers = .one, scheduler: SchedulerKind = .step, memoryLimit: Int = 2 << 30,
        weightDecay: Double = 0.01
    ) throws -> StepThrough {
        let world = try World(Golden.load().worlds.plain)
        let model: any EmbeddingsModelInterface =
            towers == .one ? try droppingModel() : try TwoTowerModel(query: droppingModel(), items: droppingModel("tiny_bert_items"))
        let params = try FineTuningParams(
            numFixedLayers: 0, queryLR: 0.002, itemsLR: 0.003, queryWeightDecay: weightDecay, itemsWeightDecay: weightDecay, margin: 0.1,
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

    /// With room for next to nothing the first and the last state stay, and going back takes steps again to the same bits.
    @Test(arguments: [OptimizerKind.sgd, .adamw], [1, 1_500_000]) func goesBackBeyondWhatIsKept(kind: OptimizerKind, limit: Int) throws {
        let walk = try Self.walk(kind, memoryLimit: limit)
        var path = [Bits(walk)]
        let warnings = Collected()
        try Warnings.received(by: { warnings.append($0) }) {
            for _ in 0..<6 {
                try walk.next()
                path.append(Bits(walk))
            }
        }
        #expect(limit > 1 || walk.forgotten == 4)
        #expect(warnings.texts.count == (walk.forgotten > 0 ? 1 : 0), "it says so once when states are forgotten")
        let saved = (walk.tuner.tracker as? RecordingTracker)?.saved.count
        for target in [4, 3, 1, 0] {
            try walk.back(walk.position - target)
            #expect(Bits(walk) == path[target], "at \(target)")
        }
        #expect((walk.tuner.tracker as? RecordingTracker)?.saved.count == saved, "steps that are taken again save no metrics")
        try walk.next(6)
        #expect(Bits(walk) == path[6])
    }

    /// A state that is kept costs memory only for what the step wrote.
    @Test func statesShareWhatNoStepWrites() throws {
        let walk = try Self.walk(.sgd)
        try walk.next(2)
        let parameters = walk.tuner.model.allParameters
        let (first, second) = (try walk.kept.state(at: 0).memory, try walk.kept.state(at: 1).memory)
        let shared = first.filter { second[$0.key] != nil }.reduce(0) { $0 + $1.value }
        let frozen = parameters.filter { !$0.isTrainable }.reduce(0) { $0 + $1.count * 4 }
        #expect(frozen > 0 && shared >= frozen && shared < parameters.reduce(0) { $0 + $1.count * 4 })
    }

    /// Of a word table that is trained, a state that is kept holds the rows that its step changed, and gives back the whole table.
    @Test(arguments: [OptimizerKind.sgd, .adamw], [0.0, 0.01]) func aWordTableIsKeptByItsRows(kind: OptimizerKind, decay: Double) throws {
        func walk(_ limit: Int = 2 << 30) throws -> StepThrough {
            let walk = try Self.walk(kind, memoryLimit: limit, weightDecay: decay)
            walk.tuner.model.unfixItemModel()
            try walk.tuner.configureOptimizers()
            return walk
        }
        let first = try walk()
        let table = try #require(first.tuner.trainableParameters.first { $0.name.contains("word_embeddings") })
        var path = [Bits(first)]
        for _ in 0..<6 {
            try first.next()
            path.append(Bits(first))
        }
        let own = first.kept.memory.values.reduce(0, +)
        var whole: [ObjectIdentifier: Int] = [:]
        let states = try (0..<first.kept.count).map { try first.kept.state(at: $0) }
        for state in states { whole.merge(state.memory) { first, _ in first } }
        let saved = whole.values.reduce(0, +) - own
        let tables = 5 * (kind == .sgd ? 1 : 3) * table.count * MemoryLayout<Float>.size
        // Decay moves every row in every step. Without it, two thirds of the rows and more stay as they are.
        #expect(decay > 0 || saved > tables / 2, "\(saved) of \(tables) bytes saved")

        // Room for everything, for about half of it, and for next to nothing.
        for limit in [2 << 30, own / 2, 1] {
            let walk = try walk(limit)
            try walk.next(6)
            #expect(Bits(walk) == path[6])
            for target in [5, 2, 0] {
                try walk.back(walk.position - target)
                #expect(Bits(walk) == path[target], "at \(target) with \(limit) bytes")
            }
            try walk.next(4)
            #expect(Bits(walk) == path[4])
        }
    }

    @Test func freezingAndNewOptimizersAreTakenBackToo() throws {
        let walk = try Self.walk(.adamw)
        try walk.next(2)
        let tuner = walk.tuner
        let before = Bits(walk)
        let snapshot = tuner.snapshot()
        try tuner.model.fixItemModel(layers: 1)
        try tuner.configureOptimizers()
        #expect(Bits(walk) != before)
        try tuner.restore(snapshot)
        #expect(Bits(walk) == before)
        try walk.next()
    }

    @Test func breakpointsAndConditionsEndTheWalk() throws {
        let walk = try Self.walk(.sgd)
        walk.breakpoints.append { $0.position == 2 ? "two" : nil }
        #expect(try walk.next(5) == 2)
        #expect(walk.stopReason == "two" && walk.position == 2)
        #expect(try walk.next(3) == 3)
        #expect(walk.stopReason == nil)
        try walk.back(3)
        #expect(try walk.run { $0.position >= 4 } == 2)
        #expect(walk.position == 4)
        // A condition that holds after the last step, and one that never does.
        #expect(try walk.run { $0.position == 6 } == 2)
        #expect(walk.position == 6 && walk.stopReason == nil)
        try walk.back(2)
        #expect(try walk.run { _ in false } == 2)
        #expect(walk.position == 6 && walk.stopReason == "no batch is left")
        #expect(try walk.next() == 0 && walk.stopReason == "no batch is left")
        #expect(throws: FineTuningError.self) { try StepThrough(walk.tuner, batches: []) }
        let state = try #require(walk.state)
        #expect(state.loss == walk.loss && state.gradientNorm == walk.gradientNorm && state.pairs > 0)
    }

    /// The norm of all is the root of the squares of the parts; groups sum up their parameters.
    @Test(arguments: Towers.allCases) func groupsAddUp(towers: Towers) throws {
        let walk = try Self.walk(.sgd, towers: towers)
        try walk.next()
        let all = try walk.gradients(), groups = try walk.gradientsByGroup()
        func length(_ rows: [StepThrough.GradientSummary]) -> Double { rows.reduce(0) { $0 + $1.norm * $1.norm }.squareRoot() }
        let norm = try #require(walk.gradientNorm)
        // The step's own length is summed by a kernel, in single precision.
        #expect(abs(length(all) - norm) < 1e-6 * norm && abs(length(groups) - length(all)) < 1e-9 * norm)
        #expect(groups.count < all.count)
        #expect(groups.map(\.name).contains(towers == .one ? "encoder.layer.0" : "items.encoder.layer.0"))
        let changed = try walk.parametersChanged()
        #expect(Set(changed.map(\.name)).isSubset(of: Set(all.map(\.name))) && changed.count > all.count / 2)
        #expect(changed.allSatisfy { $0.share > 0 && $0.share <= 1 && $0.largest > 0 && $0.ratio > 0 })
    }

    @Test func clippingIsThatOfTorch() throws {
        let walk = try Self.walk(.sgd)
        try walk.next()
        let norm = try #require(walk.gradientNorm)
        let tuner = walk.tuner
        #expect(try abs(tuner.clipGradients(maxNorm: norm / 4) - norm) < 1e-9 * norm)
        // torch.nn.utils.clip_grad_norm_: every gradient times max_norm / (norm + 1e-6).
        #expect(try abs(tuner.gradientNorm() - norm * (norm / 4) / (norm + 1e-6)) < 1e-6 * norm)
        let after = try tuner.gradientNorm()
        try tuner.clipGradients(maxNorm: 1e9)
        #expect(try tuner.gradientNorm() == after)
        #expect(throws: FineTuningError.self) { try tuner.clipGradients(maxNorm: 0) }
    }

    /// The mean of sigmoids: a pair's share of the loss is its sigmoid over their sum, that of the gradient its slope's.
    @Test func pairsHaveTheirShares() throws {
        let walk = try Self.walk(.sgd)
        #expect(try walk.pairs().isEmpty)
        try walk.next()
        let rows = try walk.pairs()
        #expect(rows.count > 1 && rows.count == walk.features?.count)
        let sigmoids = rows.map { 1 / (1 + exp(-(0.1 - $0.gap))) }
        for (row, sigmoid) in zip(rows, sigmoids) {
            let slope = sigmoid * (1 - sigmoid), slopes = sigmoids.reduce(0) { $0 + $1 * (1 - $1) }
            #expect(abs((row.shareOfLoss ?? 0) - sigmoid / sigmoids.reduce(0, +)) < 1e-5)
            #expect(abs((row.shareOfGradient ?? 0) - slope / slopes) < 1e-5)
            let session = try #require(walk.batches[0].compactMap(\.notIrrelevant).first { $0.query.label == row.pair.query })
            #expect(session.events.contains(row.pair.clicked) && session.notEvents.contains(row.pair.skipped))
            #expect(row.confidence == 1 && row.gap == row.clickedRank - row.skippedRank)
        }
    }

    @Test func explainRanksBeforeAndAfter() throws {
        let walk = try Self.walk(.sgd)
        let session = try #require(walk.batches[0][0].notIrrelevant)
        #expect(throws: FineTuningError.self) { try walk.explain(query: session.query.label) }
        walk.tuner.model.eval()
        let before = try walk.tuner.featuresExtractor.calculateRanks(
            session, items: walk.tuner.itemsSets.dataset("train"), retriever: TextQueryRetriever())
        try walk.next()
        let bits = Bits(walk)
        let rows = try walk.explain(query: session.query.label)
        #expect(Bits(walk) == bits)
        #expect(rows.map(\.after.place) == Array(1...session.results.count))
        #expect(Set(rows.map(\.before.place)) == Set(1...session.results.count))
        #expect(rows.allSatisfy { $0.before.rank == before[$0.id] && $0.isClicked == session.events.contains($0.id) })
        #expect(rows.contains { $0.after.rank != $0.before.rank })
        let error = #expect(throws: FineTuningError.self) { try walk.explain(query: "no such query") }
        #expect(error?.help?.contains(session.query.label) == true)
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
        let error = #expect(throws: FineTuningError.self) { try walk.next() }
        #expect(error?.message.contains("step 0") == true, "\(error as Any)")
        #expect(error?.message.contains("the loss is not a finite number") == true, "\(error as Any)")
        #expect(error?.place?.contains(world.inputs[0].query.label) == true)
        #expect(Bits(walk) == before && walk.position == 0)
    }

    /// A finite loss whose gradient is not: found before the weights are touched, and named.
    @Test func gradientThatIsNotFiniteIsFound() throws {
        final class Cliff: RankingLoss {
            func setMargin(_ margin: Double) {}
            func loss(_ features: FineTuningFeatures) throws -> Tensor {
                guard let ranks = features.positiveRanks else { return try Tensor(scalar: 0) }
                // The square root of 0 has an infinite slope.
                return try (ranks - ranks.detach()).sqrt().sum()
            }
        }
        let world = try World(Golden.load().worlds.plain)
        let tuner = try EmbeddingsFineTuner(
            model: World.tinyBert(), itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: Cliff(),
            fineTuningParams: EmbeddingsFineTunerTests.params(), tracker: RecordingTracker(), metricCalculators: [])
        try tuner.preprocessInputs(world.clickstream())
        let walk = try StepThrough(tuner, batches: [world.batch(0)])
        let before = Bits(walk)
        let error = #expect(throws: FineTuningError.self) { try walk.next() }
        #expect(error?.message.contains("a gradient is not finite: of ") == true, "\(error as Any)")
        #expect(Bits(walk) == before && walk.position == 0)
    }
}
