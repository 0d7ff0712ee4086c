import Clickstream
import FineTuning
import Language
import Tensors

/// Choosing among found objects, and moving stored vectors.
enum SelectionNamespace {
    static let functions = Namespace(
        "selection", doc: "Choosing among found objects, and moving stored vectors.",
        [
            Builtin(
                "SearchIndexInfo",
                "(dimensions: int, metric_type: str = \"cosine\", metric_aggregation_type: str = \"min\") -> SearchIndexInfo",
                doc:
                    "How an index compares vectors (cosine, dot or euclid), and joins the values of an object's parts (min, softly, or avg).",
                example: "SearchIndexInfo(384).metric_type == \"cosine\""
            ) { call in
                .host(
                    IndexInfoObject(
                        try SearchIndexInfo(
                            dimensions: try call.int(0), metric: try metric(call, 1, "MetricType"),
                            aggregation: try metric(call, 2, "MetricAggregationType"))))
            },
            Builtin(
                "DistBasedSelector", "(search_index_info: SearchIndexInfo, is_similarity: bool = false, margin: float = 0.2) -> Selector",
                doc: "Chooses objects by their distances: those nearer than the margin, as similarities those above 1 - margin.",
                example: "DistBasedSelector(SearchIndexInfo(2)).select([0.05, 0.15, 0.3]) == [0, 1]"
            ) { call in
                .host(SelectorObject(DistBasedSelector(try index(call), rule: try rule(call)), name: call.builtin.name))
            },
            Builtin(
                "ProbsDistBasedSelector",
                """
                (search_index_info: SearchIndexInfo, is_similarity: bool = false, margin: float = 0.2, scale: float = 10.0, \
                prob_threshold: float = 0.5) -> Selector
                """,
                doc: "A DistBasedSelector that asks for sigmoid(scale · excess over the threshold) above a probability.",
                example: "ProbsDistBasedSelector(SearchIndexInfo(2), prob_threshold = 0.7).select([0.05, 0.15, 0.3]) == [0]"
            ) { call in
                let probability = (scale: try call.double(3), threshold: try call.double(4))
                let selector = DistBasedSelector(
                    try index(call),
                    rule: SelectionRule(isSimilarity: try call.bool(1), margin: try call.double(2), probability: probability))
                return .host(SelectorObject(selector, name: call.builtin.name))
            },
            Builtin(
                "VectorsBasedSelector",
                """
                (search_index_info: SearchIndexInfo, is_similarity: bool = false, margin: float = 0.2, softmin_temperature: float = 1.0, \
                scale_to_one: bool = false) -> Selector
                """,
                doc: "Chooses objects by comparing the vectors of their parts with the query's.",
                example: "VectorsBasedSelector(SearchIndexInfo(2)).select([[[1.0, 0.0]], [[0.0, 1.0]]], [1.0, 0.0]) == [0]"
            ) { call in
                let selector = try VectorsBasedSelector(
                    try index(call), rule: try rule(call), softminTemperature: try call.double(3), scaleToOne: try call.bool(4))
                return .host(SelectorObject(selector, name: call.builtin.name))
            },
            Builtin(
                "ImprovementInput", "(session_id: str, query: any, clicked_elements: list, non_clicked_elements: list) -> ImprovementInput",
                doc: "A session's vectors: the query's [n, d], and for each clicked and each other element those of its parts [m, d].",
                example: "len(ImprovementInput(\"s\", [[1.0, 0.0]], [[[0.0, 1.0]]], []).clicked_elements) == 1"
            ) { call in
                .host(
                    ImprovementObject(
                        ImprovementInput(
                            sessionID: try call.string(0), query: try vectors(call[1]),
                            clickedElements: try call.iterable(2).map(vectors), nonClickedElements: try call.iterable(3).map(vectors))))
            },
            Builtin(
                "TorchBasedAdjuster",
                """
                (search_index_info: SearchIndexInfo, adjustment_rate: float = 0.1, num_iterations: int = 10, \
                softmin_temperature: float = 1.0) -> VectorsAdjuster
                """,
                doc: "Moves the vectors of clicked elements towards their queries, those of the others away, by steps of AdamW.",
                example: """
                    moved = TorchBasedAdjuster(SearchIndexInfo(2)).adjust_vectors([ImprovementInput("s", [[1.0, 0.0]], [[[0.6, 0.8]]], [])]); \
                    assert moved[0].clicked_elements[0][0, 0].item() > 0.6
                    """
            ) { call in
                .host(
                    AdjusterObject(
                        try TorchBasedAdjuster(
                            try index(call), adjustmentRate: try call.double(1), numIterations: try call.int(2),
                            softminTemperature: try call.double(3))))
            },
        ])

    private static func index(_ call: borrowing BuiltinCall) throws -> SearchIndexInfo { try call.host(0, as: IndexInfoObject.self).info }

    private static func rule(_ call: borrowing BuiltinCall) throws -> SelectionRule {
        SelectionRule(isSimilarity: try call.bool(1), margin: try call.double(2))
    }

    private static func metric<Choice: CaseIterable & RawRepresentable<String>>(
        _ call: borrowing BuiltinCall, _ position: Int, _ kind: String
    ) throws -> Choice {
        let name = try call.string(position)
        if let choice = Choice(rawValue: name) { return choice }
        let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw ScriptError.value("Unsupported \(kind): \(name.debugDescription)", help: "one of \(known)")
    }

    /// A matrix of vectors; one vector alone is a matrix of one row.
    static func vectors(_ value: Value) throws -> Tensor {
        let tensor = try Tensor(data: value)
        let floats = tensor.dtype.isFloating ? tensor : try tensor.to(.f32)
        return floats.rank == 1 ? try floats.reshape([1, floats.shape[0]]) : floats
    }
}

/// How an index compares vectors.
final class IndexInfoObject: HostObject, @unchecked Sendable {
    let info: SearchIndexInfo

    init(_ info: SearchIndexInfo) { self.info = info }

    override var typeName: String { "SearchIndexInfo" }
    override var description: String {
        "SearchIndexInfo(\(info.dimensions), \"\(info.metric.rawValue)\", \"\(info.aggregation.rawValue)\")"
    }
    override var attributeNames: [String] { ["dimensions", "metric_type", "metric_aggregation_type"] }
    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "dimensions": .int(info.dimensions)
        case "metric_type": .string(info.metric.rawValue)
        case "metric_aggregation_type": .string(info.aggregation.rawValue)
        default: nil
        }
    }
}

/// Chooses among the objects that a search has found.
final class SelectorObject: HostObject, @unchecked Sendable {
    let selector: any AbstractSelector
    private let name: String

    init(_ selector: any AbstractSelector, name: String) {
        self.selector = selector
        self.name = name
    }

    override var typeName: String { name }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["vectors_are_needed"] }
    override func attribute(_ name: String) throws -> Value? {
        name == "vectors_are_needed" ? .bool(selector.vectorsAreNeeded) : nil
    }

    static let methods = Namespace(
        "Selector", doc: "Methods of a selector.",
        [
            Builtin(
                "select", "(objects: any, query_vector: any = none) -> list",
                doc: """
                    Positions of the chosen objects. An object is its distance, the vectors of its parts [m, d], or a dict with `distance` and \
                    `vectors`.
                    """,
                example: "DistBasedSelector(SearchIndexInfo(2)).select([0.05, 0.5]) == [0]"
            ) { call in
                let selector = try call.receiver(as: SelectorObject.self).selector
                let objects = try call.iterable(0).map(found)
                let query = call.isGiven(1) ? try SelectionNamespace.vectors(call[1]) : nil
                return .list(try selector.select(objects, query: query).map { .int($0) })
            }
        ])

    private static func found(_ value: Value) throws -> FoundObject {
        if let distance = value.asDouble { return FoundObject(distance: distance) }
        guard case .dict(let dict) = value else { return FoundObject(vectors: try SelectionNamespace.vectors(value)) }
        let distance = dict.get("distance") ?? .none
        guard distance.isNone || distance.asDouble != nil else {
            throw ScriptError.type("an object's distance must be a number, not \(distance.typeNameWithArticle)")
        }
        return FoundObject(
            distance: distance.asDouble,
            vectors: try dict.get("vectors").flatMap { $0.isNone ? nil : try SelectionNamespace.vectors($0) })
    }
}

/// A session's vectors.
final class ImprovementObject: HostObject, @unchecked Sendable {
    let input: ImprovementInput

    init(_ input: ImprovementInput) { self.input = input }

    override var typeName: String { "ImprovementInput" }
    override var description: String {
        "ImprovementInput(\(input.sessionID.debugDescription), \(input.clickedElements.count) clicked, \(input.nonClickedElements.count) not)"
    }
    override var attributeNames: [String] { ["session_id", "query", "clicked_elements", "non_clicked_elements"] }
    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "session_id": .string(input.sessionID)
        case "query": .tensor(input.query)
        case "clicked_elements": .list(input.clickedElements.map { .tensor($0) })
        case "non_clicked_elements": .list(input.nonClickedElements.map { .tensor($0) })
        default: nil
        }
    }
}

/// Moves stored vectors.
final class AdjusterObject: HostObject, @unchecked Sendable {
    let adjuster: any VectorsAdjuster

    init(_ adjuster: any VectorsAdjuster) { self.adjuster = adjuster }

    override var typeName: String { "VectorsAdjuster" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "VectorsAdjuster", doc: "Methods of an adjuster.",
        [
            Builtin(
                "adjust_vectors", "(data_for_improvement: list) -> list", doc: "The inputs with new vectors of their elements.",
                example: """
                    len(TorchBasedAdjuster(SearchIndexInfo(2)).adjust_vectors([ImprovementInput("s", [[1.0, 0.0]], [[[0.6, 0.8]]], [])])) \
                    == 1
                    """
            ) { call in
                let inputs = try call.items(0).map { value in
                    guard let input = (value.asHost as? ImprovementObject)?.input else {
                        throw ScriptError.type("adjust_vectors() takes a list of ImprovementInput; it holds \(value.typeNameWithArticle)")
                    }
                    return input
                }
                return .list(
                    try call.receiver(as: AdjusterObject.self).adjuster.adjustVectors(inputs).map { .host(ImprovementObject($0)) })
            }
        ])
}
