import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Every builtin of every table, called with arguments that make no sense: each call ends in a value or an error of the language.
/// A call that would never end uses up the step budget.
@Suite(.serialized) struct RandomArgumentTests {
    /// Rows that write files, wait, or read the terminal.
    static let left: Set<String> = [
        "write_text", "write_jsonl", "make_dirs", "remove_file", "save", "save_model", "to_csv", "sleep", "input", "exit",
    ]

    static let tables = Prelude.namespaces + Prelude.modules + Environment.builtins + Environment.modules

    /// How often each row is called; EFT_FUZZ_ROUNDS in the environment calls it more often, with other arguments.
    static let rounds = ProcessInfo.processInfo.environment["EFT_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 30

    private static let setup = """
        struct Point { x = 1; y = 2 }
        deep = none
        for i in range(300) { deep = [deep] }
        [
            0, 1, -1, 2, 7, 63, 64, 9223372036854775807, -9223372036854775807 - 1, 1 << 40, true, false, none,
            0.0, -0.0, 0.5, -1.5, 1e300, 5e-324, float("nan"), float("inf"), -float("inf"),
            "", "a", "a b", "é👟", "{}", "%", "12", "x" * 2000, "nope/nope.txt", "f32", "(", "\\0",
            [], [1, 2, 3], [[1, 2], [3, 4]], ["a", 1, none], [0.5, "b"], [[]], deep, (), (1,), (1, "a"), {}, {"a": 1}, {1: [2]},
            range(0), range(5), range(9223372036854775807), range(-9223372036854775807, 9223372036854775807, 3), range(5, -5, -2),
            len, print, x => x, () => 1, (a, b) => a, x => x + 1, x => [x], Point, Point(), ValueError("wrong"),
            tensor([1.0, 2.0, 3.0]), tensor([[1, 2], [3, 4]]), tensor(0.5), zeros(0), zeros(2, 0, 3), tensor([true, false]), zeros(1, 1, 1, 1),
            parameter([1.0, 2.0]), full([2], float("nan")), f64, i32,
        ]
        """

    /// Calls `row` with so many random arguments, again and again; returns what broke.
    private func assault(
        _ row: Builtin, on receiver: Value?, _ pool: [Value], _ interpreter: Interpreter, _ random: inout Xoshiro, rounds: Int
    ) -> [String] {
        var broken: [String] = []
        let parameters = row.signature.parameters
        for _ in 0..<rounds {
            let most = parameters.count + 1
            let count = min(most, row.signature.requiredCount + random.below(3))
            let arguments = (0..<count).map { _ in pool[random.below(pool.count)] }
            var keywords: [(String, Value)] = []
            for parameter in parameters.dropFirst(count) where parameter.kind != .rest && parameter.kind != .options {
                if random.below(3) == 0 { keywords.append((parameter.name, pool[random.below(pool.count)])) }
            }
            interpreter.machine.setStepBudget(20_000)
            let function = receiver.map { Value.boundMethod(BoundMethod(receiver: $0, method: row)) } ?? .builtin(row)
            do {
                _ = try interpreter.call(function, arguments, keywords: keywords).repr
            } catch {
                if !(error is ScriptError || error is any ScriptErrorConvertible || error is Diagnostics) {
                    let texts = arguments.map { String($0.repr.prefix(60)) }.joined(separator: ", ")
                    broken.append("\(row.name)(\(texts)): \(type(of: error)): \(error)")
                }
                // Types are called what scripts call them.
                if let error = error as? ScriptError, error.message.contains(/must be .*Object\b/) { broken.append(error.message) }
            }
        }
        return broken
    }

    private func world() throws -> (Interpreter, [Value]) {
        let box = OutputBox()
        let interpreter = Interpreter(configuration: ScriptRun.configuration(box))
        guard case .list(let pool) = try interpreter.run(Source(name: "pool", text: Self.setup)) else { return (interpreter, []) }
        return (interpreter, pool.items)
    }

    @Test(.timeLimit(.minutes(5)), arguments: tables.map(\.name)) func functions(_ name: String) throws {
        let (interpreter, pool) = try world()
        let objects = Tables.objects.map { Value.host($0.object) }
        #expect(pool.count > 60)
        var random = Xoshiro(seed: UInt64(Self.rounds + name.utf8.count))
        var broken: [String] = []
        for table in Self.tables where table.name == name {
            for row in table.builtins where !Self.left.contains(row.name) {
                broken += assault(row, on: nil, pool + objects, interpreter, &random, rounds: Self.rounds)
            }
        }
        #expect(broken.isEmpty, "\(broken.prefix(5).joined(separator: "\n"))")
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["list", "dict", "str", "tuple", "number"]) func methodsOfValues(_ name: String) throws {
        let (interpreter, pool) = try world()
        let receivers: [String: [Value]] = Dictionary(grouping: pool) { value in
            switch value {
            case .int, .float: "number"
            default: value.typeName
            }
        }
        let tables = [ListMethods.table, DictMethods.table, StringMethods.table, TupleMethods.table, NumberMethods.table]
        var random = Xoshiro(seed: 7)
        var broken: [String] = []
        for table in tables where table.name == name {
            // Methods that change their value must be called on a variable; the script does it.
            for row in table.builtins {
                for receiver in receivers[name] ?? [] {
                    interpreter.globals.define("x", receiver)
                    for _ in 0..<4 {
                        let count = row.signature.requiredCount + random.below(2)
                        let names = (0..<count).map { "a\($0)" }
                        for name in names { interpreter.globals.define(name, pool[random.below(pool.count)]) }
                        interpreter.machine.setStepBudget(20_000)
                        let code = "x.\(row.name)(\(names.joined(separator: ", ")))"
                        do {
                            _ = try interpreter.run(Source(name: "method", text: code)).repr
                        } catch {
                            if !(error is Diagnostics) { broken.append("\(code): \(error)") }
                        }
                    }
                }
            }
        }
        #expect(broken.isEmpty, "\(broken.prefix(5).joined(separator: "\n"))")
    }

    @Test(.timeLimit(.minutes(5)), arguments: Tables.objects.map(\.name)) func methodsOfObjects(_ name: String) throws {
        let (interpreter, pool) = try world()
        var random = Xoshiro(seed: UInt64(Self.rounds + 11))
        var broken: [String] = []
        for (objectName, object) in Tables.objects where objectName == name {
            for row in object.methods.builtins where !Self.left.contains(row.name) {
                broken += assault(row, on: .host(object), pool, interpreter, &random, rounds: max(10, Self.rounds / 3))
            }
            for attribute in object.attributeNames { _ = try? object.attribute(attribute)?.repr }
            for value in pool {
                interpreter.machine.setStepBudget(20_000)
                _ = try? object.index(.value(value)).repr
                _ = try? object.contains(value)
                for operation in HostBinaryOperator.allCases {
                    for reversed in [false, true] { _ = try? object.binary(operation, value, reversed: reversed)?.repr }
                }
            }
        }
        #expect(broken.isEmpty, "\(broken.prefix(5).joined(separator: "\n"))")
    }
}
