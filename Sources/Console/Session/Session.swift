import Foundation
import Language

/// One conversation: an interpreter whose bindings last, the results so far, and how values and errors are shown.
public final class Session {
    /// How a statement ended.
    public enum Outcome: Equatable {
        case done
        case failed
        case interrupted
    }

    public private(set) var interpreter: Interpreter
    public let signals: SignalWatch
    public let history: StatementHistory
    /// Colour in what goes to standard error and standard output.
    let errorStyle: TextStyle
    let outputStyle: TextStyle
    /// Inputs executed so far; the next one's name is made of it.
    private(set) var inputCount = 0
    /// The number of an input, by its text: errors name it `prompt[7]`, `_7` is its result.
    private(set) var inputNumbers: [String: Int] = [:]
    /// Inputs whose results are kept by number.
    private static let keptResults = 100
    private let target: InterruptTarget
    /// The statements that can be taken back.
    let undo = UndoHistory(limit: UndoHistory.standardLimit)
    /// Whether Ctrl-C was typed behind the statement's Enter, too early to become a signal.
    var wasInterruptTyped: () -> Bool = { false }
    /// Expressions that are shown after each statement.
    var watches: [String] = []
    /// What would rebuild the session: the inputs that ran and were not taken back.
    let log = SessionLog()
    /// What `%info` shows: versions, the machine, the engine.
    let information: () -> [String]

    /// Who listens during `%profile`.
    let profiler: any StatementProfiler

    /// A session; its signals are watched from here on.
    public init(history: StatementHistory, information: @escaping () -> [String], profiler: any StatementProfiler) {
        let interpreter = Workspace.makeInterpreter(profile: profiler.lines)
        let target = InterruptTarget(interpreter)
        self.interpreter = interpreter
        self.target = target
        self.history = history
        self.information = information
        self.profiler = profiler
        signals = SignalWatch.install { target.interrupt() }
        errorStyle = TextStyle(enabled: Terminal.hasColour(STDERR_FILENO))
        outputStyle = TextStyle(enabled: Terminal.hasColour(STDOUT_FILENO))
    }

    /// Forgets every name: a new interpreter takes over, and nothing can be taken back.
    func reset() {
        undo.clear()
        log.clear()
        interpreter = Workspace.makeInterpreter(profile: profiler.lines)
        target.set(interpreter)
    }

    /// Runs `body` while Ctrl-C stops another interpreter than the session's.
    func whileInterrupting<R>(_ other: Interpreter, _ body: () throws -> R) rethrows -> R {
        target.set(other)
        defer { target.set(interpreter) }
        return try body()
    }

    /// Runs a statement and shows its value unless it is none. An error is shown and leaves nothing half-done.
    @discardableResult
    public func execute(_ text: String, name: String? = nil, showsValue: Bool = true) -> Outcome {
        inputCount += 1
        let number = inputCount
        inputNumbers[String(text.reversed().drop { $0.isWhitespace }.reversed())] = number
        let source = Source(name: name ?? "prompt[\(inputCount)]", text: text)
        return attempt(text) {
            let value = try interpreter.run(source)
            if !value.isNone { interpreter.keepResult(value, number: number, forgetting: number - Self.keptResults) }
            return value
        } then: { [self] value in
            if showsValue, !value.isNone { show(value) }
        }
    }

    /// The value of an expression, not shown.
    func evaluateAside(_ text: String, name: String) throws -> Value {
        let (result, change) = interpreter.executing(Source(name: name, text: text))
        if case .success = result { change.swap(in: interpreter) }
        return try result.get()
    }

    /// Runs `body` as a statement, which `%undo` can take back: Ctrl-C interrupts it, an error is reported and leaves nothing half-done.
    ///
    /// - Parameter text: what was typed.
    @discardableResult
    func attempt<R>(_ text: String, _ body: () throws -> R, then show: (R) -> Void) -> Outcome {
        signals.enter(.statement)
        defer { StandardOutput.shared.flush() }
        let (result, change) = interpreter.perform {
            try checkInterrupt()
            return try body()
        }
        switch result {
        case .success(let value):
            keep(change, of: text)
            show(value)
            showWatches(after: change)
            return .done
        case .failure(let error):
            let outcome = report(error)
            if interpreter.stoppedMidway {
                keep(change, of: text)
                if change.isWorthUndoing { remark("stopped between two steps; what was done until then stays, and %undo takes it back") }
                return outcome
            }
            if outcome == .interrupted { remark("the statement was taken back") }
            if !change.effects.isEmpty { remark("not taken back: " + change.effects.joined(separator: ", ")) }
            return outcome
        }
    }

    /// Ends what is about to start if Ctrl-C has come since its Enter.
    func checkInterrupt() throws(ScriptError) {
        if wasInterruptTyped() || signals.interruptCount > 0 { throw ScriptError(.interrupted, "interrupted") }
    }

    private func keep(_ change: StatementChange, of text: String) {
        log.add(text, id: change.id)
        if change.isWorthUndoing { undo.add(UndoHistory.Entry(text: text, change: change)) }
    }

    /// A remark in the margin.
    func remark(_ text: String) { say(outputStyle.dim("(\(text))")) }

    /// Writes a value as the prompt shows it.
    func show(_ value: Value) {
        let text = ValueDisplay.text(value, width: Terminal.width(), colour: outputStyle.enabled)
        StandardOutput.shared.endLine()
        StandardOutput.shared.write(text + "\n")
    }

    /// Writes an error as LANGUAGE.md shows it.
    @discardableResult
    public func report(_ error: any Error) -> Outcome {
        StandardOutput.shared.endLine()
        StandardError.write(ErrorReport.text(error, colour: errorStyle.enabled))
        return ErrorReport.isInterrupt(error) ? .interrupted : .failed
    }

    /// A remark that is neither output nor error.
    func say(_ text: String) {
        StandardOutput.shared.endLine()
        StandardOutput.shared.write(text + "\n")
    }
}

/// Listens while a statement runs and tells where its time went. The program brings it, since it knows the engine.
public protocol StatementProfiler: AnyObject {
    /// What the session's code tells of its lines.
    var lines: LineProfile { get }
    func observing<R>(_ body: () throws -> R) throws -> R
    /// What the last observation found.
    func report(width: Int) -> [String]
}

/// The interpreter that Ctrl-C stops; it changes when the session is reset.
private final class InterruptTarget: @unchecked Sendable {
    // `interrupt()` may be called from any thread; the lock guards which interpreter it is.
    private let lock = NSLock()
    private var interpreter: Interpreter

    init(_ interpreter: Interpreter) { self.interpreter = interpreter }
    func set(_ interpreter: Interpreter) { lock.withLock { self.interpreter = interpreter } }
    func interrupt() { lock.withLock { interpreter }.interrupt() }
}
