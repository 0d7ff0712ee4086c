import Charts
import Console
import Experiments
import Foundation

/// Recorded runs as text.
enum RunReport {
    /// All runs, newest last: id, experiment, name, status, start, length and last values.
    static func list(_ store: RunStore, width: Int) throws -> [String] {
        let experiments = Dictionary(try store.experiments().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let runs = try store.runs()
        guard !runs.isEmpty else { return ["No runs yet."] }
        let rows = try runs.map { run in
            let values = try store.latest(run: run.id).prefix(3).map { "\($0.name) \(number($0.value))" }.joined(separator: ", ")
            return [
                String(run.id.prefix(8)), experiments[run.experimentID] ?? "", run.name, run.status.rawValue, date(run.started),
                length(run), values,
            ]
        }
        return TextTable.lines([["run", "experiment", "name", "status", "started", "took", "last values"]] + rows, width: width)
    }

    /// One run: what it was, its parameters, and each metric with its curve.
    static func page(of run: RunRecord, in store: RunStore, width: Int) throws -> [String] {
        var lines = ["run \(run.id)  \(run.name)", "\(run.status.rawValue), started \(date(run.started)), took \(length(run))", ""]
        let params = try store.params(run: run.id).sorted { $0.key < $1.key }
        lines += TextTable.lines(params.map { ["  " + $0.key, $0.value] }, width: width)
        let rows = try store.latest(run: run.id).map { metric in
            let values = try store.curve(metric.name, run: run.id).map(\.value)
            let finite = values.filter(\.isFinite)
            let range = finite.isEmpty ? "" : "\(number(finite.min() ?? 0)) … \(number(finite.max() ?? 0))"
            return ["  " + metric.name, "\(values.count)", number(metric.value), range, Sparkline.text(values, columns: 24)]
        }
        guard !rows.isEmpty else { return lines + ["", "  no metrics"] }
        return lines + [""] + TextTable.lines([["  metric", "points", "last", "range", "curve"]] + rows, width: width)
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.5g", value) : value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
    }

    private static func length(_ run: RunRecord) -> String {
        run.ended.map { Duration.text(max(0, $0.timeIntervalSince(run.started))) } ?? "–"
    }

    private static func date(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "" }
        return String(
            format: "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min)
    }
}
