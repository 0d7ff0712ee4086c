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
        Command("whos", "", "names of the session with type, value, memory, and whether they have gradients") { call in
            let session = call.session
            let rows = session.userNames.compactMap { name -> [String]? in
                guard let value = session.interpreter.globals[name] else { return nil }
                return [
                    name, value.typeName, value.byteCount.map(ByteCount.text) ?? "", gradient(value), ValueDisplay.summary(value),
                ]
            }
            guard !rows.isEmpty else {
                session.say("No names yet.")
                return .outcome(.done)
            }
            let lines = TextTable.lines([["name", "type", "memory", "gradient", "value"]] + rows, width: Terminal.width())
            for (index, line) in lines.enumerated() { session.say(index == 0 ? session.outputStyle.bold(line) : line) }
            return .outcome(.done)
        },
    ]

    /// "yes" where a gradient is there, "wanted" where one will come.
    private static func gradient(_ value: Value) -> String {
        guard case .host(let object) = value, object.attributeNames.contains("requires_grad") else { return "" }
        if let grad = try? object.attribute("grad"), !grad.isNone { return "yes" }
        return (try? object.attribute("requires_grad"))?.asBool ?? false ? "wanted" : ""
    }
}

extension Session {
    /// Names that the user gave, in alphabetical order; those with a leading underscore are the prompt's own.
    var userNames: [String] {
        interpreter.globals.definedNames.filter { !$0.hasPrefix("_") }.sorted()
    }
}
