import Clickstream
import FineTuning
import Language
import Models
import Statement
import Tensors
import Text

/// A function of the language where the fine-tuner takes an object of its own.
struct ScriptFunction {
    let interpreter: Interpreter
    let function: Value

    func callAsFunction(_ arguments: [Value], keywords: [(String, Value)] = []) throws -> Value {
        try interpreter.call(function, arguments, keywords: keywords)
    }

    /// The result as a tensor; `what` names the function's part in messages.
    func tensor(_ arguments: [Value], keywords: [(String, Value)] = [], what: String) throws -> Tensor {
        let result = try self(arguments, keywords: keywords)
        guard case .host(let object) = result, let tensor = object as? TensorObject else {
            throw ScriptError.type("the \(what) must return a tensor, not \(result.typeNameWithArticle)")
        }
        return tensor.tensor
    }

    /// Name and code of the function with all that it comes to, and the numbers, texts and collections of them that it reads. Tensors and
    /// objects are left out: training may change them.
    var fingerprint: String { Self.fingerprint(of: function, in: interpreter, depth: 0) }

    private static func fingerprint(of function: Value, in interpreter: Interpreter, depth: Int) -> String {
        let reach = interpreter.reach(of: function)
        var hash = ContentHash()
        for part in reach.code { hash.update(part.text) }
        for (name, value) in reach.values { hash.update("\(name) \(text(of: value, in: interpreter, depth: depth))") }
        return "\(function.repr) \(hash.hexadecimal.prefix(16))"
    }

    /// What is in a value that cannot change, as a text. Functions in lists may read the lists that they are in: there is an end to that.
    private static func text(of value: Value, in interpreter: Interpreter, depth: Int) -> String {
        guard depth < 16 else { return value.typeName }
        func inner(_ value: Value) -> String { text(of: value, in: interpreter, depth: depth + 1) }
        switch value {
        case .int, .float, .bool, .string, .none, .range: return value.repr
        case .list, .tuple: return "\(value.typeName) [\((value.asItems ?? []).map(inner).joined(separator: ", "))]"
        case .dict(let dict): return "{\(dict.pairs.map { "\(inner($0)): \(inner($1))" }.joined(separator: ", "))}"
        case .structure(let object):
            let fields = object.type.signature.parameters.map { "\($0.name) \(inner(object.field($0.name) ?? .none))" }
            return "\(value.typeName)(\(fields.joined(separator: ", ")))"
        case .function: return fingerprint(of: value, in: interpreter, depth: depth + 1)
        default: return value.typeName
        }
    }

    func accepts(keyword: String) -> Bool {
        interpreter.describe(function)?.signature?.parameters.contains { $0.name == keyword || $0.kind == .options } ?? false
    }
}

/// A loss written in the language: `fn my_loss(f, margin) { … }`; `margin` is passed if it has such a parameter.
final class ScriptLoss: RankingLoss, Fingerprinted {
    private let function: ScriptFunction
    var fingerprint: String { function.fingerprint }
    private let takesMargin: Bool
    @Undoable private var margin: Double?

    init(_ function: ScriptFunction) {
        self.function = function
        takesMargin = function.accepts(keyword: "margin")
    }

    func setMargin(_ margin: Double) { self.margin = margin }

    func loss(_ features: FineTuningFeatures) throws -> Tensor {
        let keywords = margin.flatMap { takesMargin ? [("margin", Value.float($0))] : nil } ?? []
        return try function.tensor([.host(FeaturesObject(features))], keywords: keywords, what: "loss")
    }
}

/// A ranker written in the language: called with query [1, d] and items [n, d], returns [n].
struct ScriptRanker: Ranker, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func ranks(query: Tensor, items: Tensor) throws -> Tensor {
        try function.tensor([.tensor(query), .tensor(items)], what: "ranker")
    }
}

/// A confidence calculator written in the language: called with the ranks and the clicks (0 or 1) of a session's results.
struct ScriptConfidence: ConfidenceCalculator, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func confidences(ranks: [Double], clicks: [Double]) throws -> [Double] {
        let result = try function([.list(ranks.map { .float($0) }), .list(clicks.map { .float($0) })])
        let values = try Tensor(data: result).doubles()
        guard values.count == ranks.count else {
            throw ScriptError.value("the confidence calculator must return one value per result: \(values.count) for \(ranks.count)")
        }
        return values
    }
}

/// A metric written in the language: called with (batch, extractor, items_set, query_retriever), returns a dict of numbers.
struct ScriptMetric: MetricCalculator, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func metrics(
        of batch: [InputPair], extractor: FeaturesExtractor, items: ItemsSet, retriever: any QueryRetriever
    ) throws -> [MetricValue] {
        let result = try function([
            .list(batch.map { PairValue.value($0) }), .host(ExtractorObject(extractor)), .host(ItemsSetObject(items)),
            .host(RetrieverObject(retriever)),
        ])
        if let values = result.asItems, values.allSatisfy({ $0.asHost is MetricObject }) {
            return values.compactMap { ($0.asHost as? MetricObject)?.metric }
        }
        guard case .dict(let dict) = result else {
            throw ScriptError.type(
                "a metric calculator must return a dict of numbers or a list of MetricValue, not \(result.typeNameWithArticle)")
        }
        return try dict.pairs.map { key, value in
            guard let name = key.asString, let number = value.asDouble ?? (value.asHost as? TensorObject).flatMap({ try? $0.tensor.item() })
            else {
                throw ScriptError.type(
                    "a metric calculator must return a dict of numbers; `\(key.display)` is \(value.typeNameWithArticle)")
            }
            return try MetricValue(name, number)
        }
    }
}

/// A scheduler written in the language: called with the number of steps taken, returns what the learning rates are multiplied by.
struct ScriptRateFactor: RateFactor, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func factor(step: Int) throws -> Double {
        let result = try function([.int(step)])
        guard let factor = result.asDouble else {
            throw ScriptError.type("the scheduler must return a number, not \(result.typeNameWithArticle)")
        }
        return factor
    }
}

/// A pair of inputs as scripts see it.
enum PairValue {
    static func value(_ pair: InputPair) -> Value {
        .tuple([pair.notIrrelevant.map { .host(InputObject($0)) } ?? .none, pair.irrelevant.map { .host(InputObject($0)) } ?? .none])
    }

    /// A batch as `training_step` takes it: a list of pairs (input, input or none), or one pair.
    static func batch(_ value: Value) throws -> [InputPair] {
        if case .tuple(let pair) = value, let single = try self.pair(pair.items) { return [single] }
        guard let elements = value.asItems else { throw malformed }
        return try elements.map { element in
            guard let items = element.asItems, let pair = try pair(items) else { throw malformed }
            return pair
        }
    }

    private static func pair(_ items: [Value]) throws -> InputPair? {
        guard items.count == 2, let first = input(items[0]), let second = input(items[1]) else { return nil }
        return InputPair(first.input, second.input)
    }

    /// The input, or an empty box for none; nil for anything else.
    private static func input(_ value: Value) -> (input: FineTuningInput?, Void)? {
        switch value {
        case .none: (nil, ())
        case .host(let object as InputObject): (object.input, ())
        default: nil
        }
    }

    static let malformed = ScriptError.value(
        "batch must be a list or tuple, and each element must be a tuple of two FineTuningInputs.",
        help: "`for batch in batches(data.train, size = 8)` gives such batches")
}
