import Testing

@testable import Language

/// Every row of the built-in tables: its signature parses, its text is there, and its example holds.
@Suite struct ExampleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let table: String
        let builtin: Builtin
        var testDescription: String { "\(table).\(builtin.name)" }
    }

    static let rows: [Row] = {
        let methods = [ListMethods.table, DictMethods.table, StringMethods.table, TupleMethods.table, NumberMethods.table]
        return (Prelude.namespaces + Prelude.modules + methods).flatMap { table in
            table.builtins.map { Row(table: table.name, builtin: $0) }
        }
    }()

    @Test(arguments: rows) func example(_ row: Row) throws {
        #expect(!row.builtin.doc.isEmpty)
        // Read from its text here at the latest: a malformed one ends the process.
        #expect(row.builtin.signature.parameters.count == row.builtin.layout.parameterCount)
        guard !row.builtin.example.isEmpty else { return }
        let imports = Prelude.modules.map { "import \($0.name)" }.joined(separator: "\n")
        let run = ScriptRun(imports + "\n" + row.builtin.example)
        #expect(run.error?.message == nil)
        if let value = run.value, !value.isNone { #expect(value.asBool == true, "\(row.builtin.example)") }
    }

    @Test func namesAreUnique() {
        let names = Prelude.namespaces.flatMap { $0.builtins.flatMap { [$0.name] + $0.aliases } }
        #expect(Set(names).count == names.count)
    }
}
