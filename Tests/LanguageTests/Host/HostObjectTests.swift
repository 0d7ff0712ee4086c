import Testing

@testable import Language

/// A host object with everything that the protocol offers: a vector of ints with a name.
private final class Box: HostObject, @unchecked Sendable {
    var numbers: [Int]
    var tags: Value = .list([])
    static let table = Namespace(
        "Box",
        [
            Builtin("doubled", "(times: int = 2) -> Box", doc: "") { call in
                let times = try call.int(0)
                return .host(Box(try call.receiver(as: Box.self).numbers.map { $0 * times }))
            },
            Builtin("append", "(n: int) -> none", doc: "") { call in
                try call.receiver(as: Box.self).numbers.append(call.int(0))
                return .none
            },
            Builtin("each", "(body: fn) -> list", doc: "") { call in
                let interpreter = call.interpreter
                let body = try call.function(0)
                return .list(try call.receiver(as: Box.self).numbers.map { try interpreter.call(body, [.int($0)]) })
            },
        ])

    init(_ numbers: [Int]) { self.numbers = numbers }
    override var typeName: String { "Box" }
    override var methods: Namespace { Box.table }
    override var attributeNames: [String] { ["size", "tags"] }
    override func attribute(_ name: String) -> Value? {
        switch name {
        case "size": .int(numbers.count)
        case "tags": tags
        default: nil
        }
    }
    override func setAttribute(_ name: String, to value: Value) -> Bool {
        guard name == "tags" else { return false }
        tags = value
        return true
    }
    override func index(_ key: IndexKey) throws -> Value {
        switch key {
        case .value(.int(let index)) where numbers.indices.contains(index): return .int(numbers[index])
        case .slice(let start, let stop, let step): return .string("\(start?.repr ?? "-"):\(stop?.repr ?? "-"):\(step?.repr ?? "-")")
        case .tuple(let parts): return .int(parts.count)
        case .ellipsis: return .string("...")
        default: throw ScriptError.index("no such item")
        }
    }
    override func setIndex(_ key: IndexKey, to value: Value) throws {
        guard case .value(.int(let index)) = key, numbers.indices.contains(index), let number = value.asInt else {
            throw ScriptError.index("no such item")
        }
        numbers[index] = number
    }
    override func length() -> Int? { numbers.count }
    override func numericValue() -> Double? { numbers.count == 1 ? Double(numbers[0]) : nil }
    override func makeIterator() -> ValueIterator? {
        var rest = numbers[...]
        return ClosureIterator { rest.popFirst().map { .int($0) } }
    }
    override func binary(_ operation: HostBinaryOperator, _ other: Value, reversed: Bool) throws -> Value? {
        if operation == .matmul { throw ScriptError(.shape, "matmul: inner sizes differ", operands: ["left", "right"]) }
        guard let number = other.asInt else { return nil }
        switch operation {
        case .add: return .host(Box(numbers.map { $0 + number }))
        case .subtract: return .host(Box(numbers.map { reversed ? number - $0 : $0 - number }))
        case .less: return .host(Box(numbers.map { $0 < number ? 1 : 0 }))
        default: return nil
        }
    }
    override func unary(_ operation: HostUnaryOperator) -> Value? { operation == .negate ? .host(Box(numbers.map { -$0 })) : nil }
    override func isEqual(to other: HostObject) -> Bool { (other as? Box)?.numbers == numbers }
    override var hashCode: Int { numbers.hashValue }
    override var description: String { "Box(\(numbers))" }
    override var conditionHelp: String? { "use any(box)" }
}

private let hostTable = Namespace(
    "host",
    [
        Builtin("box", "(*numbers: int) -> Box", doc: "") { call in .host(Box(try call.ints(0))) },
        Builtin("lazily", "(n: int) -> iterator", doc: "") { call in
            var next = 0
            let count = try call.int(0)
            return .iterator(
                ClosureIterator {
                    defer { next += 1 }; return next < count ? .int(next) : nil
                })
        },
    ])

@Suite struct HostObjectTests {
    private func run(_ text: String) -> ScriptRun { ScriptRun(text) { $0.builtins = [hostTable] } }

    @Test(arguments: [
        ("box(1, 2) + 3", "Box([4, 5])"), ("3 - box(1, 2)", "Box([2, 1])"), ("-box(1)", "Box([-1])"), ("box(1, 5) < 3", "Box([1, 0])"),
        ("box(1, 2) == box(1, 2)", "true"), ("box(1) is box(1)", "false"), ("b = box(1); b is b", "true"),
        ("box(1, 2).size", "2"), ("len(box(1, 2))", "2"), ("[x for x in box(1, 2)]", "[1, 2]"), ("2 in box(1, 2)", "true"),
        ("box(1, 2)[1]", "2"), ("box()[1:2]", "'1:2:-'"), ("box()[::-1]", "'-:-:-1'"), ("box()[..., 0, none]", "3"),
        ("box()[...]", "'...'"),
        ("b = box(1, 2); b[0] = 9; b", "Box([9, 2])"), ("b = box(1, 2); c = b; c[0] += 5; b", "Box([6, 2])"),
        ("b = box(1); b.append(7); b", "Box([1, 7])"), ("b = box(1); b.tags.append(7); b.tags", "[7]"),
        ("b = box(1); b.tags = [1, 2]; b.tags[0] += 4; b.tags", "[5, 2]"),
        ("box(1, 2).doubled(times = 5)", "Box([5, 10])"), ("f = box(3).doubled; f()", "Box([6])"),
        ("box(1, 2).each { x => x * 10 }", "[10, 20]"), ("fn f(b) { b[0] = 5; b.append(1) }; b = box(1); f(b); b", "Box([5, 1])"),
        ("b = box(1); fn f() { b[0] = 5 }; f(); b", "Box([5])"), ("b = box(1); fn f() { b.tags.append(2) }; f(); b.tags", "[2]"),
        ("{box(1): \"a\"}[box(1)]", "'a'"), ("list(enumerate(lazily(2)))", "[(0, 0), (1, 1)]"), ("take(lazily(1000000000), 2)", "[0, 1]"),
        ("f\"{box(3):.2f} {box(3)}\"", "'3.00 Box([3])'"), ("float(box(4)) + int(box(2))", "6.0"),
        ("[x for i, x in zip(lazily(5), \"ab\")]", "['a', 'b']"), ("type(box())", "'Box'"),
        ("x = {\"b\": box(1)}; x[\"b\"].append(2); x", "{'b': Box([1, 2])}"),
    ])
    func supported(_ text: String, _ expected: String) {
        let run = run(text)
        #expect(run.error?.message == nil)
        #expect(run.value?.repr == expected)
    }

    @Test(arguments: [
        ("if box(1) { 1 }", "a condition must be true or false, not a Box", "use any(box)"),
        ("if box(1) < 2 { 1 }", "a condition must be true or false, not a Box", "use any(box)"),
        ("box(1) * \"x\"", "unsupported operand types for *: Box and str", nil),
        ("box(1).sise", "a Box has no attribute `sise`", "did you mean `size`?"),
        ("b = box(1); b.tag = 1", "a Box has no attribute `tag` that can be set", "did you mean `tags`?"),
        ("box(1).dubled()", "a Box has no attribute `dubled`", "did you mean `doubled`?"),
        ("box(1) @ box(2)", "matmul: inner sizes differ", nil), ("box(1)()", "a Box cannot be called", nil),
    ])
    func refused(_ text: String, _ message: String, _ help: String?) {
        let run = run(text)
        #expect(run.error?.message == message)
        #expect(run.error?.help == help)
    }

    @Test func operandsAreLabelled() {
        let error = run("x = box(1)\ny = x @ box(2)").error
        #expect(error?.labels.map(\.text) == ["left", "right"])
        #expect(error?.labels.map { $0.source.text($0.span) } == ["x", "box(2)"])
    }

    @Test func tensorAnnotationsGoThroughTheHook() {
        let configure: (inout Interpreter.Configuration) -> Void = { configuration in
            configuration.builtins = [hostTable]
            configuration.tensorCheck = { type, value, axes in
                guard let box = value.asHost as? Box else { return value.typeName }
                for axis in type.axes ?? [] {
                    if case .named(let name) = axis {
                        if let size = axes[name], size != box.numbers.count { return "f32[\(box.numbers.count)]" }
                        axes[name] = box.numbers.count
                    }
                }
                return nil
            }
        }
        let good = ScriptRun("fn f(a: f32[n], b: f32[n]) -> f32[n] { a + 1 }; f(box(1, 2), box(3, 4))", configure: configure)
        #expect(good.value?.repr == "Box([2, 3])")
        let bad = ScriptRun("fn f(a: f32[n], b: f32[n]) { a }; f(box(1, 2), box(3))", configure: configure)
        #expect(bad.error?.kind == .shape)
        #expect(bad.error?.message == "f() argument `b` must be f32[n], not f32[1]")
        #expect(bad.error?.help == "in this call n = 2")
        let result = ScriptRun("fn f(a: f32[n]) -> f32[n] { box(1) }; f(box(1, 2))", configure: configure)
        #expect(result.error?.message == "the result of f() must be f32[n], not f32[1]")
    }
}
