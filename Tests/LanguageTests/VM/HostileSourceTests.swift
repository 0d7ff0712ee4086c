import Testing

@testable import Language

/// Sources made to break something by their size, their depth, or what they leave open: each ends in a value or an error, at once.
@Suite struct HostileSourceTests {
    /// A file beyond the limit is refused unread, a text below it is just long, and one without an end is an error.
    @Test func veryLongSources() throws {
        let large = Source(name: "large", bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 50_000_000))
        #expect(throws: Diagnostics.self) { try Interpreter().run(large) }
        #expect(throws: Diagnostics.self) { try Formatter.format(large) }
        let text = [UInt8](String(repeating: "é", count: 5_000_000).utf8)
        let quote = [UInt8(ascii: "\"")]
        let value = try Interpreter().run(Source(name: "long", bytes: quote + text + quote))
        #expect(value.asString?.utf8.count == 10_000_000)
        let part = text.prefix(1_000_000)
        #expect(throws: Diagnostics.self) { try Interpreter().run(Source(name: "endless", bytes: quote + part)) }
        #expect(throws: Diagnostics.self) { try Interpreter().run(Source(name: "endless", bytes: Array("f'{".utf8) + quote + part)) }
    }

    /// Deep nesting and long chains, through the whole way from the text to its value.
    @Test(arguments: [
        ("(", "1", ")"), ("[", "1", "]"), ("{1: ", "1", "}"), ("-", "1", ""), ("not ", "true", ""), ("if true { ", "1", " }"),
        ("f(", "1", ")"), ("x => ", "1", ""), ("1 if true else ", "1", ""), ("fn f() { ", "1", " }"), ("while false { ", "1", " }"),
        ("", "x", ".y"), ("", "x", "()"), ("", "x", "[0]"), ("", "x", ".f(1)"), ("", "1", " + 1"), ("", "1", " ** 1"),
        ("", "1", " |> str()"), ("", "if false { }", " else if false { }"), ("", "1", " if true else 2"), ("", "\"a\"", " \"a\""),
        ("", "1", " < 1"), ("a = ", "1", ""), ("try { ", "1", " } catch e { }"), ("f'{", "1", "}'"), ("a, ", "b", ""), ("*", "x", ""),
        ("@", "x", ""), ("x.", "x", ""), ("lambda: ", "1", ""),
    ])
    func wholeWay(_ start: String, _ middle: String, _ end: String) {
        let count = start.isEmpty || end.isEmpty ? 4_000 : 20_000
        let text = String(repeating: start, count: count) + middle + String(repeating: end, count: count)
        let source = Source(name: "deep", text: text)
        do {
            _ = try Interpreter().run(source)
        } catch {
            #expect(error is Diagnostics)
        }
        do {
            _ = try Formatter.format(source)
        } catch {
            #expect(error is Diagnostics)
        }
        _ = Completeness.of(text)
    }

    /// What opens and never closes.
    @Test(arguments: [
        "\"", "'", "\"\"\"", "'''", "f\"", "f\"{", "f\"{x", "f\"{x:", "f\"{x!", "r\"", "(", "[", "{", "{1:", "f(", "fn", "fn f", "fn f(",
        "fn f() {", "struct", "struct S {", "if", "if true", "if true {", "while", "for", "for x", "for x in", "try", "try {",
        "try { } catch", "import", "from", "from a import", "x =", "x => {", "1 +", "x.", "x[", "x[1:", "param", "test", "test \"",
        "assert",
        "raise (", "\\", "\"\\", "f\"{\"", "0x", "1e", "\"\\u{", "\"\\x", "# %%", "##", "@", "*", "**",
    ])
    func unterminated(_ text: String) {
        for suffix in ["", "\n", "\0", "\r\n", " \u{FEFF}"] {
            let source = Source(name: "open", text: "x = 1\n" + text + suffix)
            if let error = ScriptRun(source.text).error { #expect(!DiagnosticRenderer().render(error).isEmpty) }
            _ = try? Formatter.format(source)
        }
    }

    /// A loop or a recursion that does not end stops at the step limit, with the calls under way.
    @Test(arguments: [
        "while true { }", "for i in range(9223372036854775807) { }", "sum(range(9223372036854775807))",
        "any(map(x => false, range(100000)))", "5 in map(x => x, range(10000000))", "[x for x in range(9223372036854775807)]",
        "take(range(9223372036854775807), 9223372036854775807)", "all([x == x for x in range(9223372036854775807)])",
        "filter(x => false, range(9223372036854775807))", "list(range(10000000))", "sorted(range(10000000))",
        "reduce((a, b) => a, range(10000000))", "xs = []; xs.extend(range(10000000))", "dict(zip(range(10000000), range(10000000)))",
        "(*range(10000000),)", "print(*range(10000000))", "a, *b = range(10000000)", "f()",
    ])
    func stepLimit(_ body: String) throws {
        let error = try #require(ScriptRun("fn f() { \(body) }\nf()") { $0.stepBudget = 5_000 }.error)
        #expect(error.kind == .interrupted)
        #expect(error.message == "the script used up its step budget")
        #expect(error.stack.map(\.function).suffix(2) == ["f", "<module>"])
    }
}
