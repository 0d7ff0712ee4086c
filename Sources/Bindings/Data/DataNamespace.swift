import Clickstream
import Foundation
import Language
import Statement
import Text

/// Reading and writing records: JSON, JSON Lines, CSV.
enum DataNamespace {
    static let functions = Namespace(
        "data", doc: "Reading and writing records.",
        [
            Builtin(
                "read_jsonl", "(path: str) -> list",
                doc: "The records of a JSON Lines file, one dict a line; a broken line is an IOError that names it.",
                example: "write_jsonl(f\"{folder}/x.jsonl\", [{\"a\": 1}]); assert read_jsonl(f\"{folder}/x.jsonl\") == [{\"a\": 1}]"
            ) { call in
                .list(try JSONLines.read(try call.string(0)).map { Language.Value(.object($0.object)) })
            },
            Builtin(
                "write_jsonl", "(path: str, records: any) -> none",
                doc: "Writes one JSON object a line, replacing the file only when all is written.",
                example: "write_jsonl(f\"{folder}/x.jsonl\", [{\"a\": 1}]); assert len(read_lines(f\"{folder}/x.jsonl\")) == 1"
            ) { call in
                let writer = JSONWriter()
                var text = ""
                for (number, record) in try call.iterable(1).enumerated() {
                    text += try writer.string(try JSONValue(record, at: "record \(number)")) + "\n"
                }
                try OutputFile.write(Data(text.utf8), to: try call.string(0))
                return .none
            },
            Builtin(
                "read_csv", "(path: str, separator: str | none = none) -> list",
                doc: "The rows of a CSV or TSV file with a header line, one dict of texts a row.",
                example: """
                    write_text(f"{folder}/x.csv", "a,b"); write_text(f"{folder}/x.csv", chr(10) + "1,x", append = true); \
                    assert len(read_csv(f"{folder}/x.csv")) == 1
                    """
            ) { call in
                let path = try call.string(0)
                let rows =
                    try call.optionalString(1).map { try SeparatedValues(path: path, separator: try byte($0)) }
                    ?? SeparatedValues(path: path)
                var records: [Language.Value] = []
                while let record = try rows.next() { records.append(Language.Value(.object(record.object))) }
                return .list(records)
            },
        ])

    /// The module `json`.
    static let json = Namespace(
        "json", doc: "JSON text and values.",
        [
            Builtin(
                "parse", "(text: str) -> any", doc: "The value of a JSON text.",
                example: "json.parse('{\"a\": [1, 2.5, null]}') == {\"a\": [1, 2.5, none]}",
                aliases: ["loads"]
            ) { call in
                var options = JSONParser.Options()
                options.isInterrupted = { Interruption.isRequested }
                do {
                    return try Language.Value.converted(JSONParser.parse(try call.string(0), options: options)) { try Interruption.check() }
                } catch let error as JSONError {
                    if error.kind == .interrupted { throw Interrupted() }
                    throw ScriptError.value("json: \(error)")
                }
            },
            Builtin(
                "text", "(value: any, indent: int | none = none) -> str", doc: "A value as JSON text.",
                example: "json.text({\"a\": [1, true]}) == '{\"a\": [1, true]}'",
                aliases: ["dumps"]
            ) { call in
                let indent = try call.optionalInt(1)
                guard indent.map((0...100).contains) ?? true else {
                    throw ScriptError.value("json.text: indent must be an int from 0 to 100, not \(indent ?? 0)")
                }
                let writer = JSONWriter(indent: indent)
                return .string(try writer.string(try JSONValue(call[0])))
            },
        ])

    private static func byte(_ separator: String) throws -> UInt8 {
        guard separator.utf8.count == 1, let byte = separator.utf8.first else {
            throw ScriptError.value("read_csv: separator must be one ASCII character, not \(separator.debugDescription)")
        }
        return byte
    }
}
