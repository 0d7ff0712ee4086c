import Clickstream
import Models
import Tensors
import Testing

@testable import FineTuning

@Suite struct EmbeddingsFineTunerTests {
    let world: World
    let tracker = RecordingTracker()

    init() throws { world = try World(Golden.load().worlds.plain) }

    static func params(layers: Int = 0, margin: Double = 0.1, downsampling: Double = 1) throws -> FineTuningParams {
        try FineTuningParams(
            numFixedLayers: layers, queryLR: 0.25, itemsLR: 0.5, queryWeightDecay: 0, itemsWeightDecay: 0, margin: margin,
            notIrrelevantOnly: true, negativeDownsampling: downsampling)
    }

    func tuner(
        _ model: any EmbeddingsModelInterface, loss: (any RankingLoss)? = nil, params: FineTuningParams? = nil,
        metrics: [any MetricCalculator]? = nil, stepSize: Int = 500, gamma: Double = 0.9, optimizer: OptimizerKind = .sgd,
        scheduler: SchedulerKind = .step, warmup: Int = 0, total: Int? = nil
    ) throws -> EmbeddingsFineTuner {
        try EmbeddingsFineTuner(
            model: model, itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: loss ?? ProbMarginRankingLoss(),
            fineTuningParams: params ?? Self.params(), tracker: tracker, metricCalculators: metrics, stepSize: stepSize, gamma: gamma,
            optimizer: optimizer, scheduler: scheduler, warmupSteps: warmup, totalSteps: total)
    }

    func fake() throws -> FakeModel {
        let texts = world.inputs.map(\.query.label) + world.items.rows.map(\.item.description)
        return try FakeModel(texts.enumerated().map { ($1, [Float($0 % 5) - 1.5, Float($0 % 3) + 0.5, 1]) })
    }

    /// D16: setting an attribute froze nothing; embeddings and layer 0 moved.
    @Test func freezesEmbeddingsAndTheLowestLayers() throws {
        let model = try World.tinyBert()
        let tuner = try tuner(model, params: Self.params(layers: 1))
        try tuner.preprocessInputs(world.clickstream())
        let before = model.parameters.map { $0.tensor.floats() }
        try tuner.trainingStep(world.batch(0))
        for (parameter, old) in zip(model.parameters, before) {
            let isFixed = parameter.name.hasPrefix("embeddings.") || parameter.name.hasPrefix("encoder.layer.0.")
            #expect(parameter.isTrainable == !isFixed)
            // A key bias has a gradient of rounding only.
            if !parameter.name.hasSuffix("key.bias") { #expect((parameter.tensor.floats() == old) == isFixed, "\(parameter.name)") }
        }
        #expect(throws: ModelError.self) { try self.tuner(World.tinyBert(), params: Self.params(layers: 2)) }
    }

    @Test func givesTheLossTheRunsMarginAndFixesItemsFirst() throws {
        let model = try fake()
        let loss = try ProbMarginRankingLoss(baseMargin: 7)
        _ = try tuner(model, loss: loss, params: Self.params(layers: 1, margin: 0.25))
        #expect(loss.margin == 0.25)
        #expect(model.fixed == ["items 1", "query 1"])
        #expect(throws: FineTuningError.self) { try self.tuner(fake(), params: Self.params(downsampling: 1.5)) }
    }

    /// D17: the schedule was never stepped. Rates of the two towers are the parameters' own.
    @Test func twoTowersHaveTwoOptimizers() throws {
        let tuner = try tuner(World.twoTowers(), stepSize: 2)
        try tuner.preprocessInputs(world.clickstream())
        #expect(try tuner.configureOptimizers().optimizers.map(\.learningRate) == [0.5, 0.25])
        var rates: [[Double]] = []
        for k in 0..<5 {
            rates.append(tuner.optimizers.map(\.learningRate))
            try tuner.trainingStep(world.batch(k))
        }
        #expect(rates.map { $0[0] } == [0.5, 0.5, 0.5 * 0.9, 0.5 * 0.9, 0.5 * 0.9 * 0.9])
        #expect(rates.map { $0[1] } == [0.25, 0.25, 0.25 * 0.9, 0.25 * 0.9, 0.25 * 0.9 * 0.9])
    }

    @Test func checksStepSizeAndGammaWhenConfiguring() throws {
        for (stepSize, gamma, text) in [
            (0, 0.9, "step_size must be a positive integer: 0"), (-1, 0.9, "step_size must be a positive integer: -1"),
            (1, 0, "gamma must be a float in the range (0, 1): 0.0"), (1, 1, "gamma must be a float in the range (0, 1): 1.0"),
            (1, .nan, "gamma must be a float in the range (0, 1): nan"),
        ] {
            let tuner = try tuner(fake(), stepSize: stepSize, gamma: gamma)
            let error = #expect(throws: FineTuningError.self) { try tuner.configureOptimizers() }
            #expect(error?.message == text)
        }
    }

    @Test func schedulesOfOurOwn() throws {
        func rates(_ scheduler: SchedulerKind, warmup: Int, total: Int?, steps: Int, stepSize: Int = 2) throws -> [Double] {
            let tuner = try tuner(
                fake(), stepSize: stepSize, gamma: 0.5, optimizer: .adamw, scheduler: scheduler, warmup: warmup, total: total)
            let (optimizers, schedulers) = try tuner.configureOptimizers()
            #expect(optimizers[0] is AdamW)
            return (0..<steps).map { _ in
                defer { schedulers[0].step() }
                return optimizers[0].learningRate
            }
        }
        #expect(try rates(.step, warmup: 2, total: nil, steps: 6) == [0, 0.25, 0.25, 0.25, 0.125, 0.125])
        // transformers.get_linear_schedule_with_warmup(warmup 2, total 6) of 0.5
        #expect(try rates(.linear, warmup: 2, total: 6, steps: 7) == [0, 0.25, 0.5, 0.375, 0.25, 0.125, 0])
        // transformers.get_cosine_schedule_with_warmup(warmup 0, total 4) of 0.5
        #expect(LossTests.close(try rates(.cosine, warmup: 0, total: 4, steps: 5), [0.5, 0.4267766953, 0.25, 0.0732233047, 0]))
        for (warmup, total) in [(0, nil), (5, 4), (0, 0)] as [(Int, Int?)] {
            #expect(throws: FineTuningError.self) { try rates(.linear, warmup: warmup, total: total, steps: 1) }
        }
    }

    /// D2: filling in missing ranks failed for every input.
    @Test func preprocessFillsInWhatIsMissing() throws {
        let model = try fake()
        let tuner = try tuner(model)
        let given = world.inputs[0].ranks
        var progress: [String] = []
        try tuner.preprocessInputs(world.clickstream()) { split, done, total in progress.append("\(split) \(done)/\(total)") }
        #expect(world.inputs.allSatisfy { !$0.lacksRanks })
        #expect(world.inputs[0].ranks == given)
        // Two sessions lack ranks: 2 queries, and 6 of the 12 items; the test split shares them, and finds nothing to do.
        #expect(progress == ["train 8/8"])
        #expect(model.calls.count == 1)
        // All ranks of a session are replaced when one is missing.
        let mixed = try FineTuningInput(
            query: .item(TextQueryItem(text: "summer dress")), events: ["i3"], results: ["i3", "i9"], ranks: ["i3": 99, "i9": nil])
        let dataset = try PairedFineTuningInputsDataset(inputs: [mixed])
        try tuner.preprocessInputs(DatasetDict(train: dataset, test: dataset))
        #expect(mixed.rank(of: "i3") != 99)
        var other = DatasetDict<PairedFineTuningInputsDataset>()
        other["extra"] = dataset
        #expect(throws: ClickstreamError.self) { try tuner.preprocessInputs(other) }
    }

    /// D19: a single pair was refused, and a tuple of pairs wrapped once too often.
    @Test func aSinglePairIsABatch() throws {
        let first = try tuner(fake())
        let second = try tuner(fake())
        try first.preprocessInputs(world.clickstream())
        #expect(try first.trainingStep(world.pairs[0]).item() == second.trainingStep([world.pairs[0]]).item())
        #expect(try first.validationStep(world.pairs[0]).item() == second.validationStep([world.pairs[0]]).item())
    }

    /// Order of a step's metrics, and D18: the mean loss is what early stopping watches.
    @Test func savesMetricsUnderTheirNames() throws {
        let tuner = try tuner(fake())
        try tuner.preprocessInputs(world.clickstream())
        let loss = try tuner.trainingStep(world.batch(0))
        #expect(!loss.requiresGrad)
        #expect(tracker.saved.map(\.name) == ["train_loss", "train_not_irrelevant_dist_shift", "train_irrelevant_dist_shift"])
        #expect(tracker.saved[0].value == (try loss.item()))
        tracker.saved = []
        #expect(try tuner.onValidationEpochEnd() == nil)
        let losses = try (0..<2).map { try tuner.validationStep(world.batch($0)).item() }
        #expect(tracker.saved.isEmpty)
        let mean = try #require(try tuner.onValidationEpochEnd())
        #expect(mean == (losses[0] + losses[1]) / 2)
        #expect(tuner.valLoss == mean)
        #expect(tracker.saved.map(\.name) == ["test_loss", "test_not_irrelevant_dist_shift", "test_irrelevant_dist_shift"])
        // The accumulator is emptied.
        #expect(try tuner.onValidationEpochEnd() == nil)
    }

    @Test func anEmptyListOfMetricsIsNone() throws {
        let model = try fake()
        let tuner = try tuner(model, metrics: [])
        try tuner.preprocessInputs(world.clickstream())
        model.forgetCalls()
        try tuner.trainingStep(world.batch(0))
        #expect(tracker.saved.map(\.name) == ["train_loss"])
        #expect(model.calls.count == 1)
    }

    /// Two passes of the model per training step, however many metrics: one with gradient, one for all metrics. Validation needs one.
    @Test func metricsShareOneEncoding() throws {
        let model = try fake()
        let tuner = try tuner(model, metrics: [DistanceShift(), DistanceShift(), DistanceShift()])
        try tuner.preprocessInputs(world.clickstream())
        model.forgetCalls()
        model.train()
        try tuner.trainingStep(world.batch(0))
        #expect(model.calls.map(\.training) == [true, false])
        #expect(model.calls.allSatisfy { Set($0.items).count == $0.items.count && Set($0.queries).count == $0.queries.count })
        model.forgetCalls()
        try tuner.validationStep(world.batch(0))
        #expect(model.calls.map(\.training) == [false])
        #expect(model.isTraining)
    }

    /// D20: a batch without pairs is a step that learns nothing, and is counted.
    @Test func aBatchWithoutPairsLeavesTheModelAlone() throws {
        let model = try fake()
        let tuner = try tuner(model, loss: Broken { try $0.sum() }, stepSize: 1)
        try tuner.preprocessInputs(world.clickstream())
        let before = model.table.tensor.floats()
        let losses = try Warnings.received(by: { _ in }) {
            try [InputPair(world.inputs[3]), InputPair(nil, world.inputs[3])].map { try tuner.trainingStep([$0]).item() }
        }
        #expect(losses == [0, 0])
        #expect(model.table.tensor.floats() == before)
        #expect(tuner.trainCounts.withoutClicks == 2)
        #expect(LossTests.close([tuner.optimizers[0].learningRate], [0.5 * 0.81]))
    }

    /// A loss of the user's, who takes it that there are ranks.
    final class Broken: RankingLoss {
        struct NoRanks: Error {}
        let value: (Tensor) throws -> Tensor

        init(_ value: @escaping (Tensor) throws -> Tensor) { self.value = value }

        func loss(_ features: FineTuningFeatures) throws -> Tensor {
            guard let ranks = features.positiveRanks else { throw NoRanks() }
            return try value(ranks)
        }
        func setMargin(_ margin: Double) {}
    }

    @Test func aBrokenLossChangesNothing() throws {
        let cases: [((Tensor) throws -> Tensor, String)] = [
            ({ try $0.sum() * .nan }, "the loss is not a finite number: nan (training step 3)"),
            ({ $0 }, "the loss must be a scalar: [9] (training step 3)"),
        ]
        for (loss, text) in cases {
            let model = try fake()
            let tuner = try tuner(model, loss: Broken(loss))
            try tuner.preprocessInputs(world.clickstream())
            let before = model.table.tensor.floats()
            let error = #expect(throws: FineTuningError.self) { try tuner.trainingStep(world.batch(0), batchIndex: 3) }
            #expect(error?.message == text)
            #expect(model.table.tensor.floats() == before)
        }
    }

    /// The step is taken again under watch: the error names the operation, what went in, the parameter and the queries.
    @Test func aStepThatIsNotFiniteIsTracedToItsOperation() throws {
        let cases: [((Tensor) throws -> Tensor, String, String)] = [
            ({ try ($0.abs() * 1e4).exp().mean() }, "the loss is not a finite number: inf (training step 2)", "first in exp of f32["),
            (
                { try ($0 * 0).sqrt().sum() }, "a gradient is not finite: of table (training step 2)",
                "first in the gradient of sqrt of f32["
            ),
        ]
        for (loss, message, origin) in cases {
            let model = try fake()
            let tuner = try tuner(model, loss: Broken(loss))
            try tuner.preprocessInputs(world.clickstream())
            let before = model.table.tensor.floats()
            let error = #expect(throws: FineTuningError.self) { try tuner.trainingStep(world.batch(0), batchIndex: 2) }
            #expect(error?.message == message)
            #expect(error?.kind == .numeric)
            #expect(error?.help?.hasPrefix(origin) == true, "\(error?.help ?? "")")
            #expect(error?.help?.contains("no weight has been changed (queries of the batch: '") == true)
            #expect(model.table.tensor.floats() == before)
        }
    }

    @Test func createTakesTheSettings() throws {
        var settings = FineTuningSettings(lossFunc: try CosineProbMarginRankingLoss())
        settings.metricCalculators = []
        settings.numEpochs = 3
        settings.batchSize = 2
        settings.optimizer = .adamw
        settings.scheduler = .linear
        let tuner = try EmbeddingsFineTuner.create(
            model: fake(), settings: settings, itemsSets: world.sets, queryRetriever: TextQueryRetriever(),
            fineTuningParams: Self.params(), tracker: tracker)
        #expect(tuner.metricCalculators.isEmpty)
        try tuner.preprocessInputs(world.clickstream())
        // Three pairs in batches of two, three times.
        #expect(tuner.totalSteps == 6)
        #expect(try tuner.configureOptimizers().optimizers[0] is AdamW)
        settings.batchSize = 0
        #expect(throws: FineTuningError.self) {
            try EmbeddingsFineTuner.create(
                model: fake(), settings: settings, itemsSets: world.sets, queryRetriever: TextQueryRetriever(),
                fineTuningParams: Self.params(), tracker: tracker)
        }
    }

    /// D13: items and ids were passed on together. The shift of known vectors, by hand.
    @Test func distanceShift() throws {
        let items = try ItemsSet(rows: [.init(id: "a", item: "a"), .init(id: "b", item: "b")])
        let model = try FakeModel([("q", [1, 0]), ("a", [1, 0]), ("b", [3, 4])])
        let query = Query.item(TextQueryItem(text: "q"))
        let clicked = try FineTuningInput(query: query, events: ["b"], results: ["a", "b"], ranks: ["a": 0.5, "b": 0.5])
        let clickless = try FineTuningInput(query: query, events: [], results: ["a", "b"], ranks: ["a": 0.5, "b": 0.5])
        func shift(_ batch: [InputPair], isSimilarity: Bool = true) throws -> [Double] {
            let extractor = try FeaturesExtractor(model: model, isSimilarity: isSimilarity)
            return try DistanceShift().metrics(of: batch, extractor: extractor, items: items, retriever: TextQueryRetriever()).map(\.value)
        }
        // Cosines are 1 and 0.6: the click moved up by 0.1; the clickless results by 0.5 and 0.1, which is bad.
        #expect(LossTests.close(try shift([InputPair(clicked, clickless)]), [0.1, -0.3]))
        #expect(LossTests.close(try shift([InputPair(clicked, clickless)], isSimilarity: false), [-0.1, 0.3]))
        #expect(try shift([InputPair(nil, nil)]) == [0, 0])
        // Which list is decided by the place in the pair, which formula by the clicks.
        #expect(LossTests.close(try shift([InputPair(clickless, clicked), InputPair(clicked, nil)]), [-0.1, 0.1]))
        let unknown = try FineTuningInput(query: query, events: ["b"], results: ["a", "b"])
        let error = #expect(throws: FineTuningError.self) { try shift([InputPair(unknown)]) }
        #expect(error?.message == "rank of 'b' is unknown (session 'q')")
        #expect(error?.kind == .type)
    }
}
