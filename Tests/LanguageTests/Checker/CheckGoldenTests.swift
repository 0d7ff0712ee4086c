import Testing

@testable import Language

/// What the checker says about programs that run only to fail, or do less than they seem to.
@Suite struct CheckGoldenTests {
    @Test(arguments: Golden.names("check")) func rendering(_ name: String) throws {
        try Golden.check(name, in: "check") { DiagnosticRenderer().render(Interpreter().check($0).diagnostics) }
    }
}
