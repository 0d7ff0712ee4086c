import ArgumentParser
import Console
import Foundation

/// Parses the command line and runs what it says; exit codes are those of the language page.
@main
enum EntryPoint {
    static func main() {
        let code = run(Array(CommandLine.arguments.dropFirst()))
        StandardOutput.shared.flush()
        if let reason = StandardOutput.lossReason {
            StandardError.write("eft: output was lost: \(reason)\n")
            exit(code == ExitStatus.success ? ExitStatus.scriptError : code)
        }
        exit(code)
    }

    private static func run(_ arguments: [String]) -> Int32 {
        do {
            let arguments = rewritten(arguments)
            let command = try plainCall(arguments) ?? parsed(arguments)
            try ThreadSetting.checkEnvironment()
            try command()
            return ExitStatus.success
        } catch let status as ExitStatus {
            return status.code
        } catch let error as ScriptUsageError {
            StandardError.write("eft: \(error.message)\n")
            return ExitStatus.usage
        } catch {
            return report(error)
        }
    }

    private static func parsed(_ arguments: [String]) throws -> () throws -> Void {
        var command = try Eft.parseAsRoot(arguments)
        return { try command.run() }
    }

    /// `eft run FILE [--name value]…` and `eft -e CODE` when nothing else is asked for: the command line's parser, which takes a good part
    /// of a short program's time, would only hand the words on. Nil for all other words.
    private static func plainCall(_ arguments: [String]) -> (() throws -> Void)? {
        let answered = ["-h", "--help", "--version", "--", "--generate-completion-script", "--experimental-dump-help"]
        if arguments.contains(where: { word in answered.contains { word == $0 || word.hasPrefix($0 + "=") } }) { return nil }
        guard arguments.count > 1, !arguments[1].hasPrefix("-") else { return nil }
        switch arguments[0] {
        case "run": return { try RunCommand.run(Array(arguments.dropFirst())) }
        case "-e" where arguments.count == 2: return { try PromptCommand.evaluate([arguments[1]]) }
        default: return nil
        }
    }

    /// `eft help NAME` is a command's help page or a name's documentation, whichever NAME is; `eft FILE` runs a script.
    private static func rewritten(_ arguments: [String]) -> [String] {
        guard let first = arguments.first else { return arguments }
        if first == "help" {
            guard arguments.count > 1 else { return ["--help"] }
            return Eft.commandNames.contains(arguments[1]) ? [arguments[1], "--help"] : ["doc"] + arguments.dropFirst()
        }
        return isScript(first) ? ["run"] + arguments : arguments
    }

    /// A word in the place of a command that names a script; a command's name is never one.
    private static func isScript(_ word: String) -> Bool {
        if word == "-" || word.hasSuffix(".eft") { return true }
        if word.hasPrefix("-") || Eft.commandNames.contains(word) { return false }
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: word, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// Help goes to standard output and is no failure; anything else that the parser says is a usage error.
    private static func report(_ error: any Error) -> Int32 {
        if Eft.exitCode(for: error) == .success {
            StandardOutput.shared.write(Eft.fullMessage(for: error) + "\n")
            return ExitStatus.success
        }
        StandardError.write("eft: \(Eft.message(for: error))\nSee eft --help.\n")
        return ExitStatus.usage
    }
}

/// How the process ends, thrown by a command that has already said why.
struct ExitStatus: Error {
    let code: Int32

    static let success: Int32 = 0
    static let scriptError: Int32 = 1
    static let usage: Int32 = 2
    static let testFailed: Int32 = 3
    static let diverged: Int32 = 4
    static let interrupted: Int32 = 130
}
