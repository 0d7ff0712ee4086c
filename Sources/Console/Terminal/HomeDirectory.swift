import Foundation

/// The user's home: `$HOME`, else what the system says.
public enum HomeDirectory {
    static var path: String {
        if let home = getenv("HOME"), home.pointee != 0 { return String(cString: home) }
        return NSHomeDirectory()
    }

    /// `path` with a leading `~` for the home directory.
    public static func abbreviate(_ path: String) -> String {
        let home = self.path
        if path == home { return "~" }
        return path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    /// `path` with a leading `~/` spelled out.
    static func expand(_ path: String) -> String {
        if path == "~" { return home }
        return path.hasPrefix("~/") ? home + path.dropFirst(1) : path
    }

    private static var home: String { path }
}
