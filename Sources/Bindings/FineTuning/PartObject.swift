import FineTuning
import Language
import Tensors

/// Something that the tuner takes ready-made: a ranker, a confidence calculator, a metric. It can be called as a function of its kind is.
final class PartObject<Part>: HostObject, @unchecked Sendable {
    let part: Part
    private let call: Builtin

    init(_ part: Part, _ call: Builtin) {
        self.part = part
        self.call = call
    }

    override var typeName: String { call.name }
    override var doc: String { call.doc }
    override var callSignature: Builtin? { call }
}

extension PartObject<any Ranker> {
    convenience init(_ ranker: any Ranker, name: String) {
        nonisolated(unsafe) let ranker = ranker
        self.init(
            ranker,
            Builtin(name, "(query: tensor, items: tensor) -> tensor", doc: "The rank of each item [n, d] for a query [1, d].") { call in
                .tensor(try ranker.ranks(query: try call.tensor(0), items: try call.tensor(1)))
            })
    }
}

extension PartObject<any ConfidenceCalculator> {
    convenience init(_ calculator: any ConfidenceCalculator, name: String) {
        nonisolated(unsafe) let calculator = calculator
        self.init(
            calculator,
            Builtin(name, "(ranks: list, clicks: list) -> list", doc: "How far each result of a session is trusted.") { call in
                let ranks = try call.doubles(0), clicks = try call.doubles(1)
                guard ranks.count == clicks.count else {
                    throw ScriptError.value("\(call.builtin.name): \(ranks.count) ranks, but \(clicks.count) clicks")
                }
                return .list(try calculator.confidences(ranks: ranks, clicks: clicks).map { .float($0) })
            })
    }
}

extension PartObject<any MetricCalculator> {
    convenience init(_ calculator: any MetricCalculator, name: String) {
        nonisolated(unsafe) let calculator = calculator
        self.init(
            calculator,
            Builtin(
                name, "(batch: any, extractor: FeaturesExtractor, items_set: ItemsSet, query_retriever: any) -> dict",
                doc: "The metrics of a batch of pairs by their names."
            ) { call in
                let metrics = try calculator.metrics(
                    of: try PairValue.batch(call[0]), extractor: try call.host(1, as: ExtractorObject.self).extractor,
                    items: try call.host(2, as: ItemsSetObject.self).items, retriever: try FineTuningNamespace.retriever(call, 3))
                return .dict(metrics.map { ($0.name, .float($0.value)) })
            })
    }
}
