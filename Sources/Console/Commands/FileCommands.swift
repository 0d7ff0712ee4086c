import Foundation
import Language

/// Commands about files and folders.
enum FileCommands {
    static let all: [Command] = [
        Command("run", "FILE [--param value]…", "run a script in this session, cell by cell") { try run($0) },
        Command("cells", "FILE", "list the cells of a script, with those that are stale or have not run") { try cells($0) },
        Command("cell", "FILE NUMBER", "run one cell of a script") { try cell($0) },
        Command("load", "FILE", "put a file's text at the prompt, to be changed or run") { call in
            call.repl.offer(try read(try argument(call, "FILE")))
            return .outcome(.done)
        },
        Command("edit", "[FILE]", "write a statement in $EDITOR and run it") { try edit($0) },
        Command("pwd", "", "the working directory") { call in
            call.session.say(FileManager.default.currentDirectoryPath)
            return .outcome(.done)
        },
        Command("cd", "[DIRECTORY]", "change the working directory") { try changeDirectory($0) },
        Command("ls", "[FILE]…", "list files, as the shell does") { call in
            .outcome(try ShellCommand.run("ls -C " + call.arguments, session: call.session))
        },
    ]

    /// The only argument.
    private static func argument(_ call: Command.Call, _ name: String) throws -> String {
        guard call.words.count == 1, let word = call.words.first else { throw CommandError("usage: \(name), one argument") }
        return word
    }

    private static func read(_ path: String) throws -> String {
        String(decoding: try readBytes(path), as: UTF8.self)
    }

    private static func readBytes(_ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: HomeDirectory.expand(path))))
        } catch {
            throw CommandError(ScriptFile.reason(path: path, error: error))
        }
    }

    private static func run(_ call: Command.Call) throws -> Command.Result {
        guard let path = call.words.first else { throw CommandError("usage: %run FILE [--param value]…") }
        let script = try ScriptFile(path: HomeDirectory.expand(path))
        let parameters = try script.parameters(from: Array(call.words.dropFirst()))
        return .outcome(call.session.run(script, parameters: parameters))
    }

    private static func cells(_ call: Command.Call) throws -> Command.Result {
        let script = try ScriptFile(path: HomeDirectory.expand(try argument(call, "%cells FILE")))
        guard !script.cells.isEmpty else { throw CommandError("\(script.path) has no cells; one starts at a line `# %% title`") }
        let states = CellState.states(of: script.cells.map { script.source.text($0.span) }, after: call.session.log.statements)
        let rows = zip(script.cells, states).enumerated().map { index, cell in
            [TextTable.pad("\(index + 1)", 3, right: true), "line \(cell.0.line)", cell.0.title, cell.1.text]
        }
        for line in TextTable.lines(rows, width: Terminal.width()) { call.session.say(line) }
        return .outcome(.done)
    }

    private static func cell(_ call: Command.Call) throws -> Command.Result {
        guard call.words.count == 2, let number = Int(call.words[1]) else { throw CommandError("usage: %cell FILE NUMBER") }
        let script = try ScriptFile(path: HomeDirectory.expand(call.words[0]))
        guard script.cells.indices.contains(number - 1) else {
            throw CommandError("\(script.path) has \(script.cells.count) cells; there is no cell \(number)")
        }
        return .outcome(call.session.run(script, cell: number - 1))
    }

    private static func edit(_ call: Command.Call) throws -> Command.Result {
        let editor = Workspace.environment("VISUAL") ?? Workspace.environment("EDITOR") ?? "vi"
        let temporary = NSTemporaryDirectory() + "/eft-\(getpid())-\(call.session.inputCount).eft"
        let path = call.words.first.map(HomeDirectory.expand) ?? temporary
        if call.words.isEmpty {
            // The last statement that was not a command is where one wants to go on.
            let last = call.session.history.statements.last { !$0.hasPrefix("%") && !$0.hasPrefix("!") } ?? ""
            guard FileManager.default.createFile(atPath: path, contents: Data((last + "\n").utf8), attributes: [.posixPermissions: 0o600])
            else { throw CommandError("cannot write \(path)") }
        }
        defer { unlink(temporary) }
        call.session.signals.enter(.child)
        let status = try ShellCommand.spawn("/bin/sh", ["sh", "-c", "\(editor) \"$1\"", editor, path])
        guard status.exited, status.code == 0 else { throw CommandError("\(editor) ended with status \(status.code); nothing was run") }
        let text = try read(path)
        guard text.contains(where: { !$0.isWhitespace }) else { return .outcome(.done) }
        call.session.say(call.session.outputStyle.dim(text.hasSuffix("\n") ? String(text.dropLast()) : text))
        call.session.history.add(text)
        return .outcome(call.session.execute(text))
    }

    private static func changeDirectory(_ call: Command.Call) throws -> Command.Result {
        let words = call.words
        guard words.count <= 1 else { throw CommandError("usage: %cd [DIRECTORY]") }
        let path = HomeDirectory.expand(words.first ?? "~")
        guard chdir(path) == 0 else { throw CommandError("cannot change to \(path): \(String(cString: strerror(errno)))") }
        call.session.say(FileManager.default.currentDirectoryPath)
        return .outcome(.done)
    }
}
