import Foundation
import Language

/// `%time`, `%timeit` and `%profile`.
enum TimingCommands {
    static let all: [Command] = [
        Command("time", "STATEMENT", takesStatement: true, "run a statement and say how long it took") { try time($0) },
        Command("timeit", "STATEMENT", takesStatement: true, "run a statement many times and say how long it takes") { try timeMany($0) },
        Command("profile", "STATEMENT", takesStatement: true, "run a statement and show where its time and memory went") {
            try profile($0)
        },
    ]

    private static func time(_ call: Command.Call) throws -> Command.Result {
        guard !call.arguments.isEmpty else { throw CommandError("usage: %time STATEMENT") }
        let (wallStart, cpuStart) = (wallTime(), processorTime())
        let outcome = call.session.execute(call.arguments)
        let (wall, cpu) = (wallTime() - wallStart, processorTime() - cpuStart)
        call.session.say("wall \(Duration.text(wall)), processor \(Duration.text(cpu))")
        return .outcome(outcome)
    }

    /// Time and tensor memory by line, those of functions and modules too, and by tensor operation.
    private static func profile(_ call: Command.Call) throws -> Command.Result {
        guard !call.arguments.isEmpty else { throw CommandError("usage: %profile STATEMENT") }
        let session = call.session
        let outcome = try session.profiler.observing { session.execute(call.arguments) }
        for line in session.profiler.report(width: Terminal.width()) { session.say(line) }
        return .outcome(outcome)
    }

    /// Repeats until a fifth of a second has passed, five times over; the best round is the least disturbed one.
    private static func timeMany(_ call: Command.Call) throws -> Command.Result {
        guard !call.arguments.isEmpty else { throw CommandError("usage: %timeit STATEMENT") }
        let session = call.session
        return .outcome(
            session.attempt("%timeit " + call.arguments) {
                let function = try session.evaluateAside("() => {\n\(call.arguments)\n}", name: "%timeit")
                var loops = 1
                while true {
                    let start = wallTime()
                    for _ in 0..<loops { _ = try session.interpreter.call(function, []) }
                    let elapsed = wallTime() - start
                    if elapsed >= 0.2 || loops >= 1 << 24 { break }
                    loops *= elapsed < 0.02 ? 10 : 2
                }
                var rounds: [Double] = []
                for _ in 0..<5 {
                    let start = wallTime()
                    for _ in 0..<loops { _ = try session.interpreter.call(function, []) }
                    rounds.append((wallTime() - start) / Double(loops))
                }
                let mean = rounds.reduce(0, +) / Double(rounds.count)
                let best = rounds.min() ?? mean
                session.say("\(Duration.text(best)) each (best of 5 rounds of \(loops); mean \(Duration.text(mean)))")
            } then: { _ in
            })
    }

    private static func wallTime() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        return seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }
}
