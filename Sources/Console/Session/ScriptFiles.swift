import Foundation

/// Which scripts a command such as `eft test` means.
public enum ScriptFiles {
    /// The scripts themselves, and every `.eft` file in and below the folders, in the order of their paths; hidden folders are skipped.
    ///
    /// - Throws: `ScriptUsageError` for a path that cannot be read.
    public static func find(_ paths: [String]) throws -> [ScriptFile] {
        var files: [ScriptFile] = []
        for path in paths {
            var isFolder: ObjCBool = false
            if path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                files += try scripts(below: path).map { try ScriptFile(path: $0) }
            } else {
                files.append(try ScriptFile(path: path))
            }
        }
        return files
    }

    private static func scripts(below folder: String) -> [String] {
        let options: FileManager.DirectoryEnumerationOptions = [.skipsHiddenFiles, .skipsPackageDescendants]
        let url = URL(fileURLWithPath: folder)
        let found = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil, options: options)
        let root = url.standardizedFileURL.path
        let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
        return (found?.allObjects as? [URL] ?? []).map(\.standardizedFileURL.path)
            .filter { $0.hasSuffix(".eft") && $0.hasPrefix(root) }
            .map { prefix + $0.dropFirst(root.count).drop { $0 == "/" } }
            .sorted()
    }
}
