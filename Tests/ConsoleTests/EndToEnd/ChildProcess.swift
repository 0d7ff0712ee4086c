import CLibEdit
import Foundation
import Testing

/// Runs the built `eft` program.
enum ChildProcess {
    /// The `eft` beside the test bundle, which the package builds before these tests.
    static let program: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: own).deletingLastPathComponent()
        // The bundle's path, when a helper program has loaded it.
        if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) {
            folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        }
        return folder.appendingPathComponent("eft").path
    }()

    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    static func environment(home: String, adding: [String: String] = [:]) -> [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return ["HOME": home, "PATH": path, "TERM": "xterm", "LC_ALL": "C.UTF-8"].merging(adding) { $1 }
    }

    static func spawn(
        _ arguments: [String], environment: [String: String], directory: String, newSession: Bool = false,
        actions prepare: (inout posix_spawn_file_actions_t) -> Void
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        prepare(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if newSession { posix_spawnattr_setflags(&attributes, 0x80 /* POSIX_SPAWN_SETSID, hidden by a feature macro */) }
        // `env -C` changes the directory, which posix_spawn of this C library's headers cannot be asked for from here.
        let words = ["/usr/bin/env", "-C", directory] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, words[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw PseudoTerminal.Failure(description: "cannot start \(words): \(String(cString: strerror(code)))") }
        return child
    }

    static func wait(_ child: pid_t) throws -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw PseudoTerminal.Failure(description: "waitpid: \(String(cString: strerror(errno)))") }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Runs `eft` with pipes until it ends.
    static func eft(_ arguments: [String], input: String = "", folder: Folder, environment: [String: String] = [:]) throws -> Result {
        let (inputFile, outputFile, errorFile) = (folder.path + "/.stdin", folder.path + "/.stdout", folder.path + "/.stderr")
        try input.write(toFile: inputFile, atomically: true, encoding: .utf8)
        let child = try spawn(
            [program] + arguments, environment: Self.environment(home: folder.path, adding: environment), directory: folder.path
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        let status = try wait(child)
        return Result(
            status: status, output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: outputFile)), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorFile)), as: UTF8.self))
    }

    /// Runs a shell line in which `eft` is the program.
    static func shell(_ line: String, folder: Folder) throws -> Result {
        let outputFile = folder.path + "/.shell"
        let binaries = folder.path + "/.bin"
        try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: binaries + "/eft", withDestinationPath: program)
        let path = binaries + ":" + (environment(home: "")["PATH"] ?? "")
        let child = try spawn(
            ["/bin/bash", "-c", line], environment: environment(home: folder.path, adding: ["PATH": path]), directory: folder.path
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        let status = try wait(child)
        return Result(
            status: status, output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: outputFile)), as: UTF8.self), errors: "")
    }

    /// The prompt in a terminal of its own, up to the first prompt.
    static func prompt(
        folder: Folder, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:], pace: Int? = nil
    ) throws -> PseudoTerminal {
        eft_use_utf8()  // The test's own screen measures characters too.
        let terminal = try PseudoTerminal(
            [program], environment: Self.environment(home: folder.path, adding: environment), directory: folder.path, columns: columns,
            rows: rows, pace: pace)
        try terminal.waitForPrompt()
        return terminal
    }
}

/// A folder for one test, removed with it; it is the program's home and working directory.
final class Folder: Sendable {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "eft-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw PseudoTerminal.Failure(description: "no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
