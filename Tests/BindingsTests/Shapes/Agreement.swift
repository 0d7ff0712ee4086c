import Tensors
import Testing

@testable import Bindings
@testable import Language

/// What is known of values, all of it or with parts hidden.
enum Facts {
    static func fact(_ value: Value) -> ArgumentFact {
        switch value {
        case .host(let object as TensorObject):
            return .tensor(TensorFacts(dtype: object.tensor.dtype.rawValue, axes: object.tensor.shape.dims.map { .size($0) }))
        case .list(let list): return .list(list.items.map(fact))
        case .tuple(let tuple): return .list(tuple.items.map(fact))
        default: return .constant(value)
        }
    }

    static func call(_ row: Builtin, _ call: RandomCalls.Call, hide: (ArgumentFact) -> ArgumentFact) -> ShapeCall {
        ShapeCall(
            row, receiver: call.receiver.map { hide(fact($0)) }, positional: call.positional.map { hide(fact($0)) },
            keywords: call.keywords.map { ($0, hide(fact($1))) })
    }

    static func key(_ key: IndexKey, hide: (ArgumentFact) -> ArgumentFact) -> IndexFact {
        switch key {
        case .value(let value): .value(hide(fact(value)))
        case .slice(let start, let stop, let step):
            .slice(start: start.map { hide(fact($0)) }, stop: stop.map { hide(fact($0)) }, step: step.map { hide(fact($0)) })
        case .ellipsis: .ellipsis
        case .tuple(let keys): .tuple(keys.map { self.key($0, hide: hide) })
        }
    }

    /// Some of it forgotten; an axis may get a name, which tells its size to `Agreement`.
    static func hide(_ fact: ArgumentFact, _ calls: inout RandomCalls) -> ArgumentFact {
        switch fact {
        case .tensor(var facts):
            if calls.chance(10) { return calls.chance(50) ? .unknown : .tensor(TensorFacts()) }
            if calls.chance(20) { facts.dtype = nil }
            if calls.chance(10) { facts.axes = nil }
            var axes: [ShapeAxis] = []
            for axis in facts.axes ?? [] { axes.append(hide(axis, &calls)) }
            if facts.axes != nil { facts.axes = axes }
            return .tensor(facts)
        case .list(let parts):
            if calls.chance(15) { return .unknown }
            var hidden: [ArgumentFact] = []
            for part in parts { hidden.append(calls.chance(60) ? part : hide(part, &calls)) }
            return .list(hidden)
        case .constant(let value):
            guard calls.chance(25) else { return fact }
            if case .int(let number) = value, number >= 0, calls.chance(30) { return .size(hide(.size(number), &calls)) }
            let types: [String: TypeExpression] = ["int": .int, "float": .float, "bool": .bool, "str": .str]
            return types[value.typeName].map { calls.chance(50) ? .typed($0) : .unknown } ?? .unknown
        default: return fact
        }
    }

    private static func hide(_ axis: ShapeAxis, _ calls: inout RandomCalls) -> ShapeAxis {
        guard case .size(let size) = axis, calls.chance(40) else { return axis }
        return calls.chance(50) ? .unknown : .named(calls.pick(["n", "m"]) + "\(size)")
    }

    static func text(_ value: Value) -> String {
        if case .host(let object as TensorObject) = value { return object.tensor.signature }
        return value.asItems.map { "[" + $0.map(text).joined(separator: ", ") + "]" } ?? value.repr
    }

    static func text(_ call: RandomCalls.Call) -> String {
        let arguments = call.positional.map(text) + call.keywords.map { "\($0) = \(text($1))" }
        return (call.receiver.map { " on " + text($0) } ?? "") + "(" + arguments.joined(separator: ", ") + ")"
    }
}

/// Whether what a rule says is so.
enum Agreement {
    typealias Outcome = Result<Value, any Error>

    /// All of the arguments was known.
    static func exact(_ said: ShapeOutcome, _ happened: Outcome, _ text: String, dataDependent: Bool = false) {
        compatible(said, happened, text)
        switch (said, happened) {
        case (.value(let fact), .success): #expect(dataDependent || isFull(fact), "\(text): only \(fact)")
        case (.failure(let failure), .failure(let error)):
            guard let error = scriptError(error) else { return }
            #expect(
                failure.kind == error.kind && failure.message == error.message && failure.help == error.help,
                "\(text): \(failure), \(error)")
        case (.value(let fact), .failure(let error)):
            guard let error = scriptError(error) else { return }
            #expect(error.kind != .shape, "\(text): \(fact), but \(error.message)")
        case (.failure, .success): break
        }
    }

    /// What is said does not contradict what happened.
    static func compatible(_ said: ShapeOutcome, _ happened: Outcome, _ text: String) {
        switch (said, happened) {
        case (.failure(let failure), .success(let value)): Issue.record("\(text): \(failure.message), but it gave \(Facts.text(value))")
        case (.value(let fact), .success(let value)): #expect(holds(fact, value), "\(text): \(fact) for \(Facts.text(value))")
        case (_, .failure(let error)): #expect(scriptError(error) != nil, "\(text): \(error)")
        }
    }

    private static func scriptError(_ error: any Error) -> ScriptError? {
        (error as? ScriptError) ?? (error as? any ScriptErrorConvertible)?.scriptError
    }

    private static func holds(_ axis: ShapeAxis, _ size: Int) -> Bool {
        switch axis {
        case .size(let said): said == size
        case .named(let name): Int(name.dropFirst()) == size
        case .unknown: true
        }
    }

    private static func holds(_ fact: ArgumentFact, _ value: Value) -> Bool {
        switch (fact, value) {
        case (.unknown, _): return true
        case (.tensor(let facts), .host(let object as TensorObject)):
            let tensor = object.tensor
            if let dtype = facts.dtype, dtype != tensor.dtype.rawValue { return false }
            guard let axes = facts.axes else { return true }
            return axes.count == tensor.rank && zip(axes, tensor.shape.dims).allSatisfy(holds)
        case (.size(let axis), .int(let number)): return holds(axis, number)
        case (.constant(let said), _): return said.repr == value.repr
        case (.typed(let type), _):
            var axes: [String: Int] = [:]
            return TypeCheck.fits(type, value, Interpreter(), axes: &axes)
        case (.list(let parts), _): return value.asItems.map { $0.count == parts.count && zip(parts, $0).allSatisfy(holds) } ?? false
        case (.items(let item), _): return value.asItems.map { $0.allSatisfy { holds(item, $0) } } ?? false
        default: return false
        }
    }

    /// Whether nothing is left open.
    private static func isFull(_ fact: ArgumentFact) -> Bool {
        switch fact {
        case .tensor(let facts): facts.dtype != nil && facts.axes?.count() != nil
        case .list(let parts): parts.allSatisfy(isFull)
        case .items, .unknown: false
        case .size(let axis): axis != .unknown
        case .constant, .typed: true
        }
    }
}
