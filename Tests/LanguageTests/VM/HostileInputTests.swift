import Foundation
import Testing

@testable import Language

/// Programs made to break something by their bytes or their recursion: each ends in a result or an error, in bounded memory.
@Suite struct HostileInputTests {
    /// Bytes that are no program, and line ends of all kinds.
    static let byteCases: [(bytes: [UInt8], outcome: String)] = {
        func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let wide: [UInt8] = [0xFF, 0xFE] + utf8("p\0r\0")
        let broken: [UInt8] = utf8("x = '") + [0xFF, 0x80] + utf8("'")
        return [
            (utf8("print(1)\r\nprint(2)\r\n"), "1\n2\n"), (utf8("print(1)\rprint(2)\r"), "1\n2\n"), (mark + utf8("print(1)"), "1\n"),
            (utf8(#"print(len("\ud83d\ude00"))"#), "1\n"),
            (utf8(#"x = "\ud800""#), #"\u needs four hexadecimal digits of a character, or \u{…}"#),
            (wide, "these bytes are not UTF-8 text"), (broken, "the string is not UTF-8 text"),
            (utf8("1\0"), "a NUL byte has no meaning here"),
        ]
    }()

    @Test(arguments: byteCases) func bytes(_ bytes: [UInt8], _ outcome: String) {
        let box = OutputBox()
        var configuration = Interpreter.Configuration()
        configuration.output = { box.append($0) }
        do {
            try Interpreter(configuration: configuration).run(Source(name: "bytes", bytes: bytes))
            #expect(box.text == outcome)
        } catch {
            let messages = (error as? Diagnostics)?.list.map(\.message) ?? []
            #expect(messages.contains(outcome), "\(messages)")
        }
    }

    /// Recursion without end, by every way from a function back to itself: an error with a call stack.
    @Test(arguments: [
        "fn f(n) { f(n + 1) }", "fn g(n) { f(n) }\nfn f(n) { g(n) }", "fn f(n) { sorted([2, 1], key = f) }", "fn f(n) { map(f, [1]) }",
        "fn f(n) { try { 1 } finally { f(n) } }", "fn f(n) { [f(n) for i in [1]] }", "fn f(n, x = f(1)) { x }", "fn f(n) { f\"{f(n)}\" }",
        "fn f(n) { reduce((a, b) => f(b), [1, 2]) }", "fn f(n) { {1: f(n)} }", "fn f(n) { max([1, 2], key = f) }",
        "struct A { x = f(1) }\nfn f(n) { A() }", "fn f(n) { xs = [2, 1]; xs.sort(key = f) }", "fn f(n) { group_by([1], f) }",
    ]) func recursion(_ program: String) throws {
        let error = try #require(ScriptRun(program + "\nf(1)").error)
        #expect(error.message.hasPrefix("recursion is too deep"))
        #expect(error.stack.count > 3)
    }
}
