import Clickstream
import Experiments
import FineTuning
import Language
import Models

/// The arguments of the tuner: objects of the library, or functions of the language in their place.
extension FineTuningNamespace {
    static func model(_ call: borrowing BuiltinCall, _ position: Int) throws -> any EmbeddingsModelInterface {
        guard case .host(let object) = call[position], let model = (object as? any ModelHolder)?.interface else {
            let name = call.builtin.signature.parameters[position].name
            throw wrongType(
                "\(name) must be an instance of EmbeddingsModelInterface", call[position],
                help: "pass the model itself; load_model(…) gives one")
        }
        return model
    }

    static func itemsSets(_ call: borrowing BuiltinCall, _ position: Int) throws -> DatasetDict<ItemsSet> {
        guard case .host(let object) = call[position], let sets = object as? DatasetDictObject else {
            throw wrongType("items_sets must be a DatasetDict", call[position], help: "DatasetDict(train = items, test = items)")
        }
        return try sets.typed(ItemsSetObject.self, "an ItemsSet") { $0.items }
    }

    static func retriever(_ call: borrowing BuiltinCall, _ position: Int) throws -> any QueryRetriever {
        if case .host(let object) = call[position], let retriever = object as? RetrieverObject { return retriever.retriever }
        if let function = scriptFunction(call, position) { return ScriptRetriever(function: function) }
        throw wrongType(
            "query_retriever must be an instance of QueryRetriever", call[position],
            help: "TextQueryRetriever() is one; a function of the query that returns its text will do, too")
    }

    static func loss(_ call: borrowing BuiltinCall, _ position: Int) throws -> any RankingLoss {
        if case .host(let object) = call[position], let loss = object as? LossObject { return loss.loss }
        if let function = scriptFunction(call, position) { return ScriptLoss(function) }
        throw wrongType(
            "loss_func must be an instance of RankingLossInterface", call[position],
            help: "CosineProbMarginRankingLoss(), or a function of the features such as losses.triplet")
    }

    static func params(_ call: borrowing BuiltinCall, _ position: Int) throws -> FineTuningParams {
        guard case .host(let object) = call[position], let params = object as? ParamsObject else {
            throw wrongType("fine_tuning_params must be an instance of FineTuningParams", call[position])
        }
        return params.params
    }

    static func tracker(_ call: borrowing BuiltinCall, _ position: Int) throws -> ExperimentsManager {
        guard case .host(let object) = call[position], let tracker = object as? ManagerObject else {
            throw wrongType("tracker must be an instance of ExperimentsManager", call[position])
        }
        return tracker.manager
    }

    static func metrics(_ call: borrowing BuiltinCall, _ position: Int) throws -> [any MetricCalculator]? {
        guard call.isGiven(position) else { return nil }
        let interpreter = call.interpreter
        return try call.items(position).map { value in
            if case .host(let object) = value, let part = object as? PartObject<any MetricCalculator> { return part.part }
            if value.isCallable { return ScriptMetric(function: ScriptFunction(interpreter: interpreter, function: value)) }
            throw wrongType(
                "metric_calculators must hold metric calculators", value, help: "DistanceShift(), or a function that returns a dict")
        }
    }

    static func ranker(_ call: borrowing BuiltinCall, _ position: Int) throws -> (any Ranker)? {
        guard call.isGiven(position) else { return nil }
        if case .host(let object) = call[position], let part = object as? PartObject<any Ranker> { return part.part }
        if let function = scriptFunction(call, position) { return ScriptRanker(function: function) }
        throw wrongType("Ranker must be a callable function", call[position])
    }

    static func confidence(_ call: borrowing BuiltinCall, _ position: Int) throws -> (any ConfidenceCalculator)? {
        guard call.isGiven(position) else { return nil }
        if case .host(let object) = call[position], let part = object as? PartObject<any ConfidenceCalculator> { return part.part }
        if let function = scriptFunction(call, position) { return ScriptConfidence(function: function) }
        throw wrongType("confidence_calculator must be a function of ranks and clicks", call[position])
    }

    /// A list of numbers, or their text "11,1"; the default for none.
    static func examplesOrder(_ call: borrowing BuiltinCall, _ position: Int) throws -> [ExamplesType] {
        guard call.isGiven(position) else { return [.allExamples] }
        if let text = call[position].asString { return try ExamplesType.list(text) }
        guard let types = call[position].asItems else {
            throw wrongType("examples_order must be a list of ExamplesType", call[position], help: "[ExamplesType.hard_all], or \"11,1\"")
        }
        return try types.map { type in
            guard let number = type.asInt else {
                throw ScriptError.value(
                    "Some of example types are not instances of ExamplesType: \(type.repr)", help: "ExamplesType.hard_all is one, as is 2")
            }
            return try ExamplesType(number: number)
        }
    }

    /// A bool, or what stands for one in files of parameters: 0 or 1, "true", "no", ….
    static func lenientBool(_ call: borrowing BuiltinCall, _ position: Int) throws -> Bool {
        if let flag = call[position].asBool { return flag }
        switch call[position].asInt.map(String.init) ?? call[position].asString?.lowercased() {
        case "1", "true", "t", "yes", "y", "on": return true
        case "0", "false", "f", "no", "n", "off": return false
        default: throw call.mismatch(position, expected: "a bool")
        }
    }

    static func choice<Choice: CaseIterable & RawRepresentable<String>>(_ call: borrowing BuiltinCall, _ position: Int) throws -> Choice {
        let name = try call.string(position)
        if let choice = Choice(rawValue: name) { return choice }
        let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw ScriptError.value(
            "\(call.builtin.signature.parameters[position].name) must be one of \(known), not \(name.debugDescription)")
    }

    /// A scheduler written in the language: called with the number of steps taken, returns a factor; nil for any other value.
    static func rateFactor(_ call: borrowing BuiltinCall, _ position: Int) -> (any RateFactor)? {
        scriptFunction(call, position).map(ScriptRateFactor.init)
    }

    private static func scriptFunction(_ call: borrowing BuiltinCall, _ position: Int) -> ScriptFunction? {
        guard call[position].isCallable else { return nil }
        return ScriptFunction(interpreter: call.interpreter, function: call[position])
    }

    private static func wrongType(_ message: String, _ value: Value, help: String? = nil) -> ScriptError {
        ScriptError.type("\(message), not \(value.typeNameWithArticle)", help: help)
    }
}
