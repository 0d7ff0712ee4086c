import Foundation

/// The models, one folder a run beside the file.
extension RunStore {
    /// Where a run's model is or would be.
    public func modelDirectory(run: String) -> URL { artifacts.appendingPathComponent(run).appendingPathComponent("model") }

    /// Writes a model beside its place and moves it there whole, so that a full disk leaves no half model behind.
    public func saveModel(run: String, write: (String) throws -> Void) throws -> URL {
        let directory = modelDirectory(run: run)
        let partial = directory.appendingPathExtension("partial")
        let files = FileManager.default
        try? files.removeItem(at: partial)
        try files.createDirectory(at: directory.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try write(partial.path)
        } catch {
            try? files.removeItem(at: partial)
            throw error
        }
        if files.fileExists(atPath: directory.path) { try files.removeItem(at: directory) }
        try files.moveItem(at: partial, to: directory)
        return directory
    }

    public func hasModel(run: String) -> Bool { FileManager.default.fileExists(atPath: modelDirectory(run: run).path) }

    public func model(run: String) -> URL? { hasModel(run: run) ? modelDirectory(run: run) : nil }

    public func modelURL(run: String) -> String { modelDirectory(run: run).path }

    public func deleteModel(run: String) throws -> Bool {
        guard hasModel(run: run) else { return false }
        try FileManager.default.removeItem(at: modelDirectory(run: run))
        return true
    }
}
