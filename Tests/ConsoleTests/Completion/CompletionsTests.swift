import Testing

@testable import Console

@Suite struct CompletionsTests {
    private func inserted(_ completions: Completions) -> String? {
        if case .insert(_, let text) = completions.action { return text }
        return nil
    }

    @Test func oneCandidateIsInserted() {
        #expect(inserted(Completions(word: "cos", candidates: [.init("cosine")])) == "cosine")
    }

    @Test func severalAreInsertedAsFarAsTheyAgree() {
        let completions = Completions(word: "l", candidates: [.init("load_model"), .init("load_items"), .init("load_items")])
        #expect(inserted(completions) == "load_")
        #expect(completions.candidates.map(\.text) == ["load_items", "load_model"])
    }

    @Test func wherePastAgreementTheyAreListed() {
        let completions = Completions(word: "load_", candidates: [.init("load_model"), .init("load_items")], signature: "f(x)")
        guard case .show(let lines) = completions.action else {
            Issue.record("not listed")
            return
        }
        #expect(lines(80) == ["f(x)", "load_items  load_model"])
    }

    @Test func nothingToCompleteIsNothing() {
        guard case .nothing = Completions.none.action else {
            Issue.record("something")
            return
        }
    }

    @Test func labelsGoDownTheColumnsAndFit() {
        let lines = Completions.columns(["a", "bb", "ccc", "d", "日本"], width: 15)
        #expect(lines == ["a     d", "bb    日本", "ccc"])
        #expect(Completions.columns((0..<300).map(String.init), width: 80).last == "… 100 more")
        #expect(Completions.columns(["wider than the window"], width: 5) == ["wider than the window"])
    }
}

@Suite struct InputScannerTests {
    @Test(arguments: [
        ("f(x", "("), ("f(x)", ""), ("{ [ (", "{[("), ("\"(\" [", "["), ("# (\n{", "{"), ("'it\\'s (' {", "{"), ("a)]}(", "("),
        ("\"\"\"\n(\n\"\"\" [", "["), ("\"forgotten\n(", "("),
    ])
    func knowsTheOpenBrackets(text: String, open: String) {
        #expect(String(InputScanner.scan(text).brackets.map(\.character)) == open)
    }

    @Test func knowsTheOpenString() {
        #expect(InputScanner.scan("load(\"da").stringText == "da")
        #expect(InputScanner.scan("load('a', 'é").stringText == "é")
        #expect(InputScanner.scan("load(\"da\")").stringText == nil)
        #expect(InputScanner.scan("x = \"\"\"a\nb").stringText == "a\nb")
        #expect(InputScanner.scan("\"").stringText == "")
        #expect(InputScanner.scan("\"\\").string != nil)
    }

    @Test func countsTheArguments() {
        #expect(InputScanner.scan("f(a, g(b, c), d").brackets.last?.commas == 2)
        #expect(InputScanner.scan("x # (").isComment)
    }

    @Test func indentsByTheOpenBrackets() {
        #expect(StatementReader.indentation(after: "fn f(x) {\n    if x {\n") == 8)
        #expect(StatementReader.indentation(after: "x = 1\n") == 0)
    }
}
