import Foundation

/// Files of runs, through the server.
extension MLflowClient {
    private static let proxy = "/api/2.0/mlflow-artifacts/artifacts/"

    /// The path of a run's artifacts on the server's proxy; nil when the server keeps them elsewhere and clients have to go there.
    private func root(_ run: Run) -> String? {
        guard let parts = URLComponents(string: run.artifacts), parts.scheme == "mlflow-artifacts" else { return nil }
        return Self.proxy + parts.path.drop { $0 == "/" }
    }

    private func requiredRoot(_ run: Run) throws(MLflowError) -> String {
        guard let root = root(run) else {
            throw .unexpected(
                "the server keeps artifacts at \(run.artifacts) and does not take them itself (it was started with --no-serve-artifacts)")
        }
        return root
    }

    /// The files below `path` in a run's artifacts, as paths from there.
    func files(_ path: String, of run: Run) throws(MLflowError) -> [String] {
        var files: [String] = []
        var folders = [path]
        while let folder = folders.popLast() {
            let answer = try connection.call("GET", "/api/2.0/mlflow/artifacts/list", query: [("run_id", run.id), ("path", folder)])
            for file in answer["files"]?.arrayValue ?? [] {
                guard let name = file["path"]?.stringValue, name.hasPrefix(path + "/") else { continue }
                if file["is_dir"]?.boolValue == true { folders.append(name) } else { files.append(String(name.dropFirst(path.count + 1))) }
            }
        }
        return files.sorted()
    }

    /// Puts a folder's files to `path` in a run's artifacts.
    func upload(_ folder: URL, to path: String, of run: Run) throws(MLflowError) {
        let root = try requiredRoot(run)
        for name in (FileManager.default.subpaths(atPath: folder.path) ?? []).sorted() {
            let file = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            try connection.upload(file, to: "\(root)/\(path)/\(name)")
        }
    }

    /// Fetches the files below `path` into a folder.
    func download(_ path: String, of run: Run, to folder: URL) throws(MLflowError) {
        let root = try requiredRoot(run)
        for name in try files(path, of: run) {
            // What a server calls its files is not trusted with places outside the folder.
            guard !name.split(separator: "/").contains("..") else { throw .unexpected("the server has a file with the name '\(name)'") }
            let target = folder.appendingPathComponent(name)
            do {
                try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            } catch {
                throw .unexpected("\(target.path) cannot be written: \(error.localizedDescription)")
            }
            try connection.download("\(root)/\(path)/\(name)", to: target)
        }
    }

    /// Deletes `path` from a run's artifacts.
    func delete(_ path: String, of run: Run) throws(MLflowError) {
        let root = try requiredRoot(run)
        _ = try connection.call("DELETE", "\(root)/\(path)")
    }
}
