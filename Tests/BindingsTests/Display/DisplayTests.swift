import Foundation
import Testing

@testable import Bindings
@testable import Language

@Suite struct TableTests {
    private let table = TableObject(
        columns: ["name", "loss"], rows: [[.string("a"), .float(0.5)], [.string("longer"), .float(12)], [.string("日本"), .none]])

    @Test func boxesAreAligned() {
        #expect(
            table.description == """
                ┌────────┬─────────┐
                │ name   │    loss │
                ├────────┼─────────┤
                │ a      │  0.5000 │
                │ longer │ 12.0000 │
                │ 日本   │    none │
                └────────┴─────────┘
                """)
        #expect(TableObject(columns: [], rows: []).description == "(a table without columns)")
        #expect(TableObject(columns: ["n"], rows: []).description == "┌───┐\n│ n │\n├───┤\n└───┘")
    }

    @Test func boxesFitTheWindow() {
        let words = String(repeating: "winter boots ", count: 12)
        let wide = TableObject(
            columns: ["query", "result", "a number", "another"],
            rows: [[.string(words), .string("x\ty\u{1B}[2J"), .float(1), .string(words)]])
        for width in [30, 40, 60, 80, 200] {
            let lines = wide.shown(columns: width, colour: false).split(separator: "\n")
            #expect(lines.prefix(5).allSatisfy { $0.count <= width }, "\(width)")
            #expect(!lines.joined().contains("\u{1B}"))
        }
        #expect(wide.shown(columns: 30, colour: false).contains("… columns that do not fit: "))
        #expect(wide.shown(columns: 60, colour: false).contains("winter b"))
    }

    static let cases: [(String, String)] = [
        ("print(table([{\"a\": 1}, {\"b\": \"x\"}])[\"b\"])", "[none, 'x']\n"),
        ("struct P { x: int, y: int = 2 }\nprint(table([P(1), P(3, 4)]).y)", "[2, 4]\n"),
        ("print(table([[1, 2], [3, 4]], columns = [\"a\", \"b\"]).a)", "[1, 3]\n"),
        ("print(table({\"a\": [1, 2], \"b\": [3, 4]}, columns = [\"b\"])[1])", "{'b': 4}\n"),
        (
            "t = table([{\"k\": 2, \"n\": \"x\"}, {\"k\": none, \"n\": \"y\"}, {\"k\": 1.5, \"n\": \"z\"}])\nprint(t.sort(\"k\").n)",
            "['z', 'x', 'y']\n"
        ),
        ("t = table([{\"k\": 2}, {\"k\": none}, {\"k\": 1.5}])\nprint(t.sort(\"k\", reverse = true).k)", "[2, 1.5, none]\n"),
        ("print(len(table([{\"a\": i} for i in range(9)]).head()))", "5\n"),
        ("show(table([{\"a\": i} for i in range(100)]), all = true)\nprint(1)", nil),
        ("show([1, 2])", "[1, 2]\n"),
    ].map { ($0.0, $0.1 ?? (0..<100).reduce("┌────┐\n│  a │\n├────┤\n") { $0 + "│ \($1 < 10 ? " " : "")\($1) │\n" } + "└────┘\n1\n") }

    @Test(arguments: cases) func inScripts(source: String, output: String) {
        let run = ScriptRun(source)
        #expect(run.failure == nil)
        #expect(run.output == output)
    }

    static let mistakes: [(String, String)] = [
        ("table([1, 2])", "row 0 is an int, which has no names for its columns"),
        ("table([[1]], columns = [\"a\", \"b\"])", "row 0 has 1 values for 2 columns"),
        ("table({\"a\": [1], \"b\": []})", "the column `b` has 0 values and `a` has 1"),
        ("table([{\"a\": 1}]).sort(\"z\")", "the table has no column `z`"),
        ("table([{\"a\": [1]}, {\"a\": [2]}]).sort(\"a\")", "the column `a` holds values that have no order"),
        ("plot([1, \"x\"])", "y[1] must be a number, not a str"),
        ("plot([1, 2], [1])", "x has 2 values and y has 1"),
        ("plot([1], save = \"chart.gif\")", "a chart cannot be saved as `.gif`"),
        ("plot([1], save = \"missing-folder/chart.svg\")", "missing-folder/chart.svg cannot be written"),
        ("hist([1, 2], bins = 0)", "bins must be between 1 and 1000, not 0"),
        ("bars([\"a\"], [1, 2])", "there are 1 labels and 2 values"),
        ("heatmap(zeros(3))", "heatmap needs a matrix, not f32[3]"),
    ]

    @Test(arguments: mistakes) func mistakesExplainThemselves(source: String, message: String) {
        #expect(ScriptRun(source).failure?.contains(message) == true)
    }

    /// Python's csv module reads the file back.
    @Test func csv() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("table-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = ScriptRun("table([{\"a\": \"x, \\\"y\\\"\", \"b\": 1.5}, {\"a\": \"two\\nlines\", \"b\": none}]).to_csv(\"\(path)\")")
        #expect(run.failure == nil)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a,b\n\"x, \"\"y\"\"\",1.5\n\"two\nlines\",\n")
        let again = ScriptRun("print(read_csv(\"\(path)\"))")
        #expect(again.output == "[{'a': 'x, \"y\"', 'b': '1.5'}, {'a': 'two\\nlines', 'b': ''}]\n")
    }

    @Test func chartsAreSaved() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("charts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = ScriptRun(
            """
            c = plot({"train": [3, 2, 1], "test": ([0, 2], tensor([3.0, 2.0]))}, title = "Loss", log_y = true, save = "\(folder.path)/a.svg")
            c.save("\(folder.path)/b.svg", width = 300, height = 200)
            print(type(c), len(c.text(columns = 50)) > 100)
            """)
        #expect(run.failure == nil)
        #expect(run.output == "Chart true\n")
        #expect(try String(contentsOf: folder.appendingPathComponent("a.svg"), encoding: .utf8).hasPrefix("<svg "))
        #expect(try String(contentsOf: folder.appendingPathComponent("b.svg"), encoding: .utf8).contains("width=\"300\""))
        // A picture where librsvg's program is installed, the way to it elsewhere.
        let png = ScriptRun("plot([1, 2], save = \"\(folder.path)/c.png\")")
        if let failure = png.failure {
            #expect(failure.contains("a PNG file needs the program rsvg-convert"))
        } else {
            #expect(try Data(contentsOf: folder.appendingPathComponent("c.png")).starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    /// min, mean and max as NumPy has them for arange(20) and for eye(10).
    @Test func longTensorsHaveStatistics() throws {
        func shown(_ source: String) throws -> String? {
            guard case .host(let object)? = ScriptRun(source).value else { return nil }
            return object.shown(columns: 80, colour: false)
        }
        #expect(try shown("arange(20)")?.hasSuffix("\nmin 0  mean 9.5  max 19  ▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▇▇▇██") == true)
        #expect(try shown("eye(10)")?.contains("\nmin 0  mean 0.1  max 1  distribution █") == true)
        #expect(try shown("tensor([1.0, 2.0])")?.contains("min") == false)
        #expect(try shown("concat([zeros(9), tensor([float(\"nan\")])])")?.contains("not finite: 1") == true)
        // 0, 3, 6, … 8999997 of a huge one.
        #expect(try shown("arange(9000000)")?.contains("\n1 element in 3: min 0  mean 4.5e+06  max 9e+06  ▁▁") == true)
        #expect(try shown("arange(20) > 4")?.hasSuffix("true in 15 of 20") == true)
    }
}
