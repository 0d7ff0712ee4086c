import Testing

@testable import Language

@Suite struct StaticGoldenTests {
    /// Enough builtins for the programs; the real list belongs to the prelude.
    static let natives: Set<String> = [
        "print", "len", "range", "sorted", "softmax", "matmul", "ValueError", "no_grad", "open", "zeros", "enumerate",
    ]

    /// What parser and resolver say about a program; errors of names are looked for in programs that parse.
    static func diagnose(_ source: Source) -> [Diagnostic] {
        let (program, errors) = Parser.parse(source)
        return errors.isEmpty ? Resolver.resolve(program, natives: natives).diagnostics : errors
    }

    @Test(arguments: Golden.names("static")) func rendering(_ name: String) throws {
        try Golden.check(name, in: "static") { DiagnosticRenderer().render(Self.diagnose($0)) }
    }

    @Test func thereAreManyPrograms() {
        #expect(Golden.names("static").count >= 60)
    }
}
