/// An error on its way to the script: what went wrong, how to fix it, and what to write under each operand.
public struct ScriptError: Error, Sendable {
    public var kind: ErrorKind
    public var message: String
    public var help: String?
    public var notes: [String]
    /// What the report is called for tools; see `Diagnostic.id`.
    public var id = ScriptError.runtime
    /// Text for the operands of the failing instruction, by position ("f32[8, 384]" under the left one).
    public var operands: [String]
    /// The value raised, when the script made one itself.
    var raised: ErrorObject?

    public init(_ kind: ErrorKind, _ message: String, help: String? = nil, notes: [String] = [], operands: [String] = []) {
        self.kind = kind
        self.message = message
        self.help = help
        self.notes = notes
        self.operands = operands
        self.raised = nil
    }

    /// The `id` of an error that is told apart by its kind alone.
    public static let runtime = "runtime"
    /// The `id` of a training step whose loss is not finite.
    public static let divergence = "divergence"

    public static func type(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.type, message, help: help) }
    public static func value(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.value, message, help: help) }
    public static func index(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.index, message, help: help) }
    public static func numeric(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.numeric, message, help: help) }
    public static func name(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.name, message, help: help) }
    public static func io(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.io, message, help: help) }
    public static func key(_ message: String, help: String? = nil) -> ScriptError { ScriptError(.key, message, help: help) }
}

/// An error as a script holds it: `catch IOError e { e.message }`.
public final class ErrorObject: @unchecked Sendable {
    public let kind: ErrorKind
    public let message: String
    public let help: String?
    public let notes: [String]
    let id: String
    /// Where it was raised and through which calls, once it has travelled.
    var trace: ErrorTrace?

    public init(
        _ kind: ErrorKind, _ message: String, help: String? = nil, notes: [String] = [], id: String = ScriptError.runtime
    ) {
        self.kind = kind
        self.message = message
        self.help = help
        self.notes = notes
        self.id = id
    }
}
