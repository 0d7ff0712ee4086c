import Foundation
import Text

/// A run with all that is known of it but its curves.
public struct RunDetails: Sendable {
    public let run: RunRecord
    public let experiment: String
    /// By name.
    public let params: [(name: String, value: String)]
    /// The last value of each metric, by name.
    public let metrics: [(name: String, value: Double)]

    public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }

    /// How long it took; nil while it has no end.
    public var seconds: Double? { run.ended.map { max(0, $0.timeIntervalSince(run.started)) } }

    public var json: JSONValue {
        var object = JSONObject()
        object["run"] = .string(run.id)
        object["experiment"] = .string(experiment)
        object["name"] = .string(run.name)
        object["status"] = .string(run.status.rawValue)
        object["started"] = .string(run.started.formatted(.iso8601))
        object["seconds"] = seconds.map { .double($0) } ?? .null
        object["params"] = .object(JSONObject(params.map { ($0.name, .string($0.value)) }))
        object["metrics"] = .object(JSONObject(metrics.map { ($0.name, .double($0.value)) }))
        return .object(object)
    }
}

/// Which runs are meant.
public struct RunFilter: Sendable {
    /// A part of the experiment's name.
    public var experiment: String?
    public var status: RunStatus?
    /// Only those that began before.
    public var before: Date?
    /// Only the newest so many.
    public var last: Int?

    public init(experiment: String? = nil, status: RunStatus? = nil, before: Date? = nil, last: Int? = nil) {
        self.experiment = experiment
        self.status = status
        self.before = before
        self.last = last
    }
}

/// A run that was asked for and is not there, or is not one only.
public struct RunLookupError: Error, CustomStringConvertible {
    public let description: String
}

extension RunStore {
    /// The runs that fit, oldest first.
    public func details(_ filter: RunFilter = RunFilter()) throws -> [RunDetails] {
        let names = try experimentNames()
        var chosen = try runs().filter { run in
            (filter.status.map { run.status == $0 } ?? true) && (filter.before.map { run.started < $0 } ?? true)
                && (filter.experiment.map { (names[run.experimentID] ?? "").contains($0) } ?? true)
        }
        if let last = filter.last { chosen = Array(chosen.suffix(max(0, last))) }
        return try chosen.map { try details(of: $0, experiment: names[$0.experimentID] ?? "") }
    }

    /// The run of an id, of the beginning of one, or the newest of a name.
    ///
    /// - Throws: `RunLookupError`
    public func details(named name: String) throws -> RunDetails {
        let all = try runs()
        let exact = all.filter { $0.id == name || $0.name == name }
        let found = exact.isEmpty && !name.isEmpty ? all.filter { $0.id.hasPrefix(name) } : exact
        guard let run = found.last else {
            let near = Spelling.suggestion(for: name, among: all.map(\.name)).map { "; did you mean `\($0)`?" } ?? ""
            throw RunLookupError(description: "there is no run `\(name)`\(near)")
        }
        guard found.count == 1 || !exact.isEmpty else { throw RunLookupError(description: "\(found.count) runs start with `\(name)`") }
        return try details(of: run, experiment: try experimentNames()[run.experimentID] ?? "")
    }

    private func details(of run: RunRecord, experiment: String) throws -> RunDetails {
        RunDetails(
            run: run, experiment: experiment, params: try params(run: run.id).sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            metrics: try latest(run: run.id))
    }
}

/// Runs beside each other.
public struct RunComparison: Sendable {
    public struct Row: Sendable {
        public let name: String
        /// One for each run; nil where the run has none.
        public let values: [String?]
    }

    public let runs: [RunDetails]
    /// Parameters that are not the same in all.
    public let params: [Row]
    public let metrics: [(name: String, values: [Double?])]

    public init(_ runs: [RunDetails]) {
        self.runs = runs
        let names = Set(runs.flatMap { $0.params.map(\.name) }).sorted()
        params = names.map { name in Row(name: name, values: runs.map { $0.params.first { $0.name == name }?.value }) }
            .filter { Set($0.values).count > 1 }
        metrics = Set(runs.flatMap { $0.metrics.map(\.name) }).sorted().map { name in (name, runs.map { $0.metric(name) }) }
    }

    public var json: JSONValue {
        var object = JSONObject()
        object["runs"] = .array(runs.map(\.json))
        object["different_params"] = .object(
            JSONObject(params.map { row in (row.name, .array(row.values.map { $0.map { .string($0) } ?? .null })) }))
        object["metrics"] = .object(
            JSONObject(metrics.map { row in (row.name, .array(row.values.map { $0.map { .double($0) } ?? .null })) }))
        return .object(object)
    }
}

/// Runs that differ in their seed only, as one result with its noise.
public struct RunGroup: Sendable {
    public let experiment: String
    /// Without the seed.
    public let params: [(name: String, value: String)]
    public let runs: [RunDetails]
    public let estimate: MeanEstimate

    /// Finished runs with a finite value of the metric, best mean first. Of runs with the same parameters, seed included, the newest counts:
    /// a repetition is no second measurement.
    public static func ranked(_ runs: [RunDetails], metric: String, higherIsBetter: Bool) -> [RunGroup] {
        func key(_ run: RunDetails, without left: String = "") -> [String] {
            [run.experiment] + run.params.filter { $0.name != left }.map { "\($0.name)=\($0.value)" }
        }
        let finite = runs.filter { $0.run.status == .finished && ($0.metric(metric)?.isFinite ?? false) }
        let newest = Dictionary(finite.map { (key($0), $0.run.id) }, uniquingKeysWith: { $1 })
        let usable = finite.filter { newest[key($0)] == $0.run.id }
        var order: [[String]] = [], members: [[String]: [RunDetails]] = [:]
        for run in usable {
            let key = key(run, without: "seed")
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(run)
        }
        let groups = order.compactMap { key -> RunGroup? in
            guard let runs = members[key], let first = runs.first else { return nil }
            return RunGroup(
                experiment: first.experiment, params: first.params.filter { $0.name != "seed" }, runs: runs,
                estimate: MeanEstimate(runs.compactMap { $0.metric(metric) }))
        }
        return groups.enumerated().sorted { a, b in
            let (x, y) = (a.element.estimate.mean, b.element.estimate.mean)
            return x == y ? a.offset < b.offset : higherIsBetter ? x > y : x < y
        }.map(\.element)
    }

    /// Whether a metric of this name is better when it is higher, as far as a name tells.
    public static func higherIsBetter(_ metric: String) -> Bool {
        !["loss", "error", "rmse", "mae"].contains { metric.lowercased().split(separator: "_").map(String.init).contains($0) }
    }

    /// What the first group's lead over the second is worth, in a sentence.
    public static func verdict(_ groups: [RunGroup]) -> String {
        guard let first = groups.first else { return "" }
        guard first.runs.count > 1 else { return "One run a setting: how much another seed would change is not known." }
        guard groups.count > 1 else { return "" }
        let second = groups[1]
        guard second.runs.count > 1 else { return "The next one has one run: how much another seed would change is not known." }
        let apart = first.estimate.low > second.estimate.high || first.estimate.high < second.estimate.low
        return apart
            ? "The 95 % intervals of the first two do not touch."
            : "The 95 % intervals of the first two overlap: between them the seeds do not decide."
    }
}
