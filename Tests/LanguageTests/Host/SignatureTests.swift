import Testing

@testable import Language

@Suite struct SignatureTests {
    @Test(arguments: [
        "()", "(x)", "(a: f32[..., d], b: f32[..., d], dim: int = -1, *rest, **options) -> f32[...]",
        "(a: list[str], b: dict[str, int] = {}, c: str | none = none, *, d: fn, e = [1, 2.5, \"x\"]) -> tuple[int, str]",
        "(model: Model, x: bool[n], y: i32[3, n]) -> none", "(x: float = 1e-08, y = inf, z: tuple = (1, 2))",
    ])
    func writtenAsRead(_ text: String) throws {
        let written = try SignatureParser.parse(text).description
        #expect(try SignatureParser.parse(written).description == written)
        #expect(written.filter { $0 != " " } == text.filter { $0 != " " })
    }

    @Test func parts() throws {
        let signature = try SignatureParser.parse("(a: int, b: float = -1.5, *rest: str, c = \"x\\n\", **more) -> list[int]")
        #expect(signature.parameters.map(\.name) == ["a", "b", "rest", "c", "more"])
        #expect(signature.positionalCount == 2)
        #expect(signature.requiredCount == 1)
        #expect(signature.restIndex == 2)
        #expect(signature.optionsIndex == 4)
        #expect(signature.parameters[3].kind == .keywordOnly)
        #expect(signature.parameters[1].defaultValue.asDouble == -1.5)
        #expect(signature.parameters[3].defaultValue.asString == "x\n")
        #expect(signature.result == .list(.int))
    }

    @Test(arguments: ["", "(a", "(a: )", "(a = )", "(a,, b)", "(1)", "(a) ->", "(a: list[int, int])", "(a = b)"])
    func malformed(_ text: String) { #expect(throws: ScriptError.self) { try SignatureParser.parse(text) } }

    static let probe = Namespace(
        "probe",
        [
            Builtin("probe", "(a: int, b: float = 0.5, names: list[str] = [], *rest, c: str | none = none, **more)", doc: "") { call in
                .list((0..<call.count).map { call[$0] })
            },
            Builtin("needs", "(f: fn, n: int | float)", doc: "") { call in try call.interpreter.call(call.function(0), [call[1]]) },
        ])

    private func run(_ text: String) -> ScriptRun { ScriptRun(text) { $0.builtins = [SignatureTests.probe] } }

    @Test func arguments() {
        #expect(run("probe(1)").value?.repr == "[1, 0.5, [], [], none, {}]")
        #expect(run("probe(1, 2)").value?.repr == "[1, 2.0, [], [], none, {}]")
        #expect(run("probe(1, 2, [\"x\"], 3, 4, c = \"y\", d = 5)").value?.repr == "[1, 2.0, ['x'], [3, 4], 'y', {'d': 5}]")
        #expect(run("probe(b = 3, a = 4)").value?.repr == "[4, 3.0, [], [], none, {}]")
        #expect(run("needs(2) { x => x + 1 }").error?.message == "needs() argument `f` must be a function, not an int")
        #expect(run("needs(x => x + 1, 2)").value?.asInt == 3)
    }

    @Test(arguments: [
        ("probe()", "probe() is missing argument `a`"),
        ("probe(\"x\")", "probe() argument `a` must be an int, not a str"),
        ("probe(1.5)", "probe() argument `a` must be an int, not a float"),
        ("probe(1, \"x\")", "probe() argument `b` must be a float, not a str"),
        ("probe(1, 2, [1])", "probe() argument `names` must be a list of str, not a list whose item 0 is an int"),
        ("probe(1, a = 2)", "probe() got two values for argument `a`"),
        ("probe(1, c = 2)", "probe() argument `c` must be a str or none, not an int"),
        ("len()", "len() is missing argument `x`"),
        ("len([], 2)", "len() takes 1 argument, but 2 were given"),
        ("range(strt = 2)", "range() has no parameter `strt`"),
    ])
    func mistakes(_ text: String, _ message: String) { #expect(run(text).error?.message == message) }

    @Test func misspeltKeywordIsSuggested() {
        #expect(run("range(strt = 2)").error?.help == "did you mean `start`?")
    }
}
