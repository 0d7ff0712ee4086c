import Foundation
import Text

/// The folder of models that can be loaded by name: `${EFT_HOME:-~/.cache/eft}/models`.
public enum ModelStore {
    public static var directory: URL {
        let home = ProcessInfo.processInfo.environment["EFT_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.cache/eft"
        return URL(fileURLWithPath: home).appendingPathComponent("models")
    }

    /// Names of the models there, in alphabetical order.
    public static func names(in directory: URL = directory) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return entries.filter { !$0.hasPrefix(".") && isDirectory(directory.appendingPathComponent($0)) }.sorted()
    }

    /// The directory that a name or a path means. A path (with a slash, or to something that is there) is taken as it is.
    static func resolve(_ nameOrDirectory: String, store: URL = directory) throws(ModelError) -> URL {
        let path = (nameOrDirectory as NSString).expandingTildeInPath
        guard !nameOrDirectory.isEmpty else {
            throw ModelError(.invalidArgument, "the model's name is empty", help: listing(store))
        }
        let named = store.appendingPathComponent(nameOrDirectory)
        if !nameOrDirectory.hasPrefix("."), !nameOrDirectory.hasPrefix("/"), isDirectory(named) { return named }
        let url = URL(fileURLWithPath: path)
        if isDirectory(url) { return url }
        if FileManager.default.fileExists(atPath: path) {
            throw ModelError(
                .unknownModel, "is a file, not a model directory", file: path, help: "Give the directory that holds config.json")
        }
        if nameOrDirectory.contains("/") {
            throw ModelError(.unknownModel, "no such directory", file: path, help: listing(store))
        }
        let similar = Spelling.suggestion(for: nameOrDirectory, among: names(in: store))
        throw ModelError(
            .unknownModel, "no model \"\(nameOrDirectory)\" in \(store.path), and no directory of that name",
            help: (similar.map { "Did you mean \"\($0)\"? " } ?? "") + listing(store))
    }

    private static func listing(_ store: URL) -> String {
        let names = names(in: store)
        return names.isEmpty
            ? "\(store.path) holds no model yet: run scripts/setup, or give a directory" : "Models there: \(names.joined(separator: ", "))"
    }

    private static func isDirectory(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
