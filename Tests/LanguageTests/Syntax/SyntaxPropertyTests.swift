import Foundation
import Testing

@testable import Language

/// What holds for every text, however malformed.
@Suite struct SyntaxPropertyTests {
    /// Tokens lie in order, and what lies between them is blanks and the comments of the list: together they are the source.
    private func checkLossless(_ bytes: [UInt8]) {
        let source = Source(name: "random", bytes: bytes)
        let stream = Lexer.lex(source)
        var rebuilt: [UInt8] = []
        var comments = stream.comments[...]
        for token in stream.tokens {
            let start = Int(token.start)
            #expect(start >= rebuilt.count)
            while let comment = comments.first, Int(comment.span.start) < start {
                #expect(isBlank(bytes[rebuilt.count..<Int(comment.span.start)]))
                rebuilt += bytes[rebuilt.count..<Int(comment.span.start)] + bytes[comment.span.range]
                comments.removeFirst()
            }
            #expect(isBlank(bytes[rebuilt.count..<start]), "between tokens: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            rebuilt += bytes[rebuilt.count..<start] + bytes[token.span.range]
        }
        #expect(comments.isEmpty)
        #expect(rebuilt == bytes)
        #expect(stream.tokens.last?.kind == .endOfFile)
    }

    /// Blanks, a byte order mark, a backslash before a newline, and a `#` that ends a one-line f-string.
    private func isBlank(_ gap: ArraySlice<UInt8>) -> Bool {
        String(decoding: gap, as: UTF8.self).unicodeScalars.allSatisfy {
            $0.properties.isWhitespace || "\u{FEFF}\u{200B}\\".unicodeScalars.contains($0)
        }
            || gap.drop { $0 == 0x20 || $0 == 0x09 }.first == UInt8(ascii: "#")
    }

    /// Parsing, resolving and rendering end and keep to their limits; spans lie inside the source.
    private func checkSurvives(_ bytes: [UInt8]) {
        let source = Source(name: "random", bytes: bytes)
        let (program, errors) = Parser.parse(source)
        let (_, problems) = Resolver.resolve(program, natives: ["print", "len"])
        #expect(errors.count <= SyntaxLimits.errors)
        for diagnostic in errors + problems {
            #expect(!diagnostic.labels.isEmpty && !diagnostic.id.isEmpty)
            for label in diagnostic.labels { #expect(Int(label.span.end) <= bytes.count && label.span.start <= label.span.end) }
        }
        #expect(!DiagnosticRenderer().render(errors + problems).contains("\u{1B}"))
        _ = Completeness.of(String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: 0..<8) func noise(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let bytes = RandomText.noise(&generator)
            checkLossless(bytes)
            checkSurvives(bytes)
        }
    }

    @Test(arguments: 100..<108) func tokenSoup(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let bytes = Array(RandomText.soup(&generator).utf8)
            checkLossless(bytes)
            checkSurvives(bytes)
        }
    }

    @Test(arguments: Golden.names("trees")) func mutatedPrograms(_ name: String) throws {
        let file = Golden.directory.appendingPathComponent("trees/\(name).eft")
        let program = [UInt8](try Data(contentsOf: file))
        var generator = SplitMix64(seed: UInt64(name.utf8.count))
        for _ in 0..<150 {
            let bytes = RandomText.mutated(program, &generator)
            checkLossless(bytes)
            checkSurvives(bytes)
        }
    }

    /// Nesting 100,000 deep: an error at once, also when the tree is freed.
    @Test(arguments: [
        "(", "[", "{1:", "f(", "if a {", "x => ", "f(1) { a => ", "f'{", "-", "not ", "a if b else ", "[a for a in ", "a.b", "{", "}",
        "try {",
    ])
    func veryDeepNesting(_ pattern: String) {
        checkSurvives(Array(String(repeating: pattern, count: 100_000).utf8))
    }

    /// Nesting of every kind, closed and unclosed.
    @Test(arguments: [
        "(", "[", "{1:", "f(", "f[", "if a {", "if ", "x = if a {", "for x in xs {", "while a {", "fn f(a) {", "x => ", "x => {",
        "f(1) { a => ", "try {",
        "try { } catch e {", "f'{", "f'{1:{", "-", "not ", "!", "a ** ", "a if b else ", "[a for a in ", "[x for x in y for z in [", "f(*",
        "f(**", "f(a = ",
        "(x = ", "struct A { a = x => {", "fn f(x = ", "x: list[", "fn f(x: fn(", "(a, ", "a.b", "a |> ", "a(1)", "a[1]", "else ", "catch ",
        "test 't' {", "{", "}", ")",
        "1 + (", "a < (", "a and (", "if a:\n", "\"\"\"", "@", "=", "=> ", "*", "import ", "from ", ";", ",",
    ])
    func deepNesting(_ pattern: String) {
        let text = String(repeating: pattern, count: 2000)
        let closers = String(repeating: ")]}", count: 2000)
        for source in [text, text + "1", text + "1" + closers, "x = " + text, text + "\n" + text] { checkSurvives(Array(source.utf8)) }
    }

    /// What is long without being deep is no error.
    @Test(arguments: [
        ("x = 1", " + 1"), ("x = a", " and a"), ("x = a", " < a"), ("x = [1", ", 1"), ("if a { }", " else if a { }"), ("x = 'a'", " 'a'"),
        ("x = a", " = a"),
        ("x = 1", "; x = 1"), ("x = 1", "\nx = 1"), ("f(1", ", 1"), ("a", ", a"), ("x = {1: 1", ", 1: 1"), ("x = f'a'", " f'{a}'"),
        ("import a", ", a"),
    ])
    func longChains(_ start: String, _ link: String) {
        var text = start + String(repeating: link, count: 20_000)
        if text.contains("[") { text += "]" }
        if text.contains("{1") { text += "}" }
        if text.contains("(") { text += ")" }
        let (program, diagnostics) = Parser.parse(Source(name: "long", text: text))
        #expect(diagnostics.isEmpty)
        #expect(program.body.height < 10)
    }
}
