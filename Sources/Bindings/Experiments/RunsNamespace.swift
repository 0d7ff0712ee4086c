import Charts
import Experiments
import Foundation
import Language
import Statement
import Text

/// The recorded runs at the prompt: what `eft runs` shows, as values.
enum RunsNamespace {
    private static let store = ", store: str = \"\(ExperimentsManager.defaultStore)\""

    static let functions = Namespace(
        "runs", doc: "The runs that were recorded.",
        [
            Builtin(
                "runs", "(experiment: str | none = none, status: str | none = none, last: int | none = none\(store)) -> Table",
                doc: """
                    The recorded runs, oldest first: those whose experiment's name has the text `experiment` in it, whose status is RUNNING, \
                    FINISHED or FAILED, the `last` so many. `params` and `metrics` of a row are dicts.
                    """,
                example: "len(runs(store = \":memory:\")) == 0"
            ) { call in .host(table(try open(call, 3).details(try filter(call)))) },
            Builtin(
                "show_run", "(run: str\(store)) -> dict",
                doc: "A run by its id, the beginning of one, or its name, with its parameters, last metrics and whole curves.",
                example: """
                    store = f"{folder}/runs.db"; \
                    for loss in [0.5, 0.25] { t = ExperimentsManager("loss", "demo", [MetricsAccumulator("loss")], tracking_uri = store); \
                    t.save_metric("loss", loss); t.finish_run() }; all = runs(store = store); \
                    assert show_run(all[0]["run"], store = store)["curves"] == {"loss": [0.5]}
                    """
            ) { call in
                let store = try open(call, 1)
                let details = try named(try call.string(0), in: store)
                var fields = row(details)
                fields.append(
                    (
                        "curves",
                        .dict(
                            try details.metrics.map {
                                ($0.name, .list(try store.curve($0.name, run: details.run.id).map { .float($0.value) }))
                            })
                    ))
                return .dict(fields)
            },
            Builtin(
                "compare_runs", "(*names: str\(store)) -> Table",
                doc: "Runs beside each other: the parameters in which they differ, then the last value of each metric.",
                example: """
                    store = f"{folder}/runs.db"; \
                    for loss in [0.5, 0.25] { t = ExperimentsManager("loss", "demo", [MetricsAccumulator("loss")], tracking_uri = store); \
                    t.save_metric("loss", loss); t.finish_run() }; all = runs(store = store); \
                    assert len(compare_runs(all[0]["run"], all[1]["run"], store = store)) == 1
                    """
            ) { call in
                let store = try open(call, 1)
                let comparison = RunComparison(try call.strings(0).map { try named($0, in: store) })
                let columns = ["what"] + comparison.runs.map { String($0.run.id.prefix(8)) }
                return .host(
                    TableObject(
                        columns: columns,
                        rows: comparison.params.map { row in [.string(row.name)] + row.values.map { $0.map { .string($0) } ?? .none } }
                            + comparison.metrics.map { row in [.string(row.name)] + row.values.map { $0.map { .float($0) } ?? .none } }))
            },
            Builtin(
                "plot_runs", "(*names: str, metric: str | none = none\(store)) -> Chart",
                doc: "The curves of a metric of several runs in one chart; without `metric`, of the one with the longest curve.",
                example: """
                    store = f"{folder}/runs.db"; \
                    for loss in [0.5, 0.25] { t = ExperimentsManager("loss", "demo", [MetricsAccumulator("loss")], tracking_uri = store); \
                    t.save_metric("loss", loss); t.finish_run() }; all = runs(store = store); \
                    assert type(plot_runs(all[0]["run"], all[1]["run"], store = store)) == "Chart"
                    """
            ) { call in
                let store = try open(call, 2)
                let chosen = try call.strings(0).map { try named($0, in: store) }
                return .host(ChartObject(try RunCurves(chosen, metric: try call.optionalString(1), in: store).chart))
            },
            Builtin(
                "prune_runs",
                """
                (failed: bool = false, older_than: float | none = none, experiment: str | none = none, keep_best: int | none = none, \
                metric: str | none = none, yes: bool = false\(store)) -> Table
                """,
                doc: """
                    The runs that fit all that is given: those that `failed`, that began more than `older_than` days ago, whose experiment's name \
                    has the text `experiment` in it, all but the `keep_best` settings by `metric`. With `yes` they are deleted with their curves \
                    and models, which cannot be taken back. Runs that are going on stay, and so does what ablations know of their cells.
                    """,
                example: """
                    store = f"{folder}/runs.db"; \
                    for loss in [0.5, 0.25] { t = ExperimentsManager("loss", "demo", [MetricsAccumulator("loss")], tracking_uri = store); \
                    t.save_metric("loss", loss); t.finish_run() }; all = runs(store = store); \
                    assert len(prune_runs(experiment = "demo", yes = true, store = store)) == 2 and len(runs(store = store)) == 0
                    """
            ) { call in
                var pruning = RunPruning()
                pruning.onlyFailed = try call.bool(0)
                pruning.olderThan = call.isGiven(1) ? try call.double(1) : nil
                pruning.experiment = try call.optionalString(2)
                pruning.keepBest = try call.optionalInt(3)
                pruning.metric = try call.optionalString(4)
                guard !pruning.isEmpty else {
                    throw ScriptError.value("prune_runs: say which runs: failed, older_than, experiment or keep_best with metric")
                }
                guard pruning.keepBest == nil || pruning.metric != nil else {
                    throw ScriptError.value("prune_runs: keep_best needs a metric")
                }
                let store = try open(call, 6)
                let runs = try pruning.runs(in: store)
                if try call.bool(5), !runs.isEmpty {
                    Journal.cannotUndo("deleted \(runs.count == 1 ? "1 run" : "\(runs.count) runs")")
                    try store.prune(runs)
                }
                return .host(table(runs))
            },
            Builtin(
                "best_runs",
                "(metric: str, experiment: str | none = none, higher_is_better: bool | none = none, last: int | none = none\(store)) -> Table",
                doc: """
                    The finished runs by a metric, best first. Runs that differ in their `seed` only are one row with mean and 95 % interval: the \
                    best of single runs is chosen by noise too. Metrics named loss or error are better when low, unless told otherwise.
                    """,
                example: """
                    store = f"{folder}/runs.db"; \
                    for loss in [0.5, 0.25] { t = ExperimentsManager("loss", "demo", [MetricsAccumulator("loss")], tracking_uri = store); \
                    t.save_metric("loss", loss); t.finish_run() }; all = runs(store = store); \
                    assert best_runs("loss", store = store)[0]["mean"] == 0.25
                    """
            ) { call in
                let metric = try call.string(0)
                let store = try open(call, 4)
                let higher = call.isGiven(2) ? try call.bool(2) : RunGroup.higherIsBetter(metric)
                let all = try store.details(RunFilter(experiment: try call.optionalString(1), last: try call.optionalInt(3)))
                let groups = RunGroup.ranked(all, metric: metric, higherIsBetter: higher)
                return .host(
                    TableObject(
                        columns: ["experiment", "run", "runs", "mean", "low", "high", "params"],
                        rows: groups.map { group in
                            [
                                .string(group.experiment), .string(String((group.runs.first?.run.id ?? "").prefix(8))),
                                .int(group.runs.count),
                                .float(group.estimate.mean), .float(group.estimate.low), .float(group.estimate.high),
                                .dict(group.params.map { ($0.name, .string($0.value)) }),
                            ]
                        }))
            },
        ])

    private static func open(_ call: borrowing BuiltinCall, _ position: Int) throws -> RunStore {
        let path = try call.string(position)
        // Asking makes no store.
        return try RunStore(path: path == ":memory:" || !FileManager.default.fileExists(atPath: path) ? nil : path)
    }

    private static func named(_ name: String, in store: RunStore) throws -> RunDetails {
        do {
            return try store.details(named: name)
        } catch let error as RunLookupError {
            throw ScriptError(.key, error.description, help: "runs() lists them")
        }
    }

    private static func filter(_ call: borrowing BuiltinCall) throws -> RunFilter {
        let status = try call.optionalString(1)
        guard status.map({ RunStatus(rawValue: $0.uppercased()) != nil }) ?? true else {
            throw ScriptError.value("runs: status is RUNNING, FINISHED or FAILED, not \(Value.string(status ?? "").repr)")
        }
        return RunFilter(
            experiment: try call.optionalString(0), status: status.flatMap { RunStatus(rawValue: $0.uppercased()) },
            last: try call.optionalInt(2))
    }

    private static func row(_ details: RunDetails) -> [(String, Value)] {
        [
            ("run", .string(details.run.id)), ("experiment", .string(details.experiment)), ("name", .string(details.run.name)),
            ("status", .string(details.run.status.rawValue)), ("started", .string(details.run.started.formatted(.iso8601))),
            ("seconds", details.seconds.map { .float($0) } ?? .none),
            ("params", .dict(details.params.map { ($0.name, .string($0.value)) })),
            ("metrics", .dict(details.metrics.map { ($0.name, .float($0.value)) })),
        ]
    }

    private static func table(_ runs: [RunDetails]) -> TableObject {
        TableObject(
            columns: ["run", "experiment", "name", "status", "started", "seconds", "params", "metrics"],
            rows: runs.map { row($0).enumerated().map { $0 == 0 ? .string(String(($1.1.asString ?? "").prefix(8))) : $1.1 } })
    }
}

/// The curves of one metric of several runs, ready to be drawn.
public struct RunCurves {
    public let metric: String
    public let chart: Chart
    private let curves: [(run: RunDetails, points: [MetricPoint])]

    /// - Parameter metric: nil for the one with the longest curve in the first run.
    /// - Throws: KeyError when a run has no such metric.
    public init(_ runs: [RunDetails], metric: String?, in store: RunStore) throws {
        guard let first = runs.first else { throw ScriptError.value("say which runs") }
        let lengths = try first.metrics.map { ($0.name, try store.curve($0.name, run: first.run.id).count) }
        guard let metric = metric ?? lengths.max(by: { $0.1 < $1.1 })?.0 else {
            throw ScriptError.value("the run \(first.run.name) has no metrics")
        }
        let names = Dictionary(grouping: runs, by: \.run.name)
        curves = try runs.map { run in
            guard run.metric(metric) != nil else {
                throw ScriptError(
                    .key, "the run \(run.run.name) has no metric \(Value.string(metric).repr)",
                    help: run.metrics.isEmpty ? "it has none" : "it has \(run.metrics.map(\.name).joined(separator: ", "))")
            }
            return (run, try store.curve(metric, run: run.run.id))
        }
        let series = curves.map { run, points in
            let isAlone = names[run.run.name]?.count == 1
            return Chart.Series(
                name: isAlone ? run.run.name : "\(run.run.name) \(run.run.id.prefix(8))", ys: points.map(\.value))
        }
        self.metric = metric
        var chart = Chart(.lines(series))
        chart.title = metric
        chart.xLabel = "step"
        self.chart = chart
    }

    public var json: JSONValue {
        let runs = curves.map { run, points -> JSONValue in
            [
                "run": .string(run.run.id), "name": .string(run.run.name), "steps": .array(points.map { .int(Int64($0.step)) }),
                "values": .array(points.map { .double($0.value) }),
            ]
        }
        return ["metric": .string(metric), "runs": .array(runs)]
    }
}
