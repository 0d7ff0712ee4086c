import Foundation

/// Notices that do not stop the work. They go to standard error unless a caller takes them over.
public enum Warnings {
    /// Receives each warning of the current task; replace it for a scope with `Warnings.$handler.withValue(…)`.
    @TaskLocal public static var handler: @Sendable (String) -> Void = { text in
        FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
    }

    public static func emit(_ text: String) { handler(text) }
}
