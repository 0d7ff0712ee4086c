import Foundation
import TestSupport
import Testing

@testable import Language

@Suite struct FormatterTests {
    private static let repository = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()

    /// Every script of the repository that parses: name and text.
    private static let scripts: [(name: String, text: String)] = ["stdlib", "scripts", "Tests/LanguageTests"].flatMap { folder in
        let root = repository.appendingPathComponent(folder).resolvingSymlinksInPath()
        let files = FileManager.default.enumerator(atPath: root.path)?.allObjects as? [String] ?? []
        return files.filter { $0.hasSuffix(".eft") }.sorted().compactMap { file -> (name: String, text: String)? in
            guard let text = try? String(contentsOf: root.appendingPathComponent(file), encoding: .utf8) else { return nil }
            let problems = Parser.parse(Source(name: file, text: text)).diagnostics
            return problems.isEmpty ? (folder + "/" + file, text) : nil
        }
    }

    private func format(_ text: String) throws -> String { try Formatter.format(Source(name: "test.eft", text: text)) }

    private func tree(_ text: String) -> String { TreePrinter.print(text) }

    // MARK: Golden

    @Test(arguments: Golden.names("format")) func golden(_ name: String) throws {
        try Golden.check(name, in: "format") { String(try Formatter.format($0).dropLast()) }
    }

    // MARK: Properties

    @Test func scriptsOfTheRepositoryAreInTheLayout() throws {
        let own = Self.scripts.filter { !$0.name.hasPrefix("Tests/") }
        #expect(own.count >= 9)
        for script in own { #expect(try format(script.text) == script.text, "eft fmt \(script.name)") }
    }

    @Test func formattingKeepsTheTreeAndIsDone() throws {
        #expect(Self.scripts.count > 60)
        for script in Self.scripts {
            let once = try format(script.text)
            #expect(tree(once) == tree(script.text), "\(script.name)")
            #expect(try format(once) == once, "\(script.name)")
        }
    }

    /// Blanks, indentation, needless semicolons and empty lines at random: the layout does not depend on them.
    @Test func theLayoutIsCanonical() throws {
        let corpus = try Fixtures.lines("language/programs.txt").joined(separator: "\n").components(separatedBy: "#### program ")
            .dropFirst()
        var random = Xoshiro(seed: 5)
        for part in corpus {
            let program = String(part.components(separatedBy: "#### output\n")[0].drop { $0 != "\n" }.dropFirst())
            let expected = try format(program)
            #expect(tree(expected) == tree(program))
            let mangled = Self.mangle(program, &random)
            #expect(try format(mangled) == expected, "\(mangled)")
        }
    }

    /// The tokens of the text with other blanks between them; empty lines are left where they are.
    private static func mangle(_ text: String, _ random: inout Xoshiro) -> String {
        let source = Source(name: "", text: text)
        let stream = Lexer.lex(source)
        let partners = Brackets.match(stream.tokens)
        var result = ""
        var index = 0
        while index < stream.tokens.count, stream.tokens[index].kind != .endOfFile {
            let token = stream.tokens[index]
            let last = token.kind == .fstringStart ? Int(partners[index]) : index
            let blanks = String(repeating: " ", count: random.below(4))
            if token.startsLine, index > 0 {
                let gap = source.text(Span(start: stream.tokens[index - 1].end, end: token.start))
                result += (random.below(5) == 0 ? " ;" : "") + String(repeating: "\n", count: gap.filter { $0 == "\n" }.count) + blanks
                result += random.below(8) == 0 && stream.tokens[index].kind != .rightBrace ? ";" : ""
            } else {
                result += " " + blanks
            }
            result += source.text(Span(start: token.start, end: stream.tokens[last].end))
            index = last + 1
        }
        return result
    }

    // MARK: What is left alone

    @Test func aScriptThatDoesNotParseIsNotFormatted() {
        #expect(throws: Diagnostics.self) { try format("x = (\n") }
        #expect(throws: Diagnostics.self) { try format("def f(x):\n    return x\n") }
    }

    @Test func oddSourcesAreFormatted() throws {
        #expect(try format("") == "")
        #expect(try format("\n\n\n") == "")
        #expect(try format("\u{FEFF}x=1\r\ny=2\r\n") == "x = 1\ny = 2\n")
        #expect(try format("# only a comment") == "# only a comment\n")
        #expect(try format(";;x;;") == "x\n")
        #expect(try format("a\n;b;;c\n;;\n{}\n") == "a\nb; c\n\n{}\n")
        let wide = "x = [" + String(repeating: "1,", count: 200_000) + "]"
        #expect(try format(wide).count == 600_006)
        let tall = String(repeating: "if x{\n", count: 40) + String(repeating: "}\n", count: 40)
        #expect(try format(tall).contains(String(repeating: " ", count: 156) + "if x {\n"))
    }
}
