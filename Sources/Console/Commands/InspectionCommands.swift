import Language

/// Commands that list what the session holds.
enum InspectionCommands {
    static let all: [Command] = [
        Command("who", "", "names of the session") { call in
            let names = call.session.userNames
            for line in Completions.columns(names, width: Terminal.width()) { call.session.say(line) }
            if names.isEmpty { call.session.say("No names yet.") }
            return .outcome(.done)
        },
        Command("whos", "", "names of the session with type and value") { call in
            let session = call.session
            let rows = session.userNames.compactMap { name in
                session.interpreter.globals[name].map { [name, $0.typeName, ValueDisplay.summary($0)] }
            }
            guard !rows.isEmpty else {
                session.say("No names yet.")
                return .outcome(.done)
            }
            let lines = TextTable.lines([["name", "type", "value"]] + rows, width: Terminal.width())
            for (index, line) in lines.enumerated() { session.say(index == 0 ? session.outputStyle.bold(line) : line) }
            return .outcome(.done)
        },
    ]
}

extension Session {
    /// Names that the user gave, in alphabetical order; those with a leading underscore are the prompt's own.
    var userNames: [String] {
        interpreter.globals.definedNames.filter { !$0.hasPrefix("_") }.sorted()
    }
}
