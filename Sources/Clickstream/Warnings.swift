import Foundation

/// Notices that do not stop the work. They go to standard error unless a caller takes them over.
public enum Warnings {
    /// A function in a struct: a task-local value that is itself a function crashes optimised builds when it is set, as the type that the
    /// compiler passes on for it is one that the runtime cannot read (swiftlang/swift#88321; 6.3 has the fault).
    private struct Handler: Sendable {
        let receive: @Sendable (String) -> Void
    }

    @TaskLocal private static var current = Handler { text in
        FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
    }

    /// Receives the warnings of the current task. Work that goes on in another thread takes it along.
    public static var handler: @Sendable (String) -> Void { current.receive }

    /// Runs `body`, whose warnings go to `handler`.
    public static func received<R>(by handler: @escaping @Sendable (String) -> Void, _ body: () throws -> R) rethrows -> R {
        try $current.withValue(Handler(receive: handler), operation: body)
    }

    public static func emit(_ text: String) { current.receive(text) }
}
