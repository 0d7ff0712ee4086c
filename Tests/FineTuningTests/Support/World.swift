import Clickstream
import Foundation
import Models
import Tensors
import TestSupport

@testable import FineTuning

/// Keeps what it is given.
final class RecordingTracker: MetricTracker {
    var saved: [MetricValue] = []

    func saveMetric(_ metric: MetricValue) { saved.append(metric) }
}

/// The little shop that the golden values were computed in: items, five sessions, and a tuner with a variant's settings.
struct World {
    let items: ItemsSet
    let inputs: [FineTuningInput]
    let pairs: [InputPair]

    init(_ golden: Golden) throws {
        items = try ItemsSet(rows: golden.rows.array.map { .init(id: $0[0].string, text: $0[1].string) })
        inputs = try golden.sessions.array.map { session in
            let parts = session.part_to_object_dict
            return try FineTuningInput(
                query: .item(TextQueryItem(text: session.query.string)), events: session.events.strings, results: session.results.strings,
                ranks: session.ranks.dictionary.mapValues { $0.isNull ? nil : $0.double },
                partToObject: parts.isNull ? nil : parts.dictionary.mapValues(\.string))
        }
        pairs = [InputPair(inputs[0], inputs[3]), InputPair(inputs[1], inputs[4]), InputPair(inputs[2], inputs[3])]
    }

    static func tinyBert() throws -> EmbeddingModel { try EmbeddingModel.load(Fixtures.url("tiny_bert").path) }

    /// The variant's model in double precision.
    static func doubleModel(towers: String) throws -> any EmbeddingsModelInterface {
        let query = try DoubleModel(tinyBert())
        if towers == "one" { return query }
        return try TwoTowerModel(query: query, items: DoubleModel(EmbeddingModel.load(Fixtures.url("tiny_bert_items").path)))
    }

    static func twoTowers() throws -> TwoTowerModel {
        try TwoTowerModel(query: tinyBert(), items: EmbeddingModel.load(Fixtures.url("tiny_bert_items").path))
    }

    /// Batch k of training: the first two pairs for even k, the third for odd k.
    func batch(_ k: Int) -> [InputPair] { k % 2 == 0 ? Array(pairs[0..<2]) : [pairs[2]] }

    var sets: DatasetDict<ItemsSet> { DatasetDict(train: items, test: items) }

    func clickstream() throws -> DatasetDict<PairedFineTuningInputsDataset> {
        DatasetDict(train: try PairedFineTuningInputsDataset(inputs: inputs), test: try PairedFineTuningInputsDataset(inputs: inputs))
    }
}

/// A tuner with the settings of a golden training variant.
struct Variant {
    let golden: Golden
    let world: World
    let model: any EmbeddingsModelInterface
    let tracker = RecordingTracker()
    let tuner: EmbeddingsFineTuner

    init(_ golden: Golden, worlds: Golden, isDouble: Bool = false) throws {
        self.golden = golden
        world = try World(worlds[golden.world.string])
        model =
            switch (isDouble, golden.towers.string) {
            case (true, let towers): try World.doubleModel(towers: towers)
            case (false, "one"): try World.tinyBert()
            case (false, _): try World.twoTowers()
            }
        let fine = golden.do_fine_small_difference.bool
        let loss: any RankingLoss =
            golden.loss.string == "Cosine"
            ? try CosineProbMarginRankingLoss(doFineSmallDifference: fine) : try ProbMarginRankingLoss(doFineSmallDifference: fine)
        let params = try FineTuningParams(
            numFixedLayers: golden.num_fixed_layers.int, queryLR: golden.query_lr.double, itemsLR: golden.items_lr.double,
            queryWeightDecay: golden.query_weight_decay.double, itemsWeightDecay: golden.items_weight_decay.double,
            margin: golden.margin.double, notIrrelevantOnly: golden.not_irrelevant_only.bool, negativeDownsampling: 1,
            minAbsDifferenceThreshold: golden.min_abs_difference_threshold.double,
            maxAbsDifferenceThreshold: golden.max_abs_difference_threshold.double)
        tuner = try EmbeddingsFineTuner(
            model: model, itemsSets: world.sets, queryRetriever: TextQueryRetriever(), lossFunc: loss, fineTuningParams: params,
            tracker: tracker, ranker: golden.ranker.string == "cosine" ? CosineRanker() : EuclideanRanker(),
            isSimilarity: golden.is_similarity.bool,
            confidenceCalculator: golden.confidence_calculator.string == "calculate" ? try WindowedConfidences() : DummyConfidences(),
            stepSize: golden.step_size.int, gamma: golden.gamma.double)
    }

    /// All parameters under the golden file's names.
    var parameters: [(name: String, parameter: Parameter)] {
        if model.sameQueryAndItems { return model.itemsModelParameters.map { ($0.name, $0) } }
        return model.queryModelParameters.map { ("query." + $0.name, $0) } + model.itemsModelParameters.map { ("items." + $0.name, $0) }
    }
}
