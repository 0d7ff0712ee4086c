import Clickstream
import Foundation
import Images
import Models
import Tensors
import TestSupport
import Testing

@testable import FineTuning

/// Fine-tuning of both towers of a CLIP model beside the same steps in PyTorch.
@Suite struct ClipTrainingTests {
    /// Three queries, each with all four images and a click on its own.
    struct World {
        let golden: ClipGolden
        var items: ItemsSet
        let inputs: [FineTuningInput]
        let batch: [InputPair]

        init() throws {
            golden = try ClipGolden.load()
            items = try ItemsSet(
                rows: golden.images.prefix(4).map { picture in
                    let pixels = PixelValues(channels: 3, height: 32, width: 32, values: picture.values)
                    return ItemsSet.Row(id: picture.name, item: .image(try #require(pixels)))
                })
            let ids = items.ids
            inputs = try golden.queries.enumerated().map { place, query in
                try FineTuningInput(
                    query: .item(TextQueryItem(text: query)), events: [ids[place]], results: ids)
            }
            batch = inputs.map { InputPair($0, nil) }
        }
    }

    static func tuner(
        _ world: World, fixed: Int = 0, optimizer: OptimizerKind = .sgd
    ) throws -> (tuner: EmbeddingsFineTuner, model: ClipModel) {
        let model = try ClipModel.load(Fixtures.url("clip/tiny_clip").path)
        let params = try FineTuningParams(
            numFixedLayers: fixed, queryLR: 0.05, itemsLR: 0.02, queryWeightDecay: 0.001, itemsWeightDecay: 0.001, margin: 0.1,
            notIrrelevantOnly: true, negativeDownsampling: 1, maxAbsDifferenceThreshold: 3)
        let tuner = try EmbeddingsFineTuner(
            model: model, itemsSets: DatasetDict(train: world.items, test: world.items), queryRetriever: TextQueryRetriever(),
            lossFunc: ProbMarginRankingLoss(), fineTuningParams: params, tracker: RecordingTracker(), optimizer: optimizer)
        let dataset = try PairedFineTuningInputsDataset(inputs: world.inputs)
        try tuner.preprocessInputs(DatasetDict(train: dataset, test: dataset))
        return (tuner, model)
    }

    /// The elements that the golden file keeps of a tensor.
    static func kept(_ tensor: Tensor) -> [Double] {
        let values = tensor.doubles()
        return values.count <= 64 ? values : stride(from: 0, to: values.count, by: 31).map { values[$0] }
    }

    static func close(_ a: [Double], _ b: [Double], floor: Double) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * abs($1) + floor }
    }

    @Test(arguments: ["all", "frozen_0", "frozen_1"]) func trainsAsPyTorchDoes(_ variant: String) throws {
        let world = try World()
        let golden = try #require(world.golden.training[variant])
        let (tuner, model) = try Self.tuner(world, fixed: variant == "frozen_1" ? 1 : 0)
        if variant == "all" {
            model.unfixQueryModel()
            model.unfixItemModel()
        }
        try tuner.configureOptimizers()
        #expect(tuner.optimizers.map(\.learningRate) == [0.02, 0.05])
        for (step, loss) in golden.losses.enumerated() {
            let computed = try tuner.trainingStep(world.batch, batchIndex: step).item()
            #expect(abs(computed - loss) < 1e-4 * loss, "step \(step): \(computed), want \(loss)")
            guard step == 0 else { continue }
            for (name, gradient) in golden.gradients {
                let parameter = try #require(model.parameters.first { $0.name == name })
                let computed = try #require(parameter.grad).dense()
                #expect(Self.close(Self.kept(computed), gradient, floor: 1e-7), "gradient of \(name)")
            }
            #expect(Set(model.parameters.filter { $0.grad != nil }.map(\.name)) == Set(golden.gradients.keys))
        }
        for (name, values) in golden.parameters {
            let parameter = try #require(model.parameters.first { $0.name == name })
            #expect(Self.close(Self.kept(parameter.tensor.detach()), values, floor: 1e-6), "\(name) after four steps")
        }
        #expect(Set(model.parameters.filter(\.isTrainable).map(\.name)) == Set(golden.parameters.keys))
    }

    /// What frozen layers give of texts and images is looked up, and the bits are those of computing it again; so are those of
    /// recomputing layers for the gradient.
    @Test func cacheAndCheckpointedLayersChangeNoBit() throws {
        func train(_ prepare: (ClipModel) -> Void) throws -> ([[Float]], ClipModel) {
            let world = try World()
            let (tuner, model) = try Self.tuner(world, fixed: 1, optimizer: .adamw)
            prepare(model)
            try tuner.configureOptimizers()
            for step in 0..<3 { try tuner.trainingStep(world.batch, batchIndex: step) }
            return (model.parameters.map { $0.tensor.floats() }, model)
        }
        let (plain, cached) = try train { _ in }
        #expect(cached.frozenCaches.allSatisfy { $0.statistics.hits > 0 })
        #expect(cached.frozenCaches.map(\.statistics.texts) == [4, 3])
        let (uncached, model) = try train { model in model.frozenCaches.forEach { $0.limit = 0 } }
        #expect(model.frozenCaches.allSatisfy { $0.statistics.hits == 0 })
        #expect(uncached == plain)
        let recomputed = try train { $0.checkpointsLayers = true }.0
        #expect(recomputed == plain)
    }

    /// A checkpoint knows the images that it was made with, and a resumed training goes on to the same bits.
    @Test func resumesFromACheckpoint() throws {
        let world = try World()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-clip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("step-00000002").path
        let (first, model) = try Self.tuner(world, fixed: 1, optimizer: .adamw)
        try first.configureOptimizers()
        for step in 0..<2 { try first.trainingStep(world.batch, batchIndex: step) }
        try TunerCheckpoint.save(first, to: path, trainer: .null, fingerprints: first.fingerprints())
        try first.trainingStep(world.batch, batchIndex: 2)

        let (second, resumed) = try Self.tuner(world, fixed: 1, optimizer: .adamw)
        try second.configureOptimizers()
        try TunerCheckpoint(path).restore(to: second)
        try second.trainingStep(world.batch, batchIndex: 2)
        #expect(resumed.parameters.map { $0.tensor.detach().floats() } == model.parameters.map { $0.tensor.detach().floats() })

        func fingerprint(_ items: ItemsSet) throws -> String? {
            var other = world
            other.items = items
            return try Self.tuner(other).tuner.fingerprints().first { $0.name == "items of train" }?.value
        }
        guard case .image(let pixels) = world.items.rows[0].item else { throw ModelError(.invalidArgument, "no image") }
        var values = pixels.numbers
        values[7] += 1
        let changed = try #require(PixelValues(channels: 3, height: 32, width: 32, values: values))
        let rows = [ItemsSet.Row(id: world.items.rows[0].id, item: .image(changed))] + world.items.rows.dropFirst()
        #expect(try fingerprint(world.items)?.hasPrefix("4 rows, ") == true)
        #expect(try fingerprint(ItemsSet(rows: rows)) != fingerprint(world.items))
    }

    @Test func towersFreezeSeparately() throws {
        let model = try ClipModel.load(Fixtures.url("clip/tiny_clip").path)
        try model.fixItemModel(layers: 2)
        #expect(model.queryModelParameters.allSatisfy { $0.isTrainable })
        let frozen = Set(model.itemsModelParameters.filter { !$0.isTrainable }.map(\.name))
        #expect(frozen.isSuperset(of: ["vision_model.embeddings.class_embedding", "vision_model.pre_layrnorm.bias"]))
        #expect(frozen.contains("vision_model.encoder.layers.1.mlp.fc1.weight") && !frozen.contains("visual_projection.weight"))
        #expect(!frozen.contains { $0.hasPrefix("vision_model.encoder.layers.2.") })
        let error = #expect(throws: ModelError.self) { try model.fixQueryModel(layers: 2) }
        #expect(error?.problem == "Number of fixed layers (2) >= number of existing layers (2)")
        model.unfixItemModel()
        #expect(model.parameters.allSatisfy { $0.isTrainable })
    }

    @Test func textsAreNoItemsOfThisModelAndImagesNoneOfTheOther() throws {
        let world = try World()
        let model = try ClipModel.load(Fixtures.url("clip/tiny_clip").path)
        let text = #expect(throws: ModelError.self) { try model.forwardItems(["red shoes"]) }
        #expect(text?.description.contains("item 0 is a text") == true && text?.description.contains("[3, 32, 32]") == true)
        let small = try #require(PixelValues(channels: 3, height: 16, width: 32, values: [Float](repeating: 0, count: 1536)))
        let size = #expect(throws: ModelError.self) {
            try model.encodeBatch(queries: [], items: [world.items.rows[0].item, .image(small)])
        }
        #expect(size?.description.contains("item 1") == true && size?.description.contains("[3, 16, 32]") == true)
        let bert = try EmbeddingModel.load(Fixtures.url("tiny_bert").path)
        let image = #expect(throws: ModelError.self) { try bert.forwardItems([world.items.rows[0].item]) }
        #expect(image?.description.contains("item 0 is an image") == true)
        #expect(throws: ModelError.self) { try model.forwardItems([]) }
    }
}
