import Foundation

/// The metrics and models of runs.
extension MLflowRunStore {
    // MARK: Metrics

    public func add(_ name: String, _ value: Double, run: String) throws {
        try adopt(run)
        try mirror.add(name, value, run: run)
        queue.add(run)
    }

    public func latest(run: String) throws -> [(name: String, value: Double)] {
        if isOwn(run) { return try mirror.latest(run: run) }
        guard let found = try ask("search_runs", { try remote(run) }) else { return try mirror.latest(run: run) }
        return (found?.latest ?? []).map { ($0.name, $0.point.value) }.sorted { $0.0 < $1.0 }
    }

    public func curve(_ name: String, run: String) throws -> [MetricPoint] {
        let known = try mirror.curve(name, run: run)
        // Of a run that somebody else began the embedded store has no more than the last point before.
        if isOwn(run), known.first?.step == 0 { return known }
        queue.drain(limit: Self.patience)
        let points = try ask("search_runs") { () throws -> [MetricPoint] in try remote(run).map { try client.curve(name, run: $0.id) } ?? []
        }
        guard let points else { return known }
        let steps = Set(points.map(\.step))
        return points + known.filter { !steps.contains($0.step) }
    }

    public func pointCounts(run: String) throws -> [(name: String, count: Int)] {
        try adopt(run)
        return try mirror.pointCounts(run: run)
    }

    /// MLflow forgets nothing: the values stay there, and those that come in their place have the same steps and later times.
    public func takeBack(run: String, to kept: (String) -> Int) throws {
        try adopt(run)
        let counts = try mirror.pointCounts(run: run)
        try mirror.takeBack(run: run, to: kept)
        for (name, count) in counts where kept(name) < count { try exporter.noteTakenBack(run, name, next: kept(name)) }
        queue.add(run)
    }

    public func flush() { mirror.flush() }

    // MARK: Models

    public func saveModel(run: String, write: (String) throws -> Void) throws -> URL {
        try adopt(run)
        let folder = try mirror.saveModel(run: run, write: write)
        queue.add(run)
        return folder
    }

    public func hasModel(run: String) throws -> Bool {
        if isOwn(run) && mirror.hasModel(run: run) { return true }
        queue.drain(limit: Self.patience)
        let found = try ask("load_model") { try remote(run).map { try !client.files("model", of: $0).isEmpty } ?? false }
        return found ?? mirror.hasModel(run: run)
    }

    public func model(run: String) throws -> URL? {
        guard try hasModel(run: run) else { return nil }
        let id = try localID(run)
        if let folder = mirror.model(run: id) { return folder }
        return try demand("load_model", "the model of run \(run) was not fetched") {
            guard let found = try remote(run) else { return nil }
            let folder = try mirror.saveModel(run: id) { try client.download("model", of: found, to: URL(fileURLWithPath: $0)) }
            // It is there already: nothing to send.
            if try mirror.run(id: id) != nil { try exporter.note(id, "model", mirror.modelStamp(run: id)) }
            return folder
        }
    }

    /// MLflow's address for a file of a run: the weights, or the folder where there is no such file.
    public func modelURL(run: String) throws -> String {
        let found = try demand("load_model", "the address of the model of run \(run) is not known") { try remote(run) }
        let files = try found.map { run in
            try demand("load_model", "the model's files are not known") { try client.files("model", of: run) }
        }
        let path = files?.first { $0.hasSuffix(".safetensors") }.map { "model/" + $0 } ?? "model"
        return "\(place)/get-artifact?path=\(path.replacing("/", with: "%2F"))&run_uuid=\(found?.id ?? run)"
    }

    public func deleteModel(run: String) throws -> Bool {
        guard try hasModel(run: run) else { return false }
        let id = try localID(run)
        if try exporter.export(id)?.model != nil {
            // This machine knows that the server has it: the queue deletes it there, too, also when the server is away now.
            _ = try mirror.deleteModel(run: id)
            try take(id)
            queue.add(id)
            return true
        }
        try demand("delete_model", "the model of run \(run) was not deleted") {
            if let found = try remote(run), try !client.files("model", of: found).isEmpty { try client.delete("model", of: found) }
        }
        _ = try mirror.deleteModel(run: id)
        return true
    }
}
