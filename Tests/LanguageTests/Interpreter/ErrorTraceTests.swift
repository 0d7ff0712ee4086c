import Foundation
import Testing

@testable import Language

@Suite struct ErrorTraceTests {
    @Test func operandsAndCallsAreNamed() throws {
        let script = """
            fn inner(x) { x + "a" }
            fn outer(x) { inner(x) }
            outer(1)
            """
        let error = try #require(ScriptRun(script).error)
        #expect(error.labels.map(\.text) == ["int", "str"])
        #expect(error.labels.map { $0.source.text($0.span) } == ["x", "\"a\""])
        #expect(error.stack.map(\.function) == ["inner", "outer", "<module>"])
        #expect(error.stack.map { $0.source.position(of: $0.span.start).line } == [1, 2, 3])
        #expect(error.help == "convert the number with str(x), or use an f-string: f\"...{x}...\"")
    }

    @Test func callsThroughBuiltinsAreInTheStack() throws {
        let error = try #require(ScriptRun("fn bad(x) { 1 / x }\nfn all_of(xs) { map(bad, xs) }\nall_of([0])").error)
        #expect(error.stack.map(\.function) == ["bad", "all_of", "<module>"])
        #expect(error.message == "division by zero")
    }

    @Test func raisingAgainKeepsThePlace() throws {
        let error = try #require(ScriptRun("try {\n    [][0]\n} catch e {\n    raise\n}").error)
        #expect(error.labels.first.map { $0.source.position(of: $0.span.start).line } == 2)
    }

    @Test func anErrorInAModuleKeepsItsPlace() throws {
        let error = try #require(ScriptRun("import broken").error)
        let label = try #require(error.labels.first)
        #expect(label.source.name.hasSuffix("broken.eft"))
        #expect(label.source.position(of: label.span.start).line == 3)
        #expect(error.stack.count == 2)
    }

    @Test func assertionsShowBothSides() throws {
        let error = try #require(ScriptRun("xs = [1, 2]\nassert len(xs) == 3").error)
        #expect(error.labels.map(\.text) == ["2", "3"])
        #expect(error.labels.map { $0.source.text($0.span) } == ["len(xs)", "3"])
    }

    @Test func deepRecursionHasAShortTrace() throws {
        let error = try #require(ScriptRun("fn f(n) { f(n + 1) }\nf(0)").error)
        #expect(error.kind == .value)
        #expect(error.stack.count < 60)
        #expect(error.stack.last?.function == "<module>")
    }
}
