/// Runs scripts: owns the modules, the machine and the limits. Used by one thread at a time; only `interrupt()` may be called from elsewhere.
public final class Interpreter: @unchecked Sendable {
    public let configuration: Configuration

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    /// Runs a whole script as the main module and returns its last value.
    ///
    /// - Throws: `Diagnostics`, for errors before the run and for an error that the script did not catch.
    @discardableResult public func run(_ source: Source) throws -> Value {
        throw ScriptError(.syntax, "not compiled")
    }

    /// Runs one input of a prompt in the session module: its bindings persist, `_` is the last value; on an error everything is rolled back.
    ///
    /// - Throws: `Diagnostics`.
    public func execute(_ source: Source) throws -> Value {
        throw ScriptError(.syntax, "not compiled")
    }

    /// Calls anything that can be called. For builtins that take functions.
    public func call(_ function: Value, _ arguments: [Value], keywords: [(String, Value)] = []) throws -> Value {
        throw ScriptError(.type, "not callable")
    }

    /// The values of anything that can be iterated.
    public func collect(_ value: Value) throws -> [Value] { value.asItems ?? [] }

    /// Asks the running script to stop at the next call or loop round. Safe in a signal handler.
    public func interrupt() {}

    /// Module variables of the session or the main script, for completion.
    public var globals: ModuleObject { ModuleObject(name: "main", capacity: 0) }
}
