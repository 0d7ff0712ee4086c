import Statement
import Text

/// Where an error was raised, and the calls under way, innermost first.
struct ErrorTrace {
    var labels: [Diagnostic.Label]
    var stack: [Diagnostic.Frame]
}

/// An error of the host that knows how it should look in a script. Bindings make the engine's errors conform.
public protocol ScriptErrorConvertible: Error {
    var scriptError: ScriptError { get }
}

extension ScriptError {
    /// Any error as one that scripts can catch.
    init(wrapping error: any Error) {
        switch error {
        case let error as ScriptError: self = error
        case let error as any ScriptErrorConvertible: self = error.scriptError
        default: self.init(.value, "\(error)")
        }
    }

    /// An error that a script raised, travelling through native code.
    init(raising object: ErrorObject) {
        self.init(object.kind, object.message, help: object.help, notes: object.notes)
        id = object.id
        raised = object
    }
}

extension ErrorObject {
    /// The report on an error that no `catch` took.
    var diagnostic: Diagnostic {
        Diagnostic(kind, id: id, message, labels: trace?.labels ?? [], notes: notes, help: help, stack: trace?.stack ?? [])
    }
}

extension Machine {
    /// Frames kept in a trace; the middle of a deep recursion tells nothing.
    private static var traceLength: Int { 40 }

    /// The error as a script sees it; a new one remembers where it was raised. The running frame's `pc` must be current.
    func errorObject(_ error: any Error) -> ErrorObject {
        let scriptError = explainedIndex(ScriptError(wrapping: error))
        if let raised = scriptError.raised, raised.trace != nil { return raised }
        let object =
            scriptError.raised
            ?? ErrorObject(scriptError.kind, scriptError.message, help: scriptError.help, notes: scriptError.notes, id: scriptError.id)
        object.trace = trace(operands: scriptError.operands)
        return object
    }

    private func trace(operands: [String]) -> ErrorTrace {
        guard frameCount > 0 else { return ErrorTrace(labels: [], stack: []) }
        let frame = frames[frameCount - 1]
        let source = frame.prototype.source
        let spans = spans(of: frame)
        var labels: [Diagnostic.Label] = []
        if !operands.isEmpty, !spans.operands.isEmpty {
            for (index, span) in spans.operands.enumerated() where index < operands.count && (index == 0 || !operands[index].isEmpty) {
                labels.append(Diagnostic.Label(source, span, operands[index]))
            }
        }
        if labels.isEmpty { labels.append(Diagnostic.Label(source, spans.main)) }
        var stack: [Diagnostic.Frame] = []
        for index in stride(from: frameCount - 1, through: 0, by: -1) {
            if frameCount > Machine.traceLength, stack.count >= Machine.traceLength, index > 2 { continue }
            let frame = frames[index]
            stack.append(Diagnostic.Frame(function: frame.prototype.name, source: frame.prototype.source, span: self.spans(of: frame).main))
        }
        return ErrorTrace(labels: labels, stack: stack)
    }

    /// What the instruction before a frame's `pc` stands for.
    private func spans(of frame: Frame) -> InstructionSpans {
        let prototype = frame.prototype
        let index = max(0, frame.pc - frame.code.pointee.instructions - 1)
        guard prototype.spanIndexes.indices.contains(index) else { return InstructionSpans(main: .none) }
        return prototype.spanTable[Int(prototype.spanIndexes[index])]
    }

    /// Finds the handler for an error, leaving frames down to `floor`. Returns where to continue in the frame then on top, or nil.
    func unwind(_ error: ErrorObject, floor: Int) -> UnsafeMutablePointer<Instruction>? {
        // The engine leaves the interrupt that it ended for to be noted here.
        if error.kind == .interrupted { noteInterrupt() }
        while frameCount > floor {
            let frame = frames[frameCount - 1]
            let code = frame.code
            let index = frame.pc - code.pointee.instructions - 1
            for handler in frame.prototype.handlers where runsHandlers && index >= handler.start && index < handler.end {
                for register in handler.temporaries..<code.pointee.registerCount { (frame.base + register).clear() }
                frame.base[handler.register] = .error(error)
                return code.pointee.instructions + handler.target
            }
            for register in 0..<code.pointee.registerCount { (frame.base + register).clear() }
            // The function below the registers goes last: it may be what keeps the code alive.
            if frame.isLent { (frame.base - 1).forget() } else { (frame.base - 1).clear() }
            frameCount -= 1
            if !axes.isEmpty { axes[frameCount] = nil }
        }
        return nil
    }

    func raised(_ value: Value, again: Bool) throws -> ScriptError {
        switch value {
        case .error(let error):
            if again { return ScriptError(raising: error) }
            // Each raise starts a trace of its own, also for an error value raised before.
            return ScriptError(
                raising: error.trace == nil
                    ? error : ErrorObject(error.kind, error.message, help: error.help, notes: error.notes, id: error.id))
        case .builtin(let builtin):
            if let kind = ErrorKind(rawValue: builtin.name) { return ScriptError(raising: ErrorObject(kind, "")) }
        default: break
        }
        throw ScriptError(
            .type, "only errors can be raised, not \(value.typeNameWithArticle)", help: "such as `raise ValueError(\"what is wrong\")`",
            operands: [Operators.describe(value)])
    }

    func catches(_ kinds: Value, _ error: Value) -> Bool {
        guard case .error(let error) = error, let names = kinds.asItems else { return false }
        return names.contains { $0.asString == error.kind.rawValue || $0.asString == "Error" }
    }

    func unsetError(_ name: Value) -> ScriptError {
        ScriptError(.name, "`\(name.display)` has no value yet", help: "it is assigned only later, or on another path")
    }

    func missingGlobal(_ frame: UnsafeMutablePointer<Frame>, _ slot: Int) throws -> Value {
        let module = frame.pointee.prototype.module
        let name = module.name(of: slot)
        if let value = interpreter.natives[name] { return value }
        let candidates = module.definedNames + interpreter.natives.keys
        throw ScriptError(
            .name, "`\(name)` is not defined",
            help: Spelling.suggestion(for: name, among: candidates).map { "did you mean `\($0)`?" })
    }

    func assertionError(_ i: Instruction, _ r: ValuePointer) -> ScriptError {
        var message = "assertion failed"
        if i.flag & 1 != 0 { message += ": " + (r + Int(i.a)).pointee.display }
        guard i.flag & 2 != 0 else { return ScriptError(.assertion, message) }
        let operands = [shortened((r + Int(i.b)).pointee), shortened((r + Int(i.c)).pointee)]
        var error = ScriptError(.assertion, message, operands: operands)
        error.notes = ["left is \(operands[0])", "right is \(operands[1])"]
        return error
    }

    private func shortened(_ value: Value) -> String {
        let text = value.repr
        return text.count <= 200 ? text : String(text.prefix(200)) + "…"
    }
}

extension Interrupted: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError(.interrupted, description) }
}
