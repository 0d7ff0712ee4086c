import Charts
import Console
import Experiments
import Foundation

/// Recorded runs as text.
enum RunReport {
    /// Runs, newest last: id, experiment, name, status, start, length and last values.
    static func list(_ runs: [RunDetails], width: Int) -> [String] {
        guard !runs.isEmpty else { return ["No runs yet."] }
        let rows = runs.map { run in
            [
                String(run.run.id.prefix(8)), run.experiment, run.run.name, run.run.status.rawValue, date(run.run.started), length(run),
                run.metrics.prefix(3).map { "\($0.name) \(number($0.value))" }.joined(separator: ", "),
            ]
        }
        return TextTable.lines([["run", "experiment", "name", "status", "started", "took", "last values"]] + rows, width: width)
    }

    /// One run: what it was, its parameters, and each metric with its curve.
    static func page(of details: RunDetails, in store: RunStore, width: Int) throws -> [String] {
        let run = details.run
        var lines = [
            "run \(run.id)  \(run.name)", "\(details.experiment)",
            "\(run.status.rawValue), started \(date(run.started)), took \(length(details))", "",
        ]
        lines += TextTable.lines(details.params.map { ["  " + $0.name, $0.value] }, width: width)
        let rows = try details.metrics.map { metric in
            let values = try store.curve(metric.name, run: run.id).map(\.value)
            let finite = values.filter(\.isFinite)
            let range = finite.isEmpty ? "" : "\(number(finite.min() ?? 0)) … \(number(finite.max() ?? 0))"
            return ["  " + metric.name, "\(values.count)", number(metric.value), range, Sparkline.text(values, columns: 24)]
        }
        guard !rows.isEmpty else { return lines + ["", "  no metrics"] }
        return lines + [""] + TextTable.lines([["  metric", "points", "last", "range", "curve"]] + rows, width: width)
    }

    /// Runs as columns: who they are, the parameters that differ, the metrics.
    static func comparison(_ comparison: RunComparison, width: Int) -> [String] {
        let runs = comparison.runs
        var rows = [[""] + runs.map { String($0.run.id.prefix(8)) }, ["name"] + runs.map(\.run.name)]
        rows.append(["status"] + runs.map(\.run.status.rawValue))
        rows.append(["took"] + runs.map(length))
        rows += comparison.params.map { row in [row.name] + row.values.map { $0 ?? "–" } }
        rows += comparison.metrics.map { row in [row.name] + row.values.map { $0.map(number) ?? "–" } }
        let same = comparison.params.isEmpty ? ["their parameters are the same"] : []
        return TextTable.lines(rows, width: width) + same
    }

    /// Settings by their mean, and what the first one's lead is worth.
    static func best(_ groups: [RunGroup], metric: String, count: Int, width: Int) -> [String] {
        let shown = Array(groups.prefix(max(1, count)))
        let names = Set(groups.flatMap { $0.params.map(\.name) }).filter { name in
            Set(groups.map { group in group.params.first { $0.name == name }?.value }).count > 1
        }
        let rows = shown.map { group in
            [
                String((group.runs.first?.run.id ?? "").prefix(8)), "\(group.runs.count)", number(group.estimate.mean),
                group.estimate.low.isNaN ? "–" : "\(number(group.estimate.low)) … \(number(group.estimate.high))", group.experiment,
                group.params.filter { names.contains($0.name) }.map { "\($0.name)=\($0.value)" }.joined(separator: ", "),
            ]
        }
        let verdict = RunGroup.verdict(groups)
        return TextTable.lines([["run", "runs", metric, "95 % interval", "experiment", "parameters that differ"]] + rows, width: width)
            + (verdict.isEmpty ? [] : [verdict])
    }

    static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.5g", value) : value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
    }

    private static func length(_ run: RunDetails) -> String { run.seconds.map { Duration.text($0) } ?? "–" }

    private static func date(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "" }
        return String(
            format: "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min)
    }
}
