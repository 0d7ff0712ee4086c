import Console
import Experiments
import Foundation
import Tensors

/// The options of `eft run` that go to the ablations of a script: `--workers N`, `--dry-run`, `--only parameter=value`, `--fresh`.
///
/// A parameter of the script's that has the name of one takes it itself, unless the option stands before the script.
enum SweepSetting {
    private static let options = ["--workers": true, "--dry-run": false, "--only": true, "--fresh": false]

    /// Takes the options out of the words of `eft run` and sets them; `command` is the words as they were.
    ///
    /// - Returns: the options that were given.
    static func take(from words: inout [String], command: [String], script: (String) -> ScriptFile?) throws -> [String] {
        var settings = SweepSettings()
        settings.command = command.contains("-") ? nil : ["run"] + command
        settings.leave = {
            StandardOutput.shared.flush()
            exit(ExitStatus.success)
        }
        var given: [String] = []
        var rest: [String] = []
        var path: String?
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            let name = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            guard let takesValue = options[name], takesValue || word == name, !isParameter(name, of: path, script) else {
                if path == nil, word == "-" || !word.hasPrefix("-") { path = word }
                rest.append(word)
                continue
            }
            var value = ""
            if takesValue {
                if word != name {
                    value = String(word.dropFirst(name.count + 1))
                } else {
                    guard index < words.count else { throw ScriptUsageError("\(name) needs a value") }
                    value = words[index]
                    index += 1
                }
            }
            given.append(name)
            try set(name, value, in: &settings)
        }
        words = rest
        if let worker = SweepWorker.take() {
            settings.worker = worker
            SweepWorker.dieWithParent()
            Parallel.setThreads(worker.threads)
        }
        SweepSettings.current = settings
        return given
    }

    /// Says that options were of no use to a script that ended without an ablation.
    static func reportUnused(_ given: [String]) {
        guard !given.isEmpty, !SweepSettings.wereUsed else { return }
        StandardError.write("eft: \(given.joined(separator: ", ")) had no effect: the script ran no ablation and no search with workers\n")
    }

    private static func isParameter(_ name: String, of path: String?, _ script: (String) -> ScriptFile?) -> Bool {
        guard let path, path != "-" else { return false }
        let parameter = name.dropFirst(2).replacing("-", with: "_")
        return script(path)?.parameters.contains { $0.name == parameter } ?? false
    }

    private static func set(_ name: String, _ value: String, in settings: inout SweepSettings) throws {
        switch name {
        case "--workers":
            guard let count = Int(value), 1...256 ~= count else {
                throw ScriptUsageError("--workers takes a number of processes from 1 to 256, not `\(value)`")
            }
            settings.workers = count
        case "--only":
            guard value.contains("=") else { throw ScriptUsageError("--only takes parameter=value, not `\(value)`") }
            settings.only.append(value)
        case "--dry-run": settings.isDryRun = true
        default: settings.isFresh = true
        }
    }
}
