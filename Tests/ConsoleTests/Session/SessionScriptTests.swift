import Language
import Testing

@testable import Console

/// What is written must make the same values again: the oracle is the interpreter itself.
@Suite struct SessionScriptTests {
    private static let sessions: [(inputs: [String], names: [String], kept: [String])] = [
        (["a = 1", "b = 2", "c = a + 1"], ["c"], ["a = 1", "c = a + 1"]),
        (["a = 1", "a = 5", "b = a"], ["b"], ["a = 5", "b = a"]),
        (["a = 1", "a = a + 1", "a += 1"], ["a"], ["a = 1", "a = a + 1", "a += 1"]),
        (["xs = []", "xs.append(1)", "print(xs)", "len(xs)", "ys = xs", "ys.append(2)"], ["xs"], ["xs = []", "xs.append(1)"]),
        (["d = {}", "k = \"a\"", "d[k] = 1", "k = \"b\""], ["d"], ["d = {}", "k = \"a\"", "d[k] = 1"]),
        // A function's body reads a name that is given its value later.
        (["k = 1", "fn f(x) { x * k }", "k = 3", "unused = 1", "y = f(2)"], ["y"], ["k = 1", "fn f(x) { x * k }", "k = 3", "y = f(2)"]),
        (
            ["fn g() { 2 }", "f = () => g() + 1", "fn g() { 5 }", "y = f()"], ["y"],
            ["fn g() { 2 }", "f = () => g() + 1", "fn g() { 5 }", "y = f()"]
        ),
        (["struct P { x: int }", "p = P(1)", "p.x = 7", "q = p"], ["q"], ["struct P { x: int }", "p = P(1)", "p.x = 7", "q = p"]),
        (
            ["t = 0", "for i in range(4) { t += i }", "if t > 2 { u = 1 } else { u = 2 }"], ["u"],
            ["t = 0", "for i in range(4) { t += i }", "if t > 2 { u = 1 } else { u = 2 }"]
        ),
        (["a, (b, *c) = 1, (2, 3, 4)", "x = 9", "c.append(x)"], ["c"], ["a, (b, *c) = 1, (2, 3, 4)", "x = 9", "c.append(x)"]),
        (["n = 3", "zs = [n * n for n in range(3)]"], ["zs"], ["zs = [n * n for n in range(3)]"]),
        (
            ["## Twice.\nfn two(x) { 2 * x }\n# about b\nb = two(4); z = 0"], ["b"],
            ["## Twice.\nfn two(x) { 2 * x }", "# about b\nb = two(4)"]
        ),
    ]

    @Test(arguments: sessions) func theShortestScriptMakesTheSameValues(inputs: [String], names: [String], kept: [String]) throws {
        let session = Interpreter()
        for input in inputs { _ = try session.executing(Source(name: "prompt", text: input)).0.get() }
        let statements = SessionScript(inputs) { _ in false }.statements(rebuilding: names)
        #expect(statements == kept)
        let fresh = Interpreter()
        try fresh.run(Source(name: "script", text: statements.joined(separator: "\n")))
        for name in names {
            #expect(Likeness(of: try #require(fresh.lookup(name)), to: try #require(session.lookup(name))) == .equal)
        }
    }

    /// What comes after a seed may draw from it.
    @Test func seedsStay() {
        let script = SessionScript(["x = 1", "seed(3)", "print(x)", "a = rand(2)"]) { _ in false }
        #expect(script.statements(rebuilding: ["a"]) == ["seed(3)", "a = rand(2)"])
        #expect(script.statements(rebuilding: ["x"]) == ["x = 1"])
        #expect(script.all.count == 4)
    }

    /// A call on the tuner changes the model that it was made from.
    @Test func objectsMadeFromOneAnotherChangeTogether() {
        let inputs = ["model = load()", "other = load()", "tuner = Tuner(model)", "fit(tuner, 3)", "other.train()", "e = score(model)"]
        let objects: Set<String> = ["model", "other", "tuner"]
        let script = SessionScript(inputs) { objects.contains($0) }
        #expect(
            script.statements(rebuilding: ["model"]) == ["model = load()", "tuner = Tuner(model)", "fit(tuner, 3)", "e = score(model)"])
        #expect(script.statements(rebuilding: ["other"]) == ["other = load()", "other.train()"])
    }
}

@Suite struct CellStateTests {
    private let cells = ["# %% Data\nxs = [1, 2]", "# %% Mean\nm = sum(xs) / len(xs)", "# %% Show\nprint(m)", "# %% Own\ni = 0\ni += 1"]

    @Test func cellsThatRanInOrderAreCurrent() {
        #expect(CellState.states(of: cells, after: cells) == [.current, .current, .current, .current])
        #expect(CellState.states(of: cells, after: []) == [.notRun, .notRun, .notRun, .notRun])
        // Blank lines above, which an edit further up adds, are no change.
        #expect(CellState.states(of: cells, after: cells.map { "\n\n" + $0 }) == [.current, .current, .current, .current])
    }

    @Test func anEditMakesStaleWhatReadsItsNames() {
        var edited = cells
        edited[0] = "# %% Data\nxs = [1, 2, 3]"
        #expect(
            CellState.states(of: edited, after: cells) == [.changed, .stale(because: "xs"), .stale(because: "m"), .current])
        #expect(
            CellState.states(of: edited, after: cells + [edited[0]]) == [.current, .stale(because: "xs"), .stale(because: "m"), .current])
        #expect(
            CellState.states(of: edited, after: cells + [edited[0], cells[1]]) == [.current, .current, .stale(because: "m"), .current])
    }

    @Test func aStatementAtThePromptCountsToo() {
        #expect(CellState.states(of: cells, after: cells + ["xs.append(3)"])[1] == .stale(because: "xs"))
    }
}
