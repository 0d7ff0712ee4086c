import Bindings
import Foundation
import Language

/// Reads statements, runs them and shows what comes of it, until the input ends.
public final class Repl {
    let session: Session
    private let history: StatementHistory
    private var editor: LineEditor?
    /// Text that the next prompt starts with.
    private var prefill = ""

    /// - Parameters:
    ///   - information: the lines of `%info`.
    ///   - profiler: who listens during `%profile`.
    public init(history: StatementHistory, information: @escaping () -> [String], profiler: any StatementProfiler) {
        self.history = history
        session = Session(history: history, information: information, profiler: profiler)
    }

    /// The prompt on a terminal. Gives the exit code.
    public func runInteractive() -> Int32 {
        guard let editor = LineEditor(signals: session.signals, colour: session.outputStyle.enabled) else {
            return runStream(stopsAtError: false)
        }
        self.editor = editor
        editor.setHistory(history.statements)
        let completer = Completer { [session] in session.interpreter }
        editor.complete = { completer.complete($0) }
        session.wasInterruptTyped = {
            let ahead = editor.takeTypedAhead()
            LineStream.standard.insert(ahead.bytes)
            return ahead.isInterrupted
        }
        session.say(Self.banner)
        session.signals.onTermination { [log = session.log] signal in
            try? RecoveryFiles.standard.save(log.statements, reason: signal == SIGHUP ? "SIGHUP" : "SIGTERM")
        }
        for path in RecoveryFiles.standard.takeUntold() {
            session.say("A session was ended by a signal; its statements are kept: %load \(HomeDirectory.abbreviate(path))")
        }
        var reader = StatementReader { [unowned self] in readLine($0) }
        while true {
            session.signals.enter(.prompt)
            if let code = step(reader.next()) { return code }
        }
    }

    static let banner = "eft \(Workspace.version)  ·  %help for help, name? for documentation, Ctrl-D to leave"

    /// Deals with one input; the exit code when it was the last.
    private func step(_ outcome: StatementReader.Outcome) -> Int32? {
        switch outcome {
        case .statement(let text, _):
            remember(text)
            let result = CommandRunner.run(ConsoleInput(text), in: self)
            if let signal = session.signals.terminated { return 128 + signal }
            if case .leave(let code) = result { return code }
        case .interrupted: break
        case .terminated: return 128 + (session.signals.terminated ?? SIGTERM)
        case .end(let unfinished):
            if unfinished != nil {
                session.say("The unfinished statement is dropped.")
                return nil
            }
            return 0
        }
        return nil
    }

    private func readLine(_ prompt: StatementReader.Prompt) -> LineEditor.Outcome {
        guard let editor else { return .end }
        StandardOutput.shared.endLine()
        // A bar that is still open between two statements must not share the prompt's line.
        StatusLine.standard.clear()
        editor.putBack(LineStream.standard.takeRest())
        editor.earlierLines = prompt.earlier
        defer { prefill = "" }
        let block = prompt.earlier.isEmpty ? prefill : ""
        // Text that was pasted or typed ahead brings its own indentation.
        let indentation = editor.hasInputWaiting ? "" : String(repeating: " ", count: prompt.indentation)
        return editor.readLine(prompt: prompt.text, prefill: block.isEmpty ? indentation : block)
    }

    /// Makes `text` the start of the next prompt, to be changed or run.
    func offer(_ text: String) { prefill = PastedText.clean(text) }

    private func remember(_ text: String) {
        switch history.add(text) {
        case .none: break
        case .appended: editor?.addHistory(history.statements.last ?? text)
        case .moved: editor?.setHistory(history.statements)
        }
        if let failure = history.takeFailure() { session.say("history is not kept: \(failure)") }
    }

    // MARK: Without a terminal

    /// Runs the statements of standard input as they come, without prompts. Gives the exit code.
    ///
    /// - Parameter stopsAtError: a program on a pipe ends at its first error; a person at a dumb terminal goes on.
    public func runStream(stopsAtError: Bool) -> Int32 {
        let watch = session.signals
        let input = LineStream.standard
        // On a pipe the next line is usually there already, and tells whether a statement goes on.
        var reader = StatementReader(continuesNext: { stopsAtError && input.peek().map(LanguageSupport.continues) ?? false }) { _ in
            watch.enter(stopsAtError ? .waiting : .child)
            defer { watch.enter(stopsAtError ? .script : .statement) }
            if watch.terminated != nil { return .terminated }
            return input.next().map { .line($0) } ?? .end
        }
        var worst: Int32 = 0
        while true {
            let outcome = reader.next()
            switch outcome {
            case .statement(let text, let line):
                switch CommandRunner.run(ConsoleInput(text), in: self, sourceName: "<stdin>", line: line) {
                case .leave(let code): return code
                case .outcome(.done): break
                case .outcome(.interrupted):
                    if stopsAtError { return 130 }
                case .outcome(.failed):
                    if stopsAtError { return 1 }
                    worst = 1
                }
                if let signal = watch.terminated { return 128 + signal }
            case .end(let unfinished?):
                // The parser says what is missing.
                let result = CommandRunner.run(.statement(unfinished), in: self, sourceName: "<stdin>", line: reader.lineCount)
                return result == .outcome(.done) ? worst : 1
            case .end(nil): return worst
            case .interrupted: return 130
            case .terminated: return 128 + (watch.terminated ?? SIGTERM)
            }
        }
    }
}
