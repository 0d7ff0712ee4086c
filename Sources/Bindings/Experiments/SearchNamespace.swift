import Experiments
import Language

/// Hyper-parameter search: spaces, and the sampler that walks them.
enum SearchNamespace {
    static let functions = Namespace(
        "search", doc: "Hyper-parameter search.",
        [
            Builtin(
                "uniform", "(low: float, high: float) -> SearchRange", doc: "For a search space: any number from `low` to `high`.",
                example: "str(uniform(0, 1)) == \"uniform(0.0, 1.0)\""
            ) { call in .host(RangeOfNumbers(.real(low: try call.double(0), high: try call.double(1), logarithmic: false))) },
            Builtin(
                "log_uniform", "(low: float, high: float) -> SearchRange",
                doc: "For a search space: any number from `low` to `high`, each factor as likely as every other. For learning rates.",
                example: "str(log_uniform(1e-6, 1e-3)) == \"log_uniform(1e-06, 0.001)\""
            ) { call in .host(RangeOfNumbers(.real(low: try call.double(0), high: try call.double(1), logarithmic: true))) },
            Builtin(
                "whole", "(low: int, high: int) -> SearchRange",
                doc: "For a search space: a whole number from `low` to `high`, both included.",
                example: "str(whole(0, 5)) == \"whole(0, 5)\""
            ) { call in .host(RangeOfNumbers(.integer(low: try call.int(0), high: try call.int(1)))) },
            Builtin(
                "TreeParzenSearch", "(space: dict, seed: int = 0, startup_trials: int = 10, candidates: int = 24) -> TreeParzenSearch",
                doc: """
                    Suggests points of `space` by the tree-structured Parzen estimator (Bergstra et al. 2011). The space has a list of options or \
                    a `uniform`, `log_uniform` or `whole` range for each name. The first `startup_trials` points are random.
                    """,
                example: "TreeParzenSearch({\"margin\": [0.01, 0.05]}, seed = 1).suggest([])[\"margin\"] in [0.01, 0.05]"
            ) { call in .host(try SearchObject(call)) },
        ])
}

/// A range of a search space as scripts hold it.
final class RangeOfNumbers: HostObject, @unchecked Sendable {
    let dimension: SearchDimension

    init(_ dimension: SearchDimension) { self.dimension = dimension }

    override var typeName: String { "SearchRange" }
    override var doc: String { "A range of numbers that a search may choose from." }
    override var description: String {
        switch dimension {
        case .real(let low, let high, let logarithmic):
            "\(logarithmic ? "log_uniform" : "uniform")(\(Value.float(low).repr), \(Value.float(high).repr))"
        case .integer(let low, let high): "whole(\(low), \(high))"
        case .choice(let options): "one of \(options)"
        }
    }
}

/// A search as scripts hold it.
final class SearchObject: HostObject, @unchecked Sendable {
    private let search: TreeParzenSearch
    private let names: [String]
    /// For a name with options, their values.
    private let options: [[Value]?]

    init(_ call: borrowing BuiltinCall) throws {
        var space: [(name: String, dimension: SearchDimension)] = []
        var options: [[Value]?] = []
        for (key, value) in try call.dict(0).pairs {
            guard let name = key.asString else { throw ScriptError.type("names in a search space are str, not \(key.typeNameWithArticle)") }
            if let items = value.asItems {
                options.append(items)
                space.append((name, .choice(options: items.count)))
            } else if case .host(let object) = value, let range = object as? RangeOfNumbers {
                options.append(nil)
                space.append((name, range.dimension))
            } else {
                throw ScriptError(
                    .type, "`\(name)` in a search space must be a list of options or a range, not \(value.typeNameWithArticle)",
                    help: "ranges are uniform(low, high), log_uniform(low, high) and whole(low, high)")
            }
        }
        names = space.map(\.name)
        self.options = options
        do {
            search = try TreeParzenSearch(
                space: space, seed: UInt64(bitPattern: Int64(try call.int(1))), startupTrials: try call.int(2),
                candidates: min(try call.int(3), 100_000))
        } catch let error as SearchError {
            throw ScriptError.value("TreeParzenSearch: \(error)")
        }
    }

    override var typeName: String { "TreeParzenSearch" }
    override var doc: String { "A search over hyper-parameters." }
    override var description: String { "TreeParzenSearch(\(names.joined(separator: ", ")))" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "TreeParzenSearch", doc: "Methods of a search.",
        [
            Builtin(
                "suggest", "(trials: list) -> dict",
                doc: """
                    The point to try next. `trials` holds a (point, loss) pair for each trial so far, in order; the smaller loss is the better, \
                    and none is a trial that failed, which the search passes over. The same trials give the same point.
                    """,
                example: "TreeParzenSearch({\"x\": [1, 2]}).suggest([({\"x\": 1}, 0.5), ({\"x\": 2}, none)])[\"x\"] in [1, 2]"
            ) { call in
                let object = try call.receiver(as: SearchObject.self)
                let history = try call.items(0).enumerated().map { number, trial in try object.trial(trial, number) }
                let point = object.search.suggest(trial: history.count, history: history)
                return .dict(object.names.indices.map { (object.names[$0], object.value(point[$0], $0)) })
            }
        ])

    private func value(_ value: SearchValue, _ axis: Int) -> Value {
        switch value {
        case .option(let option): options[axis]?[option] ?? .int(option)
        case .real(let number): .float(number)
        case .integer(let number): .int(number)
        }
    }

    private func trial(_ value: Value, _ number: Int) throws -> Trial {
        guard let pair = value.asItems, pair.count == 2, case .dict(let point) = pair[0] else {
            throw ScriptError.type(
                "suggest() argument `trials` must hold (point, loss) pairs; trial \(number) is \(value.typeNameWithArticle)")
        }
        let loss = pair[1].asDouble
        guard loss != nil || pair[1].isNone else {
            throw ScriptError.type("the loss of trial \(number) must be a number or none, not \(pair[1].typeNameWithArticle)")
        }
        return Trial(
            point: try names.indices.map { axis in
                guard let value = point.get(names[axis]) else {
                    throw ScriptError.key("the point of trial \(number) has no `\(names[axis])`")
                }
                return try searchValue(value, axis, number)
            }, loss: loss)
    }

    private func searchValue(_ value: Value, _ axis: Int, _ number: Int) throws -> SearchValue {
        switch (search.space[axis], value) {
        case (.choice, _):
            if let option = options[axis]?.firstIndex(where: { Value.isEqual($0, value) }) { return .option(option) }
        case (.integer, .int(let number)): return .integer(number)
        case (.real, _): if let number = value.asDouble { return .real(number) }
        default: break
        }
        throw ScriptError.value("`\(names[axis])` of trial \(number) is \(value.repr), which is not in the search space")
    }
}
