import Testing

@testable import Bindings
@testable import Language

/// Every row of every table: its text is there, and its example holds.
@Suite struct ExampleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let table: String
        let builtin: Builtin
        var testDescription: String { "\(table).\(builtin.name)" }
    }

    static let rows: [Row] = Tables.all.flatMap { table in table.builtins.map { Row(table: table.name, builtin: $0) } }

    @Test(arguments: rows) func example(_ row: Row) {
        #expect(!row.builtin.doc.isEmpty)
        guard !row.builtin.example.isEmpty else { return }
        let run = ScriptRun("import json\nimport statistics\n" + row.builtin.example)
        #expect(run.failure == nil, "\(row.builtin.example)")
        if let value = run.value, !value.isNone { #expect(value.asBool == true, "\(row.builtin.example)") }
    }

    @Test func namesAreUnique() {
        let names = Environment.builtins.flatMap { $0.names }
        #expect(Set(names).count == names.count)
        let prelude = Set(Prelude.namespaces.flatMap { $0.names })
        #expect(prelude.isDisjoint(with: names), "\(prelude.intersection(names))")
    }

    /// An annotation may name every type that the bindings bring.
    @Test(arguments: ["EmbeddingModel", "ItemsSet", "FineTuningInput", "FineTuningFeatures", "EmbeddingsFineTuner", "DatasetDict"])
    func hostTypesInAnnotations(_ type: String) {
        #expect(ScriptRun("fn f(x: \(type) | none) { x }\nf(none)").failure == nil)
        #expect(
            ScriptRun("fn f(x: \(type)) { x }\nf(1)").failure
                == "TypeError: f() argument `x` must be \(Value.withArticle(type)), not an int")
    }
}
