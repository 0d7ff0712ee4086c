import Charts
import Language

/// Takes the data of charts from a script's values.
enum ChartReader {
    /// Numbers of a list, a range, a tensor of any shape (in row-major order), or anything else that can be gone through; none is a gap.
    static func numbers(_ value: Value, _ name: String, _ interpreter: Interpreter) throws -> [Double] {
        if case .host(let object) = value, let tensor = object as? TensorObject { return tensor.tensor.doubles() }
        if value.asString != nil || value.asDouble != nil { throw wrong(name, value) }
        return try interpreter.collect(value).enumerated().map { index, item in
            if item.isNone { return .nan }
            if let number = item.asDouble { return number }
            if case .host(let object) = item, let number = try object.numericValue() { return number }
            throw ScriptError.type("\(name)[\(index)] must be a number, not \(item.typeNameWithArticle)")
        }
    }

    private static func wrong(_ name: String, _ value: Value) -> ScriptError {
        ScriptError.type("\(name) must be numbers (a list or a tensor), not \(value.typeNameWithArticle)")
    }

    /// `plot(y)`, `plot(x, y)`, `plot({name: ys or (xs, ys)})`.
    static func series(_ first: Value, _ second: Value, _ interpreter: Interpreter) throws -> [Chart.Series] {
        if case .dict(let dict) = first, second.isNone {
            return try dict.pairs.map { key, value in
                let name = key.display
                if case .tuple(let pair) = value, pair.items.count == 2 {
                    return try series(pair.items[0], pair.items[1], name, interpreter)
                }
                return Chart.Series(name: name, ys: try numbers(value, name, interpreter))
            }
        }
        if second.isNone { return [Chart.Series(ys: try numbers(first, "y", interpreter))] }
        return [try series(first, second, "", interpreter)]
    }

    private static func series(_ x: Value, _ y: Value, _ name: String, _ interpreter: Interpreter) throws -> Chart.Series {
        let of = name.isEmpty ? "" : " of \(name)"
        let xs = try numbers(x, "x" + of, interpreter), ys = try numbers(y, "y" + of, interpreter)
        guard xs.count == ys.count else {
            throw ScriptError.value("x\(of) has \(xs.count) values and y\(of) has \(ys.count)", help: "each point needs both")
        }
        return Chart.Series(name: name, xs: xs, ys: ys)
    }

    /// `bars(labels, values)` or `bars({label: value})`.
    static func bars(_ first: Value, _ second: Value, _ interpreter: Interpreter) throws -> (labels: [String], values: [Double]) {
        if case .dict(let dict) = first, second.isNone {
            return (dict.keys.map(\.display), try numbers(.list(dict.pairs.map(\.value)), "values", interpreter))
        }
        guard !second.isNone else {
            throw ScriptError.type("bars needs labels and values, or a dict of values by label")
        }
        let labels = try interpreter.collect(first).map(\.display)
        let values = try numbers(second, "values", interpreter)
        guard labels.count == values.count else {
            throw ScriptError.value("there are \(labels.count) labels and \(values.count) values", help: "each bar needs both")
        }
        return (labels, values)
    }

    static func matrix(_ value: Value, _ interpreter: Interpreter) throws -> [[Double]] {
        if case .host(let object) = value, let tensor = (object as? TensorObject)?.tensor {
            guard tensor.rank == 2 else {
                throw ScriptError(.shape, "heatmap needs a matrix, not \(tensor.signature)", help: "choose two axes, as in t[0]")
            }
            let values = tensor.doubles(), width = tensor.shape.dims[1]
            return (0..<tensor.shape.dims[0]).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
        }
        return try interpreter.collect(value).enumerated().map { try numbers($1, "rows[\($0)]", interpreter) }
    }
}

/// Takes the rows of a table from a script's values.
enum TableReader {
    static func table(_ value: Value, columns: [String]?, _ interpreter: Interpreter) throws -> TableObject {
        if case .host(let object) = value, let table = object as? TableObject {
            guard let columns else { return table }
            let chosen = try columns.map { try table.values(of: $0) }
            return TableObject(columns: columns, rows: table.rows.indices.map { row in chosen.map { $0[row] } })
        }
        if case .dict(let dict) = value { return try table(ofColumns: dict, columns, interpreter) }
        var names = columns ?? []
        var known = Set(names)
        let rows = try interpreter.collect(value)
        let records = rows.map(fields)
        if columns == nil {
            for case let record? in records { for (name, _) in record where known.insert(name).inserted { names.append(name) } }
        }
        let cells = try zip(rows, records).enumerated().map { number, row -> [Value] in
            if let record = row.1 {
                let byName = Dictionary(record, uniquingKeysWith: { _, last in last })
                return names.map { byName[$0] ?? .none }
            }
            guard columns != nil else {
                throw ScriptError.type(
                    "row \(number) is \(row.0.typeNameWithArticle), which has no names for its columns",
                    help: "give them, as in table(rows, columns = [\"query\", \"loss\"])")
            }
            let items = try interpreter.collect(row.0)
            guard items.count == names.count else {
                throw ScriptError.value("row \(number) has \(items.count) values for \(names.count) columns")
            }
            return items
        }
        return TableObject(columns: names, rows: cells)
    }

    /// The named values of a dict or struct; nil for other values.
    private static func fields(_ value: Value) -> [(String, Value)]? {
        switch value {
        case .dict(let dict): dict.pairs.map { ($0.key.display, $0.value) }
        case .structure(let object): Array(zip(object.type.signature.parameters.map(\.name), object.fields))
        default: nil
        }
    }

    private static func table(ofColumns dict: DictObject, _ columns: [String]?, _ interpreter: Interpreter) throws -> TableObject {
        let parts = try dict.pairs.map { (name: $0.key.display, values: try interpreter.collect($0.value)) }
        let count = parts.first?.values.count ?? 0
        if let odd = parts.first(where: { $0.values.count != count }) {
            throw ScriptError.value("the column `\(odd.name)` has \(odd.values.count) values and `\(parts[0].name)` has \(count)")
        }
        let whole = TableObject(columns: parts.map(\.name), rows: (0..<count).map { row in parts.map { $0.values[row] } })
        return try columns.map { try table(.host(whole), columns: $0, interpreter) } ?? whole
    }
}
