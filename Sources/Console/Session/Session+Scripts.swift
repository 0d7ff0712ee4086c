import Foundation

/// Running scripts inside a session.
extension Session {
    /// Runs a script so that its names stay: cell by cell if it has cells, stopping at the first error.
    func run(_ script: ScriptFile, parameters: [String: String]) -> Outcome {
        let script = parameters.isEmpty ? script : script.substituting(parameters)
        guard !script.cells.isEmpty else { return execute(script.source.text, name: script.path, showsValue: false) }
        if let preamble = script.preamble {
            let outcome = execute(preamble, name: script.path, showsValue: false)
            if outcome != .done { return outcome }
        }
        for index in script.cells.indices {
            let outcome = run(script, cell: index)
            if outcome != .done { return outcome }
        }
        return .done
    }

    /// Runs one cell: its title, its output and value, and how long it took.
    func run(_ script: ScriptFile, cell index: Int) -> Outcome {
        let title = script.cells[index].title
        say(outputStyle.bold("── \(index + 1)\(title.isEmpty ? "" : " · " + title) ──"))
        let start = DispatchTime.now().uptimeNanoseconds
        let outcome = execute(script.cellText(index), name: script.path)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
        say(outputStyle.dim("(\(Duration.text(seconds)))"))
        return outcome
    }
}

/// Lengths of time as people read them.
public enum Duration {
    /// `812 ns`, `4.31 µs`, `12.5 ms`, `1.24 s`, `3 min 05 s`: three digits.
    public static func text(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-6: return "\(Int((seconds * 1e9).rounded())) ns"
        case ..<1e-3: return digits(seconds * 1e6) + " µs"
        case ..<1: return digits(seconds * 1e3) + " ms"
        case ..<60: return digits(seconds) + " s"
        default:
            let whole = Int(min(seconds, 1e15).rounded())
            let rest = whole % 60
            return "\(whole / 60) min \(rest < 10 ? "0" : "")\(rest) s"
        }
    }

    private static func digits(_ value: Double) -> String {
        String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
    }
}
