import Testing

@testable import Language

@Suite struct RendererTests {
    private func span(_ source: Source, _ text: String) -> Span {
        guard let range = source.text.range(of: text) else { return .none }
        let start = source.text.utf8.distance(from: source.text.startIndex, to: range.lowerBound)
        return Span(start, start + text.utf8.count)
    }

    private func render(_ diagnostic: Diagnostic) -> String { DiagnosticRenderer().render(diagnostic) }

    /// The example of the language's page, with the place of its first label.
    @Test func theExampleOfTheLanguagePage() {
        let source = Source(name: "train.eft", text: String(repeating: "\n", count: 13) + "    scores = queries @ items.T\n")
        let diagnostic = Diagnostic(
            .shape, "matmul: inner sizes differ: 384 and 256",
            labels: [
                .init(source, span(source, "queries"), "f32[b=8, d=384]"), .init(source, span(source, "items.T"), "f32[n=256, d=256]"),
            ], notes: ["made at: train.eft:9:5 `items = project(raw)`"],
            help: "both sides need the same axis d; project(raw) returns 256 columns")
        #expect(
            render(diagnostic) == """
                error[ShapeError]: matmul: inner sizes differ: 384 and 256
                  --> train.eft:14:14
                14 |     scores = queries @ items.T
                   |              ^^^^^^^   ^^^^^^^ f32[n=256, d=256]
                   |              f32[b=8, d=384]
                   = made at: train.eft:9:5 `items = project(raw)`
                help: both sides need the same axis d; project(raw) returns 256 columns
                """)
    }

    @Test func labelsOnOneLineStackFromTheRight() {
        let source = Source(name: "a.eft", text: "aa bb cc dd\n")
        let labels = ["aa", "bb", "cc", "dd"].map { Diagnostic.Label(source, span(source, $0), "is \($0)") }
        #expect(
            render(Diagnostic(.value, "m", labels: labels)) == """
                error[ValueError]: m
                 --> a.eft:1:1
                1 | aa bb cc dd
                  | ^^ ^^ ^^ ^^ is dd
                  | |  |  is cc
                  | |  is bb
                  | is aa
                """)
    }

    @Test func nestedAndEqualLabelsEachGetTheirText() {
        let source = Source(name: "a.eft", text: "f(x + y)\n")
        let labels = [
            Diagnostic.Label(source, span(source, "f(x + y)"), "the call"), .init(source, span(source, "x + y"), "the sum"),
            .init(source, span(source, "x + y"), "again"),
        ]
        #expect(
            render(Diagnostic(.value, "m", labels: labels)) == """
                error[ValueError]: m
                 --> a.eft:1:1
                1 | f(x + y)
                  | ^^^^^^^^
                  | | again
                  | | the sum
                  | the call
                """)
    }

    @Test func linesAreJoinedOrSkipped() {
        let source = Source(name: "a.eft", text: "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n")
        let labels = ["ten", "one", "three"].map { Diagnostic.Label(source, span(source, $0), "here") }
        #expect(
            render(Diagnostic(.key, "m", labels: labels)) == """
                error[KeyError]: m
                  --> a.eft:10:1
                 1 | one
                   | ^^^ here
                 2 | two
                 3 | three
                   | ^^^^^ here
                ...
                10 | ten
                   | ^^^ here
                """)
    }

    @Test func otherSourcesFollow() {
        let main = Source(name: "main.eft", text: "import lib\nlib.f(1)\n")
        let library = Source(name: "lib.eft", text: "fn f(a, b) { a }\n")
        let diagnostic = Diagnostic(
            .type, "f needs `b`", labels: [.init(main, span(main, "lib.f(1)")), .init(library, span(library, "b"), "declared here")])
        #expect(
            render(diagnostic) == """
                error[TypeError]: f needs `b`
                 --> main.eft:2:1
                2 | lib.f(1)
                  | ^^^^^^^^
                 ::: lib.eft:1:9
                1 | fn f(a, b) { a }
                  |         ^ declared here
                """)
    }

    @Test func wideCharactersTabsAndControlsKeepCaretsInPlace() {
        let source = Source(name: "a.eft", text: "\tx = \"赤い靴👟e\u{301}\u{1B}\" + y\n")
        #expect(
            render(Diagnostic(.name, "m", labels: [.init(source, span(source, "y"), "this")])) == """
                error[NameError]: m
                 --> a.eft:1:17
                1 |     x = "赤い靴👟e\u{301}␛" + y
                  |                        ^ this
                """)
    }

    @Test func aLongLineIsCutAroundTheLabel() throws {
        let source = Source(
            name: "a.eft", text: String(repeating: "a", count: 1_000_000) + " + b + " + String(repeating: "c", count: 1_000_000))
        let lines = render(Diagnostic(.name, "m", labels: [.init(source, span(source, "b"), "this")])).split(separator: "\n")
        #expect(lines.count == 4 && lines.allSatisfy { $0.count < 130 })
        let caret = try #require(lines[3].firstIndex(of: "^"))
        #expect(lines[2][lines[2].index(lines[2].startIndex, offsetBy: lines[3].distance(from: lines[3].startIndex, to: caret))] == "b")
    }

    @Test func aSpanOfSeveralLinesShowsItsEnds() {
        let source = Source(name: "a.eft", text: "x = f(\n  1,\n  2,\n  3\n)\n")
        #expect(
            render(Diagnostic(.type, "m", labels: [.init(source, span(source, "f(\n  1,\n  2,\n  3\n)"), "this call")])) == """
                error[TypeError]: m
                 --> a.eft:1:5
                1 | x = f(
                  |     ^^
                ...
                5 | )
                  | ^ this call
                """)
    }

    @Test func theEndOfASourceCanBePointedAt() {
        for text in ["", "x", "x\n"] {
            let source = Source(name: "a.eft", text: text)
            let end = Span(text.utf8.count, text.utf8.count)
            #expect(render(Diagnostic(.syntax, "m", labels: [.init(source, end, "here")])).contains("^ here"))
        }
        let source = Source(name: "a.eft", text: "x")
        #expect(render(Diagnostic(.syntax, "m", labels: [.init(source, Span(500, 900), "beyond")])).contains("^ beyond"))
    }

    @Test func theStackIsShownInnermostFirst() {
        let source = Source(name: "a.eft", text: "fn g(x) { x / 0 }\nfn f() {\n    g(1)\n}\nf()\n")
        let frames = [("g", "x / 0"), ("f", "g(1)"), ("top level", "f()\n")].map {
            Diagnostic.Frame(function: $0.0, source: source, span: $0.0 == "top level" ? Span(38, 41) : span(source, $0.1))
        }
        #expect(
            render(Diagnostic(.numeric, "division by zero", labels: [.init(source, span(source, "x / 0"))], stack: frames)) == """
                error[NumericError]: division by zero
                 --> a.eft:1:11
                1 | fn g(x) { x / 0 }
                  |           ^^^^^
                stack:
                  g          a.eft:1:11  fn g(x) { x / 0 }
                  f          a.eft:3:5   g(1)
                  top level  a.eft:5:1   f()
                """)
    }

    @Test func deepStacksAreFolded() {
        let source = Source(name: "a.eft", text: "fn f(n) { f(n + 1) }\nf(0)\n")
        let inner = Diagnostic.Frame(function: "f", source: source, span: Span(10, 18))
        let outer = Diagnostic.Frame(function: "top level", source: source, span: Span(21, 25))
        let text = render(Diagnostic(.value, "recursion is too deep", stack: Array(repeating: inner, count: 10_000) + [outer]))
        #expect(text.contains("… 9999 more of these") && text.split(separator: "\n").count == 5)
        let alternating = (0..<10_000).map { Diagnostic.Frame(function: $0 % 2 == 0 ? "f" : "g", source: source, span: Span($0 % 2, 5)) }
        let folded = render(Diagnostic(.value, "recursion is too deep", stack: alternating))
        #expect(folded.contains("  … 9984 more\n") && folded.split(separator: "\n").count == 19)
    }

    @Test func textFromOutsideCannotDriveTheTerminal() {
        let source = Source(name: "a\u{1B}[2J.eft", text: "x\u{202E}\u{9B}1m\n")
        let text = render(
            Diagnostic(.value, "\u{1B}[31m\u{7}", labels: [.init(source, Span(0, 1), "\u{1B}]0;")], notes: ["\u{8}"], help: "\r"))
        #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || $0 == "\u{202E}" })
    }

    @Test func coloursWrapTheSameText() {
        let source = Source(name: "a.eft", text: "x + y\n")
        let diagnostic = Diagnostic(
            .value, "m", labels: [.init(source, Span(0, 1), "one"), .init(source, Span(4, 5), "two")], notes: ["n"], help: "h")
        let coloured = DiagnosticRenderer(usesColor: true).render(diagnostic)
        #expect(coloured.hasPrefix("\u{1B}[1;31merror[ValueError]\u{1B}[0m"))
        #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == render(diagnostic))
    }
}
