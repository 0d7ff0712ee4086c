import Charts
import Language

/// Showing values: tables, charts, and whole values that the prompt would cut.
enum DisplayNamespace {
    static let functions = Namespace(
        "display", doc: "Showing values as tables and charts.",
        [
            Builtin(
                "table", "(rows: any, columns: list | none = none) -> Table",
                doc: """
                    Rows as an aligned table: a list of dicts or of structs, a list of lists with the names of their columns, or a dict of \
                    columns. `head`, `sort` and `to_csv` are its methods; t.name is a column, t[0] a row.
                    """,
                example: "table([{\"a\": 1, \"b\": 2}, {\"b\": 3}]).columns == [\"a\", \"b\"]"
            ) { call in .host(try TableReader.table(call[0], columns: call.isGiven(1) ? call.strings(1) : nil, call.interpreter)) },
            Builtin(
                "show", "(value: any, all: bool = false) -> none",
                doc: "Prints a value as the prompt shows it; with all = true every row of a table and every element of a tensor."
            ) { call in
                let interpreter = call.interpreter
                interpreter.configuration.output(try text(call[0], all: try call.bool(1)) + "\n")
                return .none
            },
            chart(
                "plot", "(x: any, y: any = none, *, ", "log_x: bool = false, log_y: bool = false, ",
                doc: """
                    Curves: plot(y), plot(x, y), or a dict of curves by name, each the ys or (xs, ys). The prompt shows the chart; in a script \
                    print it or give `save`.
                    """,
                example: "len(plot([3, 1, 2], title = \"loss\").text(columns = 40)) > 0"
            ) { call in Chart(.lines(try ChartReader.series(call[0], call[1], call.interpreter))) },
            chart(
                "scatter", "(x: any, y: any = none, *, ", "log_x: bool = false, log_y: bool = false, ",
                doc: "Points: scatter(x, y), or a dict of clouds by name, each (xs, ys)."
            ) { call in Chart(.points(try ChartReader.series(call[0], call[1], call.interpreter))) },
            chart(
                "hist", "(values: any, bins: int | none = none, *, ",
                doc: "How many values lie in each of `bins` intervals; without it their number is chosen as NumPy's \"auto\" does."
            ) { call in
                let values = try ChartReader.numbers(call[0], "values", call.interpreter)
                return Chart(.histogram(try Histogram(values, bins: try call.optionalInt(1))))
            },
            chart(
                "bars", "(labels: any, values: any = none, *, ",
                doc: "A bar for each label: bars(labels, values), or a dict of values by label."
            ) { call in
                let (labels, values) = try ChartReader.bars(call[0], call[1], call.interpreter)
                return Chart(.bars(labels: labels, values: values))
            },
            chart(
                "heatmap", "(rows: any, row_labels: list | none = none, column_labels: list | none = none, *, ",
                doc: "A matrix as shaded cells, from its least to its greatest value."
            ) { call in
                let rows = try ChartReader.matrix(call[0], call.interpreter)
                let rowLabels = try call.isGiven(1) ? call.items(1).map(\.display) : []
                return Chart(
                    .heatmap(rows: rows, rowLabels: rowLabels, columnLabels: try call.isGiven(2) ? call.items(2).map(\.display) : []))
            },
            LivePlot.row,
        ])

    /// A row of the table for a kind of chart, with the words and the file that all of them take.
    private static func chart(
        _ name: String, _ parameters: String, _ more: String = "", doc: String, example: String = "",
        _ make: @escaping @Sendable (borrowing BuiltinCall) throws -> Chart
    ) -> Builtin {
        Builtin(
            name,
            "\(parameters)title: str = \"\", xlabel: str = \"\", ylabel: str = \"\", \(more)save: str | none = none) -> Chart",
            doc: doc + " `save` writes it to an .svg or .png file.", example: example
        ) { call in
            var chart = try make(call)
            chart.title = try text(call["title"])
            chart.xLabel = try text(call["xlabel"])
            chart.yLabel = try text(call["ylabel"])
            if !more.isEmpty { (chart.isLogX, chart.isLogY) = (call["log_x"].asBool ?? false, call["log_y"].asBool ?? false) }
            let object = ChartObject(chart)
            if let path = call["save"].asString { try object.save(path) }
            return .host(object)
        }
    }

    private static func text(_ value: Value) throws -> String { value.asString ?? "" }

    private static func text(_ value: Value, all: Bool) throws -> String {
        guard case .host(let object) = value else { return value.repr }
        guard all else { return object.shown(columns: TableObject.usualWidth, colour: false) }
        if let table = object as? TableObject {
            return TableText(table, rowLimit: table.rows.count).lines(width: Int.max / 4).joined(separator: "\n")
        }
        if let tensor = object as? TensorObject { return TensorDisplay.whole(tensor.tensor) }
        return object.description
    }
}
