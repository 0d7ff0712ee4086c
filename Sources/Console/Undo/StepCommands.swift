import Language

/// `%step`, `%back` and `%watch`: going through a training with an eye on it.
enum StepCommands {
    static let all: [Command] = [
        Command("step", "[NAME] [N]", "train on the next batch, or the next N, of a `step_through`") { try move($0, "next") },
        Command("back", "[NAME] [N]", "take steps of a `step_through` back") { try move($0, "back") },
        Command("watch", "[EXPRESSION | -d N]", takesStatement: true, "show an expression's value after each statement; -d forgets one") {
            try watch($0)
        },
    ]

    /// A step is a statement like any other: `walk.next(3)`.
    private static func move(_ call: Command.Call, _ method: String) throws -> Command.Result {
        let usage = "usage: %\(method == "next" ? "step" : "back") [NAME] [N]"
        var words = call.words
        var count = 1
        if let word = words.last, let number = Int(word) {
            guard number > 0 else { throw CommandError(usage) }
            count = number
            words.removeLast()
        }
        guard words.count <= 1 else { throw CommandError(usage) }
        let name = try words.first ?? onlyWalk(call.session)
        return .outcome(call.session.execute("\(name).\(method)(\(count))"))
    }

    private static func onlyWalk(_ session: Session) throws -> String {
        let walks = session.userNames.filter { name in
            if case .host(let object)? = session.interpreter.lookup(name) { object.typeName == "StepThrough" } else { false }
        }
        guard let walk = walks.first else {
            throw CommandError("there is nothing to step through; make it: s = step_through(tuner, batches(data))")
        }
        guard walks.count == 1 else { throw CommandError("which one? %step NAME, where NAME is \(walks.joined(separator: " or "))") }
        return walk
    }

    private static func watch(_ call: Command.Call) throws -> Command.Result {
        let session = call.session
        let words = call.words
        if words.first == "-d" {
            guard words.count == 2, let number = Int(words[1]), session.watches.indices.contains(number - 1) else {
                throw CommandError("usage: %watch -d N, with a number that %watch shows")
            }
            session.watches.remove(at: number - 1)
            return .outcome(.done)
        }
        if !call.arguments.isEmpty { session.watches.append(call.arguments) }
        for (index, expression) in session.watches.enumerated() { session.say("\(index + 1)  \(session.watched(expression))") }
        if session.watches.isEmpty { session.say("nothing is watched; %watch EXPRESSION shows its value after each statement") }
        return .outcome(.done)
    }
}

extension Session {
    /// `expression = value`, or why there is none. What the evaluation changes is taken back.
    fileprivate func watched(_ expression: String) -> String {
        do {
            return "\(expression) = \(try evaluateAside(expression, name: "%watch").repr)"
        } catch {
            return "\(expression): \(ErrorReport.sentence(error))"
        }
    }

    /// Shows what is watched, after something changed.
    func showWatches() {
        for expression in watches { say(outputStyle.dim(watched(expression))) }
    }

    func showWatches(after change: StatementChange) {
        if change.isWorthUndoing { showWatches() }
    }
}
