import Testing

@testable import Language

/// The listing of compiled code: each function behind the one that makes it, every operand by its name.
@Suite struct DisassemblerTests {
    @Test(arguments: Golden.names("disassembly")) func golden(_ name: String) throws {
        try Golden.check(name, in: "disassembly") { String(try Interpreter().disassemble($0).dropLast()) }
    }

    @Test func programsAreFound() { #expect(Golden.names("disassembly").count == 3) }

    /// A listing comes from the code alone: no statement of the program runs.
    @Test func nothingRuns() throws {
        let listing = try Interpreter().disassemble(Source(name: "test.eft", text: "raise ValueError(\"no\")\n"))
        #expect(listing.contains("raise"))
    }
}
