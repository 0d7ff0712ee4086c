import Foundation

/// Paths as texts. Foundation's own functions for this trap on some inputs (`("f" as NSString).deletingLastPathComponent` on Linux).
public enum FilePath {
    /// The last part, without slashes behind it.
    public static func name(_ path: String) -> String {
        let trimmed = trimmed(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return String(trimmed) }
        return trimmed == "/" ? "/" : String(trimmed[trimmed.index(after: slash)...])
    }

    /// The path without its last part; empty if there is only one.
    public static func parent(_ path: String) -> String {
        let trimmed = trimmed(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return "" }
        return slash == trimmed.startIndex ? "/" : String(self.trimmed(String(trimmed[..<slash])))
    }

    /// The ending of the last part with its dot, or nothing; a name that begins with its only dot has none.
    public static func suffix(_ path: String) -> String {
        let name = name(path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name.index(after: dot) != name.endIndex else { return "" }
        return String(name[dot...])
    }

    public static func withoutSuffix(_ path: String) -> String { String(path.dropLast(suffix(path).count)) }

    /// Parts with slashes between them; an absolute part starts anew.
    public static func join(_ parts: [String]) -> String {
        parts.reduce("") { path, part in
            part.hasPrefix("/") || path.isEmpty ? part : path + (path.hasSuffix("/") ? "" : "/") + part
        }
    }

    /// The path from the root, without `.` and `..`.
    public static func absolute(_ path: String) -> String {
        var parts: [Substring] = []
        let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        for part in full.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// With `~` replaced by the home folder.
    public static func expanded(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
    }

    private static func trimmed(_ path: String) -> Substring {
        var rest = path[...]
        while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
        return rest
    }
}
