import Tensors
import Testing

@testable import Bindings
@testable import Language

/// The rules of `eft check` beside what runs: random calls of every row of the tensor tables, every operator and indexing. Where all is
/// known the rule gives the very shape and dtype, and the very error; where something is hidden it gives nothing that is not so.
@Suite struct ShapeRuleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let builtin: Builtin
        let isMethod: Bool
        var testDescription: String { (isMethod ? "x." : "") + builtin.name }
    }

    static let rows =
        TensorNamespace.functions.builtins.map { Row(builtin: $0, isMethod: false) }
        + TensorNamespace.methods.builtins.map { Row(builtin: $0, isMethod: true) }

    /// Rows whose shapes are not known from their arguments' shapes, and why.
    static let open: [String: String] = [
        "no_grad": "what the block gives", "detect_anomaly": "what the block gives", "grad": "gives a function",
        "value_and_grad": "gives a function", "tolist": "gives lists", "equal": "gives a bool",
    ]

    /// Rows whose result depends on the values of the arguments.
    static let dataDependent: Set<String> = ["masked_select", "one_hot"]

    @Test func everyRowSaysItsShape() {
        for row in Self.rows { #expect((row.builtin.shape == nil) == (Self.open[row.builtin.name] != nil), "\(row)") }
    }

    @Test(arguments: rows.filter { open[$0.builtin.name] == nil }) func row(_ row: Row) throws {
        let interpreter = Interpreter(configuration: ScriptRun.configuration(OutputBox()))
        var calls = RandomCalls(seed: UInt64(row.builtin.name.utf8.reduce(row.isMethod ? 1 : 0) { ($0 * 31 + Int($1)) % 1_000_003 }))
        var succeeded = 0
        for _ in 0..<120 {
            let call = try calls.call(row.builtin, isMethod: row.isMethod)
            let result = Result {
                let function = call.receiver.map { Value.boundMethod(BoundMethod(receiver: $0, method: row.builtin)) }
                return try interpreter.call(function ?? .builtin(row.builtin), call.positional, keywords: call.keywords)
            }
            if case .success = result { succeeded += 1 }
            let known = Facts.call(row.builtin, call, hide: { $0 })
            let text = "\(row.testDescription)\(Facts.text(call))"
            Agreement.exact(row.builtin.outcome(known), result, text, dataDependent: Self.dataDependent.contains(row.builtin.name))
            for _ in 0..<3 {
                let hidden = Facts.call(row.builtin, call) { Facts.hide($0, &calls) }
                Agreement.compatible(row.builtin.outcome(hidden), result, "\(text) of which is known \(hidden)")
            }
        }
        // Else nothing was compared.
        #expect(succeeded >= 12)
    }

    @Test(arguments: HostBinaryOperator.allCases.filter { ![.shiftLeft, .shiftRight].contains($0) }) func operators(
        _ operation: HostBinaryOperator
    ) throws {
        var calls = RandomCalls(seed: 5)
        let numbers: [Value] = [.int(2), .float(0.5), .bool(true), .int(1 << 40)]
        for round in 0..<300 {
            let a = try calls.tensor()
            var left = Value.tensor(a), right = Value.tensor(try calls.tensor(calls.related(a.shape.dims)))
            if operation == .matmul, calls.chance(70) {
                let rows = a.shape.dims.dropLast(2) + (calls.chance(20) ? [] : [a.shape.dims.last ?? 1, 3])
                right = .tensor(try calls.tensor(Array(rows)))
            }
            if round % 4 == 0 { right = calls.pick(numbers) } else if round % 4 == 1 { left = calls.pick(numbers) }
            let result = Result { () throws -> Value in
                if case .host(let object) = left { return try object.binary(operation, right, reversed: false) ?? .unset }
                guard case .host(let object) = right else { return .unset }
                return try object.binary(operation, left, reversed: true) ?? .unset
            }
            let text = "\(Facts.text(left)) \(operation.rawValue) \(Facts.text(right))"
            Agreement.exact(TensorShapes.binary(operation, Facts.fact(left), Facts.fact(right)), result, text)
            let (x, y) = (Facts.hide(Facts.fact(left), &calls), Facts.hide(Facts.fact(right), &calls))
            Agreement.compatible(TensorShapes.binary(operation, x, y), result, "\(text), known as \(x), \(y)")
        }
    }

    @Test func indexing() throws {
        var calls = RandomCalls(seed: 6)
        var succeeded = 0
        for _ in 0..<3000 {
            let tensor = try calls.tensor(), object = TensorObject(tensor)
            let key = try RandomKeys.key(of: tensor, &calls)
            let result = Result { try object.index(key) }
            if case .success = result { succeeded += 1 }
            guard case .tensor(let facts) = Facts.fact(.host(object)) else { continue }
            let known = Facts.key(key) { $0 }
            let text = "\(tensor.signature)[\(known)]"
            Agreement.exact(TensorShapes.host.index(facts, known), result, text, dataDependent: RandomKeys.hasMask(key))
            let hidden = Facts.key(key) { Facts.hide($0, &calls) }
            guard case .tensor(let less) = Facts.hide(.tensor(facts), &calls) else { continue }
            Agreement.compatible(TensorShapes.host.index(less, hidden), result, "\(text), known as \(less)[\(hidden)]")
        }
        #expect(succeeded > 1500)
    }

    @Test func attributes() throws {
        var calls = RandomCalls(seed: 7)
        for _ in 0..<120 {
            let object = TensorObject(try calls.tensor())
            for name in object.attributeNames where name != "grad" {
                let result = Result { try object.attribute(name) ?? .unset }
                let fact = Facts.fact(.host(object)), hidden = Facts.hide(fact, &calls)
                Agreement.exact(.value(TensorShapes.attribute(fact, name) ?? .unknown), result, name)
                Agreement.compatible(.value(TensorShapes.attribute(hidden, name) ?? .unknown), result, "\(name) of \(hidden)")
            }
        }
    }
}

/// Keys of random indexing.
enum RandomKeys {
    static func key(of tensor: Tensor, _ calls: inout RandomCalls) throws -> IndexKey {
        if calls.chance(15) { return try alone(tensor, &calls) }
        var keys: [IndexKey] = []
        let count = calls.below(tensor.rank + 2)
        for axis in 0..<count { keys.append(try entry(axis < tensor.rank ? tensor.shape.dims[axis] : 2, &calls)) }
        if calls.chance(20) { keys.insert(.ellipsis, at: calls.below(keys.count + 1)) }
        return keys.count == 1 ? keys[0] : .tuple(keys)
    }

    private static func alone(_ tensor: Tensor, _ calls: inout RandomCalls) throws -> IndexKey {
        switch calls.below(3) {
        case 0: .value(.tensor(try calls.tensor(calls.related(tensor.shape.dims), [.bool])))
        case 1: .value(.tensor(try Tensor.zeros(Shape(calls.shape()), dtype: .i32)))
        default: .value(.list([.int(0), .int(0)]))
        }
    }

    private static func entry(_ size: Int, _ calls: inout RandomCalls) throws -> IndexKey {
        func bound(_ calls: inout RandomCalls) -> Value? { calls.chance(40) ? nil : .int(calls.below(9) - 4) }
        switch calls.below(10) {
        case 0, 1, 2: return .value(.int(calls.below(max(size, 1) + (calls.chance(10) ? 1 : 0)) - (calls.chance(20) ? size : 0)))
        case 3, 4, 5:
            return .slice(
                start: bound(&calls), stop: bound(&calls), step: calls.pick([nil, nil, .int(1), .int(2), .int(-1), .int(-2), .int(0)]))
        case 6: return .value(.none)
        case 7: return .value(.list([.int(0), .int(0), .int(0)]))
        case 8: return .value(.tensor(try calls.tensor([calls.chance(85) ? size : 7], [.bool])))
        default: return .value(.tensor(try Tensor.zeros(Shape([calls.below(3)]), dtype: .i32)))
        }
    }

    static func hasMask(_ key: IndexKey) -> Bool {
        switch key {
        case .tuple(let keys): keys.contains { hasMask($0) }
        case .value(.host(let object as TensorObject)): object.tensor.dtype == .bool
        default: false
        }
    }
}
