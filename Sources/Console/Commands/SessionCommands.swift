import Foundation

/// Commands about the session itself.
enum SessionCommands {
    static let all: [Command] = [
        Command(
            "history", "[N | -g TEXT]", aliases: ["hist"],
            "the last statements, or those with a text in them; `_7` is the result of number 7"
        ) { try history($0) },
        Command("reset", "[-f]", "forget every name") { try reset($0) },
        Command("info", "", "versions, kernel, threads and folders in use") { call in
            for line in call.session.information() { call.session.say(line) }
            call.session.say("undo          \(call.session.undo.summary)")
            return .outcome(.done)
        },
        Command("env", "[NAME]", "environment variables") { try environmentVariables($0) },
        Command("quit", "", aliases: ["exit", "q"], "leave; so does Ctrl-D") { _ in .leave(0) },
    ]

    private static func history(_ call: Command.Call) throws -> Command.Result {
        let history = call.session.history
        let entries = Array(history.statements.enumerated())
        let words = call.words
        var chosen = entries[...]
        if words.first == "-g", words.count > 1 {
            let text = words.dropFirst().joined(separator: " ")
            chosen = entries.filter { $0.element.localizedCaseInsensitiveContains(text) }[...]
        } else if let word = words.first {
            guard words.count == 1, let count = Int(word), count > 0 else { throw CommandError("usage: %history [N | -g TEXT]") }
            chosen = entries.suffix(count)
        } else {
            chosen = entries[min(history.sessionStart, entries.count)...]
        }
        let width = String(call.session.inputCount).count
        for (_, statement) in chosen {
            let number = call.session.inputNumbers[statement].map(String.init) ?? ""
            let lines = statement.split(separator: "\n", omittingEmptySubsequences: false)
            let margin = "\n" + String(repeating: " ", count: width + 2)
            call.session.say(TextTable.pad(number, width, right: true) + "  " + lines.joined(separator: margin))
        }
        return .outcome(.done)
    }

    private static func reset(_ call: Command.Call) throws -> Command.Result {
        let count = call.session.userNames.count
        guard call.words == ["-f"] || count == 0 else {
            throw CommandError("this forgets \(count) name\(count == 1 ? "" : "s"); say %reset -f to do it")
        }
        call.session.reset()
        return .outcome(.done)
    }

    private static func environmentVariables(_ call: Command.Call) throws -> Command.Result {
        let variables = ProcessInfo.processInfo.environment
        if let name = call.words.first {
            guard let value = variables[name] else { throw CommandError("\(name) is not set") }
            call.session.say(value)
        } else {
            for (name, value) in variables.sorted(by: { $0.key < $1.key }) { call.session.say("\(name)=\(value)") }
        }
        return .outcome(.done)
    }
}
