import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Every row of every table: its text is there, and its example holds.
@Suite struct ExampleTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let table: String
        let builtin: Builtin
        var testDescription: String { "\(table).\(builtin.name)" }

        /// The example after what it takes for granted; `folder` comes from outside.
        var program: String {
            let words = Set(builtin.example.split { !$0.isLetter && $0 != "_" }.map(String.init))
            let ofWorld: Set = ["items", "inputs", "pairs", "data", "model", "params", "settings", "tracker", "tuner"]
            let world = words.isDisjoint(with: ofWorld) ? "" : Tables.world(model: Fixtures.url("tiny_bert").path)
            let images = words.isDisjoint(with: ["clip", "images"]) ? "" : Tables.imageWorld
            return "import json\nimport statistics\n" + world + images + builtin.example
        }
    }

    static let rows: [Row] =
        (Tables.all + constructors.map(\.methods)).flatMap { table in table.builtins.map { Row(table: table.name, builtin: $0) } }
        + constructors.compactMap { $0.callSignature.map { Row(table: "constructors", builtin: $0) } }

    /// Functions that have functions of their own, such as `EmbeddingsFineTuner.create`.
    private static let constructors = Environment.builtins.flatMap(\.constants).compactMap { $0.value.asHost as? ConstructorObject }

    /// Functions of a table that is for the users of the fine-tuner and of experiments have an example each.
    @Test func everyRowHasAnExample() {
        let tables: Set = [
            "clickstream", "records", "parts", "augmentation", "models", "retrieval", "finetuning", "extraction",
            "preparation", "selection", "checkpoints", "ItemsSet", "FineTuningInput", "TrainTestSplitter",
            "ClickstreamSessionConverter", "Augmentation", "EmbeddingModel", "TextToImageCLIPModel", "TwoTowerModel", "HeadModel",
            "EmbeddingsFineTuner", "FeaturesExtractor", "FineTuningFeatures", "QueryRetriever", "RankingLoss",
            "StepThrough", "MetricValue", "MetricsAccumulator", "Selector", "VectorsAdjuster", "Schedule", "optimizer", "optimizers",
            "experiments", "ExperimentsManager", "runs", "search", "statistics", "sweeps", "Sweep", "TreeParzenSearch",
            "constructors",
        ]
        #expect(tables.subtracting(Self.rows.map(\.table)) == [])
        let without = Self.rows.filter { tables.contains($0.table) && $0.builtin.example.isEmpty }.map(\.testDescription)
        #expect(without == [])
    }

    @Test(arguments: rows) func example(_ row: Row) throws {
        #expect(!row.builtin.doc.isEmpty)
        guard !row.builtin.example.isEmpty else { return }
        let folder = try TemporaryFolder()
        let run = ScriptRun(row.program, bindings: ["folder": .string(folder.path)])
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
