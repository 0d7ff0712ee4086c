import Testing

@testable import Language

/// What a function's result can depend on.
@Suite struct ReachTests {
    /// Runs a script whose last value is the function, and follows that.
    private func reach(_ text: String) throws -> (code: [String], names: [String], values: [String]) {
        let interpreter = Interpreter()
        let function = try interpreter.run(Source(name: "test.eft", text: text))
        let reach = interpreter.reach(of: function)
        return (reach.code.map(\.text), reach.values.map(\.name), reach.values.map { $0.value.repr })
    }

    @Test func followsFunctionsAndVariables() throws {
        let found = try reach(
            """
            import math
            scale = 3
            unused = [1, 2]
            struct P { x: int = 1 }
            fn inner(x) { x * scale }
            fn outer(x) { inner(x) + math.pi + P(x).x }
            fn other(x) { unused }
            fn make(k) { (x => outer(x) + k) }
            make(7)
            """)
        #expect(found.names == ["scale", "k"] && found.values == ["3", "7"])
        #expect(
            found.code == [
                "x => outer ( x ) + k", "fn outer ( x ) { inner ( x ) + math . pi + P ( x ) . x }", "fn inner ( x ) { x * scale }",
                "struct P { x : int = 1 }",
            ])
    }

    /// Comments, blanks and line breaks inside brackets are layout; a line end that can end a statement is not.
    @Test func layoutDoesNotCount() throws {
        let plain = try reach("fn f(x, y) {\n    a = [x, y]\n    sum(a)\n}\nf")
        let laid = try reach("# why\nfn f(x,y) {   # here\n\n    a = [\n        x,\n        y]\n    sum( a )   ## note\n}\nf")
        #expect(plain.code == laid.code)
        #expect(plain.code != (try reach("fn f(x, y) {\n    a = [x, y]\n    sum(a) + 0\n}\nf").code))
        #expect(try reach("fn f(x) { f\"{x:.2f} a\" }\nf").code != reach("fn f(x) { f\"{x:.2f} b\" }\nf").code)
    }

    /// Recursion ends, also through two functions; variables that are written in place are seen.
    @Test func loopsEnd() throws {
        let found = try reach("fn a(n) { if n == 0 { 0 } else { b(n - 1) } }\nfn b(n) { a(n) + xs[0] }\nxs = [5]\nx => a(x)")
        #expect(found.names == ["xs"] && found.code.count == 3)
    }

    @Test func aBlockIsSeenWithWhatItNames() throws {
        let found = try reach("k = 2\nfn hold(f) { f }\nhold() { x => x + k }")
        #expect(found.names == ["k"] && found.values == ["2"])
    }
}
