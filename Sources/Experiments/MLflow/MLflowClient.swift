import Foundation
import Text

/// MLflow's tracking server by its REST API, version 2.0 (https://mlflow.org/docs/latest/rest-api.html): the calls that runs need.
///
/// Artifacts go through the server itself, by `mlflow-artifacts` (`PUT`, `GET` and `DELETE` below /api/2.0/mlflow-artifacts/artifacts), which is
/// on unless a server is started with --no-serve-artifacts.
struct MLflowClient: Sendable {
    let connection: HTTPConnection

    /// The run's id in the store that made it, so that a run is not made twice when an answer got lost.
    static let keyTag = "eft.run_id"

    /// A batch holds up to 1000 metrics and up to 100 params (`log-batch`, "Request Limits"); 500 keep it far below 1 MB.
    static let metricsPerBatch = 500

    private func post(_ path: String, _ body: JSONValue) throws(MLflowError) -> JSONValue {
        try connection.call("POST", "/api/2.0/mlflow/" + path, body: body)
    }

    private func get(_ path: String, _ query: [(String, String)]) throws(MLflowError) -> JSONValue {
        try connection.call("GET", "/api/2.0/mlflow/" + path, query: query)
    }

    // MARK: Experiments

    struct Experiment: Sendable {
        let id: String
        let name: String
        let created: Date
        let isDeleted: Bool
    }

    func experiments() throws(MLflowError) -> [Experiment] {
        try pages { token throws(MLflowError) in
            var body: JSONObject = ["max_results": 1000, "view_type": "ACTIVE_ONLY"]
            if let token { body["page_token"] = .string(token) }
            return try post("experiments/search", .object(body))
        }.flatMap { ($0["experiments"]?.arrayValue ?? []).compactMap(Self.experiment) }
    }

    func experiment(named name: String) throws(MLflowError) -> Experiment? {
        do {
            return try get("experiments/get-by-name", [("experiment_name", name)])["experiment"].flatMap(Self.experiment)
        } catch let error where error.isMissing {
            return nil
        }
    }

    /// The experiment of this name, made if there is none; a deleted one that stands in the way is renamed first.
    func obtainExperiment(named name: String) throws(MLflowError) -> Experiment {
        for _ in 0..<3 {
            if let found = try experiment(named: name) {
                if !found.isDeleted { return found }
                _ = try post("experiments/restore", ["experiment_id": .string(found.id)])
                try archive(experiment: found.id)
            }
            do {
                // MLflow's name for experiments with trainings, beside those with prompts and traces.
                let kind: JSONValue = ["key": "mlflow.experimentKind", "value": "custom_model_development"]
                _ = try post("experiments/create", ["name": .string(name), "tags": [kind]])
            } catch let error where error.isAlreadyThere {
                // Somebody else made it in between.
            }
        }
        throw .unexpected("the experiment '\(name)' could not be made")
    }

    /// Renames an experiment to "{id}_archive" and deletes it.
    func archive(experiment id: String) throws(MLflowError) {
        _ = try post("experiments/update", ["experiment_id": .string(id), "new_name": .string(id + "_archive")])
        _ = try post("experiments/delete", ["experiment_id": .string(id)])
    }

    private static func experiment(_ value: JSONValue) -> Experiment? {
        guard let id = value["experiment_id"]?.stringValue, let name = value["name"]?.stringValue else { return nil }
        return Experiment(
            id: id, name: name, created: date(value["creation_time"]) ?? Date(timeIntervalSince1970: 0),
            isDeleted: value["lifecycle_stage"]?.stringValue == "deleted")
    }

    // MARK: Runs

    struct Run: Sendable {
        let id: String
        let experiment: String
        let name: String
        let status: RunStatus
        let started: Date
        let ended: Date?
        let artifacts: String
        let isDeleted: Bool
        let params: [String: String]
        let latest: [(name: String, point: MetricPoint)]
    }

    /// - Parameter params: for the description, since the name of a run that is a hash says nothing to a reader.
    func createRun(experiment: String, name: String, started: Date, key: String, params: [(name: String, value: String)])
        throws(MLflowError) -> Run
    {
        let user = ProcessInfo.processInfo.environment["USER"] ?? "eft"
        let tags = [
            (Self.keyTag, key), ("mlflow.runName", name), ("mlflow.user", user), ("mlflow.source.name", "eft"),
            ("mlflow.source.type", "LOCAL"),
            // The description, in Markdown; a tag holds up to 5000 characters.
            ("mlflow.note.content", String(params.map { "`\($0.name)` \($0.value)" }.joined(separator: " · ").prefix(5000))),
        ].filter { !$0.1.isEmpty }
        let answer = try post(
            "runs/create",
            [
                "experiment_id": .string(experiment), "run_name": .string(name), "start_time": Self.milliseconds(started),
                "tags": .array(tags.map { ["key": .string($0.0), "value": .string($0.1)] }),
            ])
        guard let run = answer["run"].flatMap(Self.run) else { throw .unexpected("the server made a run and does not say which") }
        return run
    }

    /// A run by MLflow's id.
    func run(id: String) throws(MLflowError) -> Run? {
        do {
            return try get("runs/get", [("run_id", id)])["run"].flatMap(Self.run)
        } catch let error where error.isMissing {
            return nil
        }
    }

    /// Runs of some experiments that were not deleted, oldest first; `key` asks for the one that a store made under this id.
    func runs(experiments: [String], key: String? = nil) throws(MLflowError) -> [Run] {
        if experiments.isEmpty { return [] }
        return try pages { token throws(MLflowError) in
            var body: JSONObject = [
                "experiment_ids": .array(experiments.map { .string($0) }), "max_results": 1000, "run_view_type": "ACTIVE_ONLY",
                "order_by": ["attributes.start_time ASC"],
            ]
            if let key { body["filter"] = .string("tags.`\(Self.keyTag)` = '\(key)'") }
            if let token { body["page_token"] = .string(token) }
            return try post("runs/search", .object(body))
        }.flatMap { ($0["runs"]?.arrayValue ?? []).compactMap(Self.run) }
    }

    func log(run: String, params: [(name: String, value: String)]) throws(MLflowError) {
        for start in stride(from: 0, to: params.count, by: 100) {
            // A value holds up to 6000 characters.
            let some = params[start..<min(start + 100, params.count)].map { param -> JSONValue in
                ["key": .string(Self.name(param.name)), "value": .string(String(param.value.prefix(6000)))]
            }
            _ = try post("runs/log-batch", ["run_id": .string(run), "params": .array(some)])
        }
    }

    func log(run: String, metrics: [(name: String, point: MetricPoint)]) throws(MLflowError) {
        let metrics = metrics.map { metric -> JSONValue in
            let value = metric.point.value
            // protobuf's JSON for numbers that JSON does not have.
            let number: JSONValue =
                value.isFinite ? .double(value) : .string(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
            return [
                "key": .string(Self.name(metric.name)), "value": number, "timestamp": Self.milliseconds(metric.point.time),
                "step": .int(Int64(metric.point.step)),
            ]
        }
        _ = try post("runs/log-batch", ["run_id": .string(run), "metrics": .array(metrics)])
    }

    func update(run: String, status: RunStatus, ended: Date?) throws(MLflowError) {
        var body: JSONObject = ["run_id": .string(run), "status": .string(status.rawValue)]
        if let ended { body["end_time"] = Self.milliseconds(ended) }
        _ = try post("runs/update", .object(body))
    }

    func curve(_ metric: String, run: String) throws(MLflowError) -> [MetricPoint] {
        let points = try pages { token throws(MLflowError) in
            try get(
                "metrics/get-history",
                [("run_id", run), ("metric_key", Self.name(metric)), ("max_results", "10000")] + (token.map { [("page_token", $0)] } ?? []))
        }.flatMap { ($0["metrics"]?.arrayValue ?? []).compactMap { Self.metric($0)?.point } }
        return points.sorted { ($0.step, $0.time) < ($1.step, $1.time) }
    }

    /// A name that MLflow takes: letters, digits, "_-./ " and spaces, 250 at most; other characters become "_".
    static func name(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar -> Character in
            CharacterSet.alphanumerics.contains(scalar) || "_-. /".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return String(kept.prefix(250))
    }

    private static func run(_ value: JSONValue) -> Run? {
        guard let info = value["info"], let id = info["run_id"]?.stringValue, let experiment = info["experiment_id"]?.stringValue else {
            return nil
        }
        let data = value["data"]
        let params = (data?["params"]?.arrayValue ?? []).compactMap { param in
            param["key"]?.stringValue.map { ($0, param["value"]?.stringValue ?? "") }
        }
        let status: RunStatus =
            switch info["status"]?.stringValue {
            case "FINISHED": .finished
            case "FAILED", "KILLED": .failed
            default: .running
            }
        return Run(
            id: id, experiment: experiment, name: info["run_name"]?.stringValue ?? "", status: status,
            started: date(info["start_time"]) ?? Date(timeIntervalSince1970: 0), ended: date(info["end_time"]),
            artifacts: info["artifact_uri"]?.stringValue ?? "", isDeleted: info["lifecycle_stage"]?.stringValue == "deleted",
            params: Dictionary(params, uniquingKeysWith: { $1 }), latest: (data?["metrics"]?.arrayValue ?? []).compactMap(metric))
    }

    private static func metric(_ value: JSONValue) -> (name: String, point: MetricPoint)? {
        guard let name = value["key"]?.stringValue else { return nil }
        let number = value["value"]?.doubleValue ?? value["value"]?.stringValue.flatMap(Double.init) ?? .nan
        let step = value["step"]?.intValue ?? value["step"]?.stringValue.flatMap { Int64($0) } ?? 0
        return (name, MetricPoint(step: Int(step), value: number, time: date(value["timestamp"]) ?? Date(timeIntervalSince1970: 0)))
    }

    /// Whole milliseconds since 1970, as MLflow keeps time.
    private static func milliseconds(_ date: Date) -> JSONValue { .int(Int64((date.timeIntervalSince1970 * 1000).rounded())) }

    private static func date(_ value: JSONValue?) -> Date? {
        guard let number = value?.intValue ?? value?.stringValue.flatMap({ Int64($0) }), number > 0 else { return nil }
        return Date(timeIntervalSince1970: Double(number) / 1000)
    }

    /// All pages of an answer that comes in several.
    private func pages(_ page: (String?) throws(MLflowError) -> JSONValue) throws(MLflowError) -> [JSONValue] {
        var pages: [JSONValue] = []
        var token: String?
        repeat {
            let next = try page(token)
            pages.append(next)
            token = next["next_page_token"]?.stringValue.flatMap { $0.isEmpty || $0 == token ? nil : $0 }
        } while token != nil
        return pages
    }
}
