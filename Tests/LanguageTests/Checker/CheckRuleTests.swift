import Testing

@testable import Language

@Suite struct CheckRuleTests {
    /// The example of a rule breaks it, and no other. Those with tensors are tried where there are some.
    @Test(arguments: CheckRule.all.map(\.id).filter { $0 != CheckRule.shape.id }) func example(_ id: String) throws {
        let rule = try #require(CheckRule.all.first { $0.id == id })
        let found = Interpreter().check(Source(name: id, text: rule.example)).diagnostics
        #expect(Set(found.map(\.id)) == [id])
        #expect(found.allSatisfy { $0.severity == rule.severity && $0.kind == rule.kind })
    }

    @Test func rulesHaveNamesOfTheirOwn() {
        #expect(Set(CheckRule.all.map(\.id)).count == CheckRule.all.count)
    }
}
