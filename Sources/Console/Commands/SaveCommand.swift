import Foundation
import Language

/// `%save`: the session, or some of its names, as a script.
enum SaveCommand {
    static let all: [Command] = [
        Command(
            "save", "FILE [NAME]… [-f] [-n]",
            "write the shortest script that rebuilds the names (all if none is given) and check it by running it; -f overwrites, -n does not run"
        ) { try save($0) }
    ]

    private static func save(_ call: Command.Call) throws -> Command.Result {
        let session = call.session
        let flags = Set(call.words.filter { $0 == "-f" || $0 == "-n" })
        let words = call.words.filter { !flags.contains($0) }
        guard let file = words.first else { throw CommandError("usage: %save FILE [NAME]… [-f] [-n]") }
        let names = words.count > 1 ? Array(words.dropFirst()) : session.userNames
        for name in names where session.interpreter.globals[name] == nil {
            throw CommandError("there is no `\(name)` in the session; %who lists the names")
        }
        guard !names.isEmpty else { throw CommandError("there is nothing to save: the session has no names yet") }
        let path = HomeDirectory.expand(file.hasSuffix(".eft") ? file : file + ".eft")
        guard flags.contains("-f") || access(path, F_OK) != 0 else { throw CommandError("\(path) exists; -f overwrites it") }
        let globals = session.interpreter.globals
        let script = SessionScript(session.log.statements) { name in
            if case .host(let object)? = globals[name] { !object.isValue } else { false }
        }
        let shortest = script.statements(rebuilding: names)
        try write(shortest, to: path)
        session.undo.note(effect: "\(path) was written")
        session.say("\(path): \(count(shortest)) for \(names.joined(separator: ", "))")
        if flags.contains("-n") { return .outcome(.done) }
        let first = try check(shortest, path, names, session)
        guard !first.isEmpty, shortest.count < script.all.count else { return .outcome(report(first, session)) }
        // A statement left out had a hand in it, such as one that draws random numbers.
        session.say("run alone, it gives another value to \(first.joined(separator: ", ")); writing all \(count(script.all)) instead")
        try write(script.all, to: path)
        return .outcome(report(try check(script.all, path, names, session), session))
    }

    private static func count(_ statements: [String]) -> String { "\(statements.count) statement\(statements.count == 1 ? "" : "s")" }

    private static func write(_ statements: [String], to path: String) throws {
        do {
            try Data((statements.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandError("cannot write \(path): \(error.localizedDescription)")
        }
    }

    private static func report(_ different: [String], _ session: Session) -> Session.Outcome {
        if different.isEmpty { return .done }
        session.say("run alone, the script gives another value to \(different.joined(separator: ", "))")
        return .failed
    }

    /// Runs the script in an interpreter of its own and compares what it makes with the session: the names that differ.
    private static func check(_ statements: [String], _ path: String, _ names: [String], _ session: Session) throws -> [String] {
        let fresh = Workspace.makeInterpreter(output: { _ in })
        do {
            let source = Source(name: path, text: statements.joined(separator: "\n") + "\n")
            try session.whileInterrupting(fresh) { _ = try fresh.run(source) }
        } catch {
            session.remark("the script was written; it does not run alone:")
            throw error
        }
        var different: [String] = [], objects: [String] = []
        for name in names {
            guard let kept = session.interpreter.globals[name] else { continue }
            switch fresh.globals[name].map({ Likeness(of: $0, to: kept) }) ?? .different {
            case .different: different.append(name)
            case .alike: objects.append(name)
            case .equal: break
            }
        }
        guard different.isEmpty else { return different }
        let compared = names.count - objects.count
        var parts: [String] = []
        if compared > 0 { parts.append("\(compared) value\(compared == 1 ? "" : "s") equal") }
        if !objects.isEmpty { parts.append("made again, not compared: \(objects.joined(separator: ", "))") }
        session.remark("checked by running it: " + parts.joined(separator: "; "))
        return []
    }
}

/// How a value that was made again compares with the first one.
enum Likeness: Int, Comparable {
    case different
    /// Of one type, but what it holds cannot be compared: an engine's object, a function.
    case alike
    case equal

    static func < (left: Likeness, right: Likeness) -> Bool { left.rawValue < right.rawValue }

    init(of made: Value, to kept: Value) {
        switch (made, kept) {
        case (.list(let a), .list(let b)): self = Self.least(a.items, b.items)
        case (.tuple(let a), .tuple(let b)): self = Self.least(a.items, b.items)
        case (.dict(let a), .dict(let b)):
            let sameKeys = a.count == b.count && zip(a.keys, b.keys).allSatisfy { Value.isEqual($0, $1) }
            self = sameKeys ? Self.least(a.pairs.map(\.value), b.pairs.map(\.value)) : .different
        case (.structure(let a), .structure(let b)): self = a.type.name == b.type.name ? Self.least(a.fields, b.fields) : .different
        case (.float(let a), .float(let b)): self = a == b || a.isNaN && b.isNaN ? .equal : .different
        case (.host(let a), .host(let b)) where !a.isValue || !b.isValue: self = a.typeName == b.typeName ? .alike : .different
        case (.function, .function), (.structType, .structType), (.module, .module), (.boundMethod, .boundMethod): self = .alike
        default: self = Value.isEqual(made, kept) ? .equal : .different
        }
    }

    private static func least(_ made: [Value], _ kept: [Value]) -> Likeness {
        guard made.count == kept.count else { return .different }
        return zip(made, kept).map { Likeness(of: $0, to: $1) }.min() ?? .equal
    }
}
