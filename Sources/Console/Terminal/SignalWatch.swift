import CLibEdit
import Foundation
import Synchronization

/// Turns signals into events, on a thread of its own, so that nothing runs inside a signal handler.
///
/// The signals are blocked in every thread (install it before any other thread starts) and taken with `sigwait`.
/// What one means depends on what the session is doing: at the prompt it wakes the reader, while a statement runs
/// Ctrl-C asks the interpreter to stop at its next safe point, and while a child command runs it is the child's.
public final class SignalWatch: Sendable {
    /// What the session is doing.
    public enum Activity: Int, Sendable {
        case prompt, statement, child
        /// Reading a program from a pipe: any signal ends the process.
        case waiting
        /// A script without a prompt: a second Ctrl-C ends the process.
        case script
    }

    /// What the reader finds when it is woken.
    package enum Event: UInt8 {
        case interrupt = 73, resize = 87, suspend = 90, terminate = 84
    }

    /// What the reader at the prompt makes of them; SIGQUIT is nothing to it.
    private static let events: [Int32: Event] = [
        SIGINT: .interrupt, SIGWINCH: .resize, SIGTSTP: .suspend, SIGTERM: .terminate, SIGHUP: .terminate,
    ]
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGQUIT]

    private let state = Mutex(State())
    private struct State: Sendable {
        var activity = Activity.script
        var interrupt: (@Sendable () -> Void)?
        var terminating: (@Sendable (_ signal: Int32) -> Void)?
        var interrupts = 0
        var terminated: Int32?
    }

    /// The end of the pipe that becomes readable when something happened at the prompt.
    package let wakeDescriptor: Int32
    private let wakeWriter: Int32

    private init(reader: Int32, writer: Int32) {
        wakeDescriptor = reader
        wakeWriter = writer
    }

    /// Starts watching. `interrupt` asks the running statement to stop; it is called from the watching thread.
    public static func install(interrupt: @escaping @Sendable () -> Void) -> SignalWatch {
        signal(SIGPIPE, SIG_IGN)  // A closed pipe or socket is an error of that write, never the end of a session.
        signal(SIGXFSZ, SIG_IGN)  // So is a file that would grow beyond a limit (ulimit -f).
        var ends: [Int32] = [-1, -1]
        if pipe2(&ends, O_CLOEXEC | O_NONBLOCK) != 0 { ends = [-1, -1] }
        let watch = SignalWatch(reader: ends[0], writer: ends[1])
        watch.state.withLock { $0.interrupt = interrupt }
        installed.withLock { $0 = watch }
        var set = signalSet()
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let thread = Thread { watch.run() }
        thread.stackSize = 256 << 10
        thread.start()
        return watch
    }

    /// The signals that this process keeps blocked; a child must start without them blocked.
    static func signalSet() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    private static let installed = Mutex<SignalWatch?>(nil)

    /// The watch of this process, once there is one.
    static var current: SignalWatch? { installed.withLock { $0 } }

    /// How often Ctrl-C was pressed since the present activity began.
    var interruptCount: Int { state.withLock { $0.interrupts } }

    /// Says what the session does from now on. Earlier interrupts are forgotten, but for those that a statement has to answer: of its own
    /// parts, and of the moment between its Enter and its start, when the signal found the prompt.
    public func enter(_ activity: Activity) {
        var late: [Event] = []
        state.withLock { state in
            let before = state.activity
            state.activity = activity
            if before == .statement, activity == .statement { return }
            state.interrupts = 0
            guard before == .prompt, activity != .prompt else { return }
            while let event = nextEvent() { late.append(event) }
            state.interrupts = late.count { $0 == .interrupt }
        }
        if late.contains(.suspend) { Self.stopProcess() }
        if late.contains(.terminate), let number = terminated { handle(number) }
    }

    /// Calls `action` from the watching thread as soon as a signal asks a session to end, whatever it does.
    func onTermination(_ action: @escaping @Sendable (_ signal: Int32) -> Void) { state.withLock { $0.terminating = action } }

    /// The signal that asked the process to end, if one has.
    public var terminated: Int32? { state.withLock { $0.terminated } }

    /// Takes one event from the wake pipe.
    package func nextEvent() -> Event? {
        var byte: UInt8 = 0
        return read(wakeDescriptor, &byte, 1) == 1 ? Event(rawValue: byte) : nil
    }

    private func run() {
        var set = Self.signalSet()
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            handle(number)
        }
    }

    private func handle(_ number: Int32) {
        // Before the session hears of it and ends.
        if number == SIGTERM || number == SIGHUP { state.withLock { $0.terminating.take() }?(number) }
        let (activity, interrupt, count) = state.withLock { state in
            if number == SIGINT { state.interrupts += 1 }
            if number == SIGTERM || number == SIGHUP { state.terminated = number }
            // Under the lock, so that `enter` finds every event of the prompt that it leaves.
            if state.activity == .prompt, let event = Self.events[number] { wake(event) }
            return (state.activity, state.interrupt, state.interrupts)
        }
        switch (number, activity) {
        case (_, .prompt): break
        case (SIGWINCH, _): break
        case (SIGTSTP, _): Self.stopProcess()
        case (SIGINT, .child), (SIGQUIT, .child): break
        case (SIGINT, .script) where count > 1: die(SIGINT)
        case (SIGINT, .waiting): die(SIGINT)
        case (SIGINT, _): interrupt?()
        case (SIGQUIT, _): die(SIGQUIT)
        case (_, .script), (_, .waiting): die(number)
        default:
            // The statement is stopped and the session leaves in order; should it not stop, the alarm ends it.
            interrupt?()
            signal(SIGALRM, SIG_DFL)
            alarm(5)
        }
    }

    /// Stops the process as Ctrl-Z does, until the shell continues it; does nothing where no shell could.
    static func stopProcess() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(SIGTSTP)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    private func wake(_ event: Event) {
        var byte = event.rawValue
        _ = write(wakeWriter, &byte, 1)
    }

    /// Ends the process as the signal would have, so that a parent sees why.
    private func die(_ number: Int32) {
        signal(number, SIG_DFL)
        var set = Self.signalSet()
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), number)
        _exit(128 + number)
    }
}
