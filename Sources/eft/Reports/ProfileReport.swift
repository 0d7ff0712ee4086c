import Console
import Foundation
import Language
import Tensors
import Text

/// What `eft profile` found, as tables and as JSON.
struct ProfileReport {
    private let duration: Int
    private let runs: Int
    /// By self time, the longest first.
    private let lines: [LineProfile.Line]
    private let operations: [(key: OperationProfile.Key, totals: OperationProfile.Totals)]
    private let bytesOutside: Int

    init(_ profile: ScriptProfile) {
        duration = profile.lines.duration
        runs = profile.lines.runs
        lines = profile.lines.lines.sorted { ($0.selfTime, $0.totalTime, $1.number) > ($1.selfTime, $1.totalTime, $0.number) }
        operations = profile.operations.totals.map { ($0.key, $0.value) }.sorted {
            $0.totals.selfNanoseconds == $1.totals.selfNanoseconds
                ? $0.key < $1.key : $0.totals.selfNanoseconds > $1.totals.selfNanoseconds
        }
        bytesOutside = profile.operations.bytesOutside
    }

    // MARK: Tables

    /// The tables, with at most `top` rows each.
    ///
    /// - Parameter showsOption: whether there is a `--top` to ask for more with.
    func text(top: Int, width: Int, showsOption: Bool = false) -> [String] {
        let shown = lines.prefix(top)
        let bytes = operations.reduce(bytesOutside) { $0 + $1.totals.bytes }
        var result = [
            "\(Duration.text(seconds(duration))), \(runs) statements" + (bytes > 0 ? ", \(size(bytes)) of tensors made" : ""), "",
        ]
        let rows = shown.map { line in
            [
                Duration.text(seconds(line.selfTime)), percent(line.selfTime), Duration.text(seconds(line.totalTime)),
                percent(line.totalTime), "\(line.runs)", line.totalBytes > 0 ? size(line.totalBytes) : "", place(line),
                line.source.line(line.number).trimmingCharacters(in: .whitespaces),
            ]
        }
        result += table(["self", "", "total", "", "runs", "memory", "line", ""], rows, numbers: 6, width: width)
        if lines.count > shown.count {
            result.append("… \(lines.count - shown.count) more lines" + (showsOption ? "; --top \(lines.count) shows all" : ""))
        }
        guard !operations.isEmpty else { return result }
        let operationRows = operations.prefix(top).map { key, totals in
            [
                Duration.text(seconds(totals.selfNanoseconds)), percent(totals.selfNanoseconds),
                Duration.text(seconds(totals.totalNanoseconds)), "\(totals.calls)", totals.bytes > 0 ? size(totals.bytes) : "",
                totals.gigaflops.map { String(format: "%.1f", $0) } ?? "", key.operation, key.pass.rawValue,
            ]
        }
        result.append("")
        result += table(["self", "", "total", "calls", "memory", "GFLOP/s", "operation", "pass"], operationRows, numbers: 6, width: width)
        if operations.count > top { result.append("… \(operations.count - top) more operations") }
        return result
    }

    /// The first `numbers` columns are aligned to the right.
    private func table(_ head: [String], _ rows: [[String]], numbers: Int, width: Int) -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { Terminal.columns($0[column]) }.max() ?? 0 }
        return TextTable.lines(
            all.map { row in row.enumerated().map { $0 < numbers ? TextTable.pad($1, widths[$0], right: true) : $1 } }, width: width)
    }

    private func place(_ line: LineProfile.Line) -> String {
        let name = line.source.name.split(separator: "/").last.map(String.init) ?? line.source.name
        return "\(name):\(line.number)"
    }

    private func percent(_ nanoseconds: Int) -> String {
        duration > 0 ? "\(Int((100 * Double(nanoseconds) / Double(duration)).rounded()))%" : ""
    }

    private func seconds(_ nanoseconds: Int) -> Double { Double(nanoseconds) / 1e9 }

    private func size(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var amount = Double(bytes), unit = 0
        while amount >= 1024, unit < units.count - 1 { (amount, unit) = (amount / 1024, unit + 1) }
        return unit == 0 ? "\(bytes) B" : String(format: amount < 100 ? "%.1f %@" : "%.0f %@", amount, units[unit])
    }

    // MARK: JSON

    /// Everything, times in nanoseconds and memory in bytes.
    func json() -> String {
        let lineObjects = lines.map { line -> JSONValue in
            [
                "file": .string(line.source.name), "line": number(line.number), "text": .string(line.source.line(line.number)),
                "runs": number(line.runs), "self_ns": number(line.selfTime), "total_ns": number(line.totalTime),
                "self_bytes": number(line.selfBytes), "total_bytes": number(line.totalBytes),
            ]
        }
        let operationObjects = operations.map { key, totals -> JSONValue in
            [
                "operation": .string(key.operation), "pass": .string(key.pass.rawValue), "calls": number(totals.calls),
                "self_ns": number(totals.selfNanoseconds), "total_ns": number(totals.totalNanoseconds), "bytes": number(totals.bytes),
                "multiplications": number(totals.multiplications), "gflops": totals.gigaflops.map { .double($0) } ?? .null,
            ]
        }
        let report: JSONValue = [
            "duration_ns": number(duration), "statements": number(runs), "bytes_outside_operations": number(bytesOutside),
            "lines": .array(lineObjects), "operations": .array(operationObjects),
        ]
        var writer = JSONWriter(indent: 2)
        writer.nonFinite = .null
        return (try? writer.string(report)) ?? "null"
    }

    private func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
}
