import Console
import Foundation
import Tensors

/// The number of threads for kernels and matrix products: `--threads N`, else `EFT_THREADS`, else the cores of this process.
enum ThreadSetting {
    /// Holds `EFT_THREADS` against what is allowed; the kernels read it themselves.
    static func checkEnvironment() throws {
        guard let value = getenv("EFT_THREADS"), value.pointee != 0 else { return }
        _ = try count(String(cString: value), from: "EFT_THREADS")
    }

    /// `--threads N`, for the rest of the process.
    static func apply(_ text: String) throws { Parallel.setThreads(try count(text, from: "--threads")) }

    /// Takes `--threads N` or `--threads=N` out of the words of `eft run` and applies it: before the script, or among its parameters
    /// unless it has one of that name.
    static func take(from words: inout [String], around script: (String) -> ScriptFile?) throws {
        guard let place = words.firstIndex(where: { $0 == option || $0.hasPrefix(option + "=") }) else { return }
        if place > 0, words[0] == "-" || script(words[0])?.parameters.contains(where: { $0.name == "threads" }) == true { return }
        let word = words.remove(at: place)
        if word != option { return try apply(String(word.dropFirst(option.count + 1))) }
        guard place < words.count else { throw ScriptUsageError("--threads needs a number") }
        try apply(words.remove(at: place))
    }

    static let option = "--threads"

    private static func count(_ text: String, from name: String) throws -> Int {
        guard let count = Int(text), 1...256 ~= count else {
            throw ScriptUsageError("\(name) takes a number of threads from 1 to 256, not `\(text)`")
        }
        return count
    }
}
