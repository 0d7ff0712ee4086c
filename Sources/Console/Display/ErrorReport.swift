import Language

/// Errors as text for a person.
public enum ErrorReport {
    /// The report with a final newline: diagnostics as LANGUAGE.md shows them, other errors in one line.
    public static func text(_ error: any Error, colour: Bool) -> String {
        LanguageSupport.render(diagnostics(error), colour: colour)
    }

    private static func diagnostics(_ error: any Error) -> [Diagnostic] {
        switch error {
        case let error as Diagnostics: error.list
        case let error as ScriptError: [Diagnostic(error.kind, error.message, notes: error.notes, help: error.help)]
        default: [Diagnostic(.value, "\(error)")]
        }
    }

    /// The error's message alone.
    static func sentence(_ error: any Error) -> String { diagnostics(error).first?.message ?? "\(error)" }

    /// Whether the error says that Ctrl-C stopped the script.
    public static func isInterrupt(_ error: any Error) -> Bool {
        diagnostics(error).contains { $0.kind == .interrupted }
    }
}
