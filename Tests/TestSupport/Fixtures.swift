import Foundation

/// Finds the files under `Tests/Fixtures`, wherever the tests are run from.
public enum Fixtures {
    /// `Tests/Fixtures` of this checkout.
    public static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// The file or folder `name` below `Tests/Fixtures`.
    public static func url(_ name: String) -> URL { directory.appendingPathComponent(name) }

    public static func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    /// The lines of a text fixture, without a final empty one.
    public static func lines(_ name: String) throws -> [String] {
        var lines = String(decoding: try data(name), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Where the downloaded MiniLM model lives: `${EFT_HOME:-~/.cache/eft}/models/all-MiniLM-L6-v2`, put there by `scripts/setup`.
    public static var miniLM: URL {
        let home =
            ProcessInfo.processInfo.environment["EFT_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? NSHomeDirectory() + "/.cache/eft"
        return URL(fileURLWithPath: home).appendingPathComponent("models/all-MiniLM-L6-v2")
    }
}
