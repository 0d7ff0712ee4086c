import Testing
import Text

@testable import Console

@Suite struct ConsoleInputTests {
    @Test(arguments: [
        ("", ConsoleInput.empty), ("   ", .empty), ("# a remark", .empty),
        ("%who", .command(name: "who", arguments: "")), ("%run a.eft --x 1", .command(name: "run", arguments: "a.eft --x 1")),
        ("  %time  f(x) ", .command(name: "time", arguments: "f(x)")),
        ("%time f(\n1)", .command(name: "time", arguments: "f(\n1)")),
        ("!ls -l | wc", .shell("ls -l | wc")),
        ("?model", .help(topic: "model", source: false)), ("?? model", .help(topic: "model", source: true)),
        ("model.encode?", .help(topic: "model.encode", source: false)), ("f??", .help(topic: "f", source: true)),
        ("?", .help(topic: "", source: false)), ("%time?", .help(topic: "%time", source: false)),
        ("x = 1", .statement("x = 1")), ("f(x)?", .statement("f(x)?")), ("# a\nx", .statement("# a\nx")),
        ("1?", .statement("1?")), ("x % y", .statement("x % y")),
    ])
    func sortsOutWhatWasTyped(text: String, expected: ConsoleInput) {
        #expect(ConsoleInput(text) == expected)
    }

    @Test func commandsAreOneLineUnlessTheyTakeAStatement() {
        #expect(ConsoleInput.isOneLine("%run f(.eft"))
        #expect(ConsoleInput.isOneLine("!echo ("))
        #expect(!ConsoleInput.isOneLine("%time f("))
        #expect(!ConsoleInput.isOneLine("x = ("))
    }
}

@Suite struct ShellWordsTests {
    @Test(arguments: [
        ("", []), ("  a  b ", ["a", "b"]), (#"a "b c" 'd e'"#, ["a", "b c", "d e"]), (#"a\ b"#, ["a b"]), (#"--x="1 2""#, ["--x=1 2"]),
        (#"'' x"#, ["", "x"]), (#"'a\b'"#, [#"a\b"#]),
    ])
    func splitsAsAShellDoes(text: String, words: [String]) {
        #expect(ShellWords.split(text) == words)
    }
}

@Suite struct SpellingTests {
    @Test(arguments: [("whoss", "whos"), ("tiem", "time"), ("hlep", "help"), ("quti", "quit"), ("ru", "run"), ("timei", "timeit")])
    func findsTheCommandMeant(typed: String, meant: String) {
        #expect(Spelling.completionOrSuggestion(for: typed, among: CommandTable.names) == meant)
    }

    @Test func suggestsNothingFarFetched() {
        #expect(Spelling.completionOrSuggestion(for: "bananas", among: CommandTable.names) == nil)
    }
}

@Suite struct CommandTableTests {
    @Test func everyCommandHasItsOwnName() {
        let names = CommandTable.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(CommandTable.all.allSatisfy { !$0.summary.isEmpty })
    }
}

@Suite struct DurationTests {
    @Test(arguments: [
        (3.2e-7, "320 ns"), (4.31e-6, "4.31 µs"), (0.01249, "12.5 ms"), (0.512, "512 ms"), (1.236, "1.24 s"), (59.9, "59.9 s"),
        (185.2, "3 min 05 s"),
    ])
    func hasThreeDigits(seconds: Double, text: String) {
        #expect(Duration.text(seconds) == text)
    }
}
