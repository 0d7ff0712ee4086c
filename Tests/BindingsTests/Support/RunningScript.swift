import Foundation
import TestSupport
import Testing

/// `eft run` of a script in a process of its own, which a test can kill.
final class RunningScript {
    private static let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
    private let process = Process()
    private let output: URL
    private let folder: URL

    /// - Parameter input: what the process reads; nothing by default.
    init(_ arguments: [String], folder: URL, input: String? = nil) throws {
        let program = Self.root.appendingPathComponent(".build/debug/eft")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "the tests need the program: swift build --product eft")
        self.folder = folder
        output = folder.appendingPathComponent(".output-\(UUID().uuidString)")
        process.executableURL = program
        process.arguments = ["run"] + arguments
        process.currentDirectoryURL = folder
        try Data().write(to: output)
        // A file, which does not stay open when workers outlive their parent for a moment.
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        if let input {
            let file = folder.appendingPathComponent(".input-\(UUID().uuidString)")
            try Data(input.utf8).write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
        }
        try process.run()
    }

    /// Waits for a file that the script makes, and removes it.
    @discardableResult
    func await(_ name: String) throws -> RunningScript {
        let path = folder.appendingPathComponent(name).path
        while !FileManager.default.fileExists(atPath: path) {
            try #require(process.isRunning, "the script ended before it made \(name): \(text)")
            usleep(5000)
        }
        try FileManager.default.removeItem(atPath: path)
        return self
    }

    var isRunning: Bool { process.isRunning }

    private var workers: [Int32] {
        let parent = process.processIdentifier
        let children = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
        return children.split(separator: " ").compactMap { Int32($0) }
    }

    func killWorkers() { for worker in workers { Foundation.kill(worker, SIGKILL) } }

    /// Kills the process that wrote its /proc/self/stat to a file, and removes the file.
    func killWriter(of name: String) throws {
        let file = folder.appendingPathComponent(name)
        guard let pid = try String(contentsOf: file, encoding: .utf8).split(separator: " ").first.flatMap({ Int32($0) }) else { return }
        try FileManager.default.removeItem(at: file)
        Foundation.kill(pid, SIGKILL)
    }

    /// Kills the script, and waits until its workers are gone, too.
    func kill() {
        let workers = workers
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for worker in workers { while Foundation.kill(worker, 0) == 0 { usleep(5000) } }
    }

    private var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    /// What it printed when it has ended, and its exit code, or the signal that killed it.
    func end() -> (text: String, code: Int32) {
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }
}
