import Foundation
import Testing

@testable import Language

@Suite struct SessionTests {
    private func session() -> Interpreter { Interpreter() }

    private func input(_ text: String) -> Source { Source(name: "<prompt>", text: text) }

    @Test func bindingsPersistAndUnderscoreIsTheLastValue() throws {
        let session = session()
        _ = try session.execute(input("x = 5"))
        #expect(try session.execute(input("x + 1")).asInt == 6)
        #expect(try session.execute(input("_ * 2")).asInt == 12)
        #expect(try session.execute(input("fn f() { g() }\nfn g() { 1 }")).isNone)
        #expect(try session.execute(input("f()")).asInt == 1)
        _ = try session.execute(input("fn g() { 2 }"))
        #expect(try session.execute(input("f()")).asInt == 2)
        _ = try session.execute(input("len = 3"))
        #expect(try session.execute(input("len")).asInt == 3)
    }

    @Test func aFailedStatementLeavesNothingBehind() throws {
        let session = session()
        _ = try session.execute(input("xs = [1, 2]; d = {\"k\": [1]}"))
        #expect(throws: Diagnostics.self) { try session.execute(input("xs.append(3); d[\"k\"].append(2); y = 1; xs[99]")) }
        #expect(try session.execute(input("xs")).repr == "[1, 2]")
        #expect(try session.execute(input("d")).repr == "{'k': [1]}")
        #expect(session.lookup("y") == nil)
        #expect(throws: Diagnostics.self) { try session.execute(input("y")) }
    }

    @Test func randomNumbersAreTakenBackToo() throws {
        let session = session()
        _ = try session.execute(input("import random\nseed(3)"))
        let before = session.snapshot()
        let first = try session.execute(input("random.random()")).asDouble
        session.restore(before)
        #expect(try session.execute(input("random.random()")).asDouble == first)
        let untouched = session.snapshot()
        #expect(throws: Diagnostics.self) { try session.execute(input("random.random(); 1 / 0")) }
        let again = try session.execute(input("random.random()")).asDouble
        session.restore(untouched)
        #expect(try session.execute(input("random.random()")).asDouble == again)
    }

    @Test func namesAndHelp() throws {
        let session = session()
        _ = try session.execute(
            input("## Doubles a number.\nfn double(x: int, by = 2) -> int { x * by }\nstruct P { left, right = 1 }\np = P(1)"))
        #expect(session.namesInScope.contains("double"))
        #expect(session.namesInScope.contains("sorted"))
        let double = try #require(session.lookup("double"))
        let help = try #require(session.describe(double))
        #expect(help.signature?.description == "(x: int, by = 2) -> int")
        #expect(help.doc == "Doubles a number.")
        let p = try #require(session.lookup("p"))
        #expect(session.attributeNames(of: p) == ["left", "right"])
        #expect(session.attributeNames(of: .string("x")).contains("upper"))
        #expect(session.method(of: .list([]), "append")?.signature.description == "(item) -> none")
    }

    /// A builtin may run for seconds, as a training step does: the next one must not start.
    @Test func interruptStopsBeforeTheNextBuiltin() throws {
        var configuration = Interpreter.Configuration()
        configuration.builtins = [
            Namespace(
                "test",
                [
                    Builtin("step", "() -> none", doc: "") { call in
                        call.interpreter.interrupt()
                        return .none
                    }
                ])
        ]
        let session = Interpreter(configuration: configuration)
        let error = #expect(throws: Diagnostics.self) { try session.run(input("steps = 0\nfor i in range(3) { step(); steps += 1 }")) }
        #expect(error?.list.first?.kind == .interrupted)
        #expect(session.lookup("steps")?.asInt == 1)
    }

    @Test func interruptStopsALoop() throws {
        let session = session()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while done.wait(timeout: .now() + .milliseconds(2)) == .timedOut { session.interrupt() }
        }
        defer { done.signal() }
        do {
            _ = try session.execute(input("while true { }"))
            Issue.record("the loop ended")
        } catch let error as Diagnostics {
            #expect(error.list.first?.kind == .interrupted)
        }
    }

    @Test(arguments: [
        "while true { }", "fn f() { f() }\nf()", "x = [1]\nfor i in range(9223372036854775807) { x[0] = i }",
        "while true { try { 1 / 0 } catch e { } }", "sum(range(1000000000000))",
    ])
    func stepBudgetEndsRunawayScripts(_ text: String) {
        let run = ScriptRun(text) { $0.stepBudget = 5000 }
        #expect(run.error?.message == "the script used up its step budget")
    }

    @Test func parametersComeFromOutside() throws {
        let script =
            "## How wide.\nparam margin: float = 0.5\nparam name = \"x\"\nparam sizes: list[int] = [1]\nparam quiet: bool = false\n[margin, name, sizes, quiet]"
        #expect(ScriptRun(script).value?.repr == "[0.5, 'x', [1], false]")
        let set = ScriptRun(script) { $0.parameters = ["margin": "2", "name": "y", "sizes": "3,4", "quiet": "true"] }
        #expect(set.value?.repr == "[2.0, 'y', [3, 4], true]")
        #expect(ScriptRun(script) { $0.parameters = ["margin": "wide"] }.error?.message == "--margin must be a float, not 'wide'")
        #expect(ScriptRun("param n: int\nn").error?.message == "the script needs a value for `n`")
        let listed = try Interpreter().parameters(of: input(script))
        #expect(listed.map(\.name) == ["margin", "name", "sizes", "quiet"])
        #expect(listed[0].doc == "How wide.")
        #expect(listed[0].defaultText == "0.5")
    }

    @Test func inputReadsLines() {
        let run = ScriptRun("[input(\"? \"), input()]") { $0.input = { $0 == "? " ? "answer" : nil } }
        #expect(run.value?.repr == "['answer', none]")
    }

    @Test func testsAreCollected() throws {
        let interpreter = Interpreter()
        try interpreter.run(input("fn f() { 1 }\ntest \"one\" { assert f() == 1 }\ntest \"two\" { assert f() == 2 }"))
        #expect(interpreter.tests.map(\.name) == ["one", "two"])
        _ = try interpreter.call(interpreter.tests[0].body, [])
        #expect(throws: ScriptError.self) { try interpreter.call(interpreter.tests[1].body, []) }
    }
}
