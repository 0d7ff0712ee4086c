import CLibEdit
import Testing

@testable import Console

@Suite struct PastedTextTests {
    @Test func lineEndsOfEverySystemAreOne() {
        #expect(PastedText.clean("a\r\nb\rc\nd\n\n") == "a\nb\nc\nd")
    }

    @Test func blankLinesTabsAndIndentationStay() {
        #expect(PastedText.clean("fn f() {\n\n\tx\n}") == "fn f() {\n\n\tx\n}")
    }

    @Test func aTranscriptGivesWhatWasTyped() {
        let transcript = """

            eft> x = [
            ...>     1
            ...> ]
            [1]
            eft>
            eft> x
            [1]
            """
        #expect(PastedText.clean(transcript) == "x = [\n    1\n]\n\nx")
    }

    @Test func aPromptInsideOtherTextIsText() {
        #expect(PastedText.clean("s = \"\"\"\neft> x\n\"\"\"") == "s = \"\"\"\neft> x\n\"\"\"")
    }

    @Test func controlCharactersAreDropped() {
        #expect(PastedText.clean("a\u{1B}[31mb\u{0}\u{7F}") == "a[31mb")
    }
}

@Suite struct ScreenPlaceTests {
    init() { eft_use_utf8() }

    private func place(_ text: String, width: Int = 10) -> ScreenPlace {
        ScreenPlace.of(text.unicodeScalars.count, in: text.unicodeScalars, start: 5, width: width)
    }

    @Test func countsColumnsNotCharacters() {
        #expect(place("abc") == ScreenPlace(row: 0, column: 8))
        #expect(place("日") == ScreenPlace(row: 0, column: 7))
        #expect(place("e\u{301}") == ScreenPlace(row: 0, column: 6))
        #expect(place("a\tb", width: 40) == ScreenPlace(row: 0, column: 9))
    }

    @Test func wrapsAndBreaks() {
        #expect(place("abcde") == ScreenPlace(row: 1, column: 0))
        // The wide character does not fit in the one column left.
        #expect(place("abcd日") == ScreenPlace(row: 1, column: 2))
        #expect(place("a\nbc") == ScreenPlace(row: 1, column: 2))
    }
}

@Suite struct StatementReaderTests {
    /// Feeds lines and collects what the reader makes of them and the prompts it asked with.
    private func read(_ lines: [LineEditor.Outcome]) -> (outcomes: [StatementReader.Outcome], prompts: [String]) {
        var rest = lines[...]
        var prompts: [String] = []
        var reader = StatementReader { prompt in
            prompts.append(prompt.text)
            return rest.popFirst() ?? .end
        }
        var outcomes: [StatementReader.Outcome] = []
        while true {
            let outcome = reader.next()
            outcomes.append(outcome)
            if case .end = outcome { return (outcomes, prompts) }
            if outcomes.count > 100 { return (outcomes, prompts) }
        }
    }

    @Test func linesAreJoinedUntilComplete() {
        let (outcomes, prompts) = read([.line("x = ["), .line("1"), .line("]"), .line(""), .line("y")])
        #expect(outcomes == [.statement("x = [\n1\n]", line: 1), .statement("y", line: 5), .end(unfinished: nil)])
        #expect(prompts == ["eft> ", "...> ", "...> ", "eft> ", "eft> ", "eft> "])
    }

    @Test func interruptDropsTheStatement() {
        let (outcomes, _) = read([.line("f("), .interrupted, .line("1")])
        #expect(outcomes == [.interrupted, .statement("1", line: 2), .end(unfinished: nil)])
    }

    @Test func theEndInTheMiddleIsTold() {
        #expect(read([.line("f(")]).outcomes == [.end(unfinished: "f(\n")])
    }

    @Test func commandsDoNotWaitForBrackets() {
        #expect(read([.line("!echo (")]).outcomes.first == .statement("!echo (", line: 1))
        #expect(read([.line("%time f("), .line(")")]).outcomes.first == .statement("%time f(\n)", line: 1))
    }

    @Test func recalledBlocksCountTheirLines() {
        let (outcomes, _) = read([.line("a\nb"), .line("c")])
        #expect(outcomes.dropLast() == [.statement("a\nb", line: 1), .statement("c", line: 3)])
    }
}
