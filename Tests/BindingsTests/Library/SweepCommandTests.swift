import Foundation
import TestSupport
import Testing

/// `eft run` of a script with an ablation: its options, and workers that die.
@Suite struct SweepCommandTests {
    private static let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let program = Self.root.appendingPathComponent(".build/debug/eft")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "the tests need the program: swift build --product eft")
        let process = Process()
        process.executableURL = program
        process.arguments = ["run"] + arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    private func run(_ arguments: String...) throws -> (text: String, code: Int32) {
        let (process, output) = try start(arguments)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }

    @Test func optionsChooseAndListCells() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Fixtures.directory.appendingPathComponent("sweep/sweep.eft").path
        let first = try run(script, "--dry-run", "--pause", "0")
        #expect(first.code == 0 && first.text.contains("24 cells, 0 done, 24 to run; no cell has run yet"))
        #expect(first.text.contains("to run   margin=0.025, rate=5e-05, seed=3") && !first.text.contains("Ablation"))
        let part = try run("--only", "margin=0.05,seed=1", script, "--pause", "0")
        #expect(part.code == 0 && part.text.contains("6 settings, 2 of 2 cells done"))
        let after = try run(script, "--dry-run", "--pause=0")
        #expect(
            after.text.contains("24 cells, 2 done, 22 to run; about ") && after.text.contains("done     margin=0.05, rate=1e-05, seed=1"))
        #expect(try run(script, "--dry-run", "--fresh", "--pause", "0").text.contains("24 cells, 0 done, 24 to run"))
        // What a cell takes no notice of is another pause, but it is read: all of them would run again.
        #expect(try run(script, "--dry-run", "--pause", "0.01").text.contains("24 cells, 0 done, 24 to run"))
        #expect(try run(script, "--only", "margn=1", "--pause", "0").text.contains("did you mean `margin`?"))
        let usage = try run(script, "--workers", "none")
        #expect(usage.code == 2 && usage.text.contains("--workers takes a number of processes from 1 to 256, not `none`"))
        let nothing = folder.appendingPathComponent("nothing.eft")
        try Data("1\n".utf8).write(to: nothing)
        #expect(try run(nothing.path, "--fresh").text.contains("--fresh had no effect: the script ran no ablation"))
    }

    /// A cell whose process is killed is tried again by another, and the second time it has failed, with its error and its log; the rest goes on.
    @Test func aCellThatKillsItsWorkerTwiceHasFailed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("deadly.eft")
        // The cell says who it is by a file, and waits to be killed.
        try Data(
            """
            import time
            table = ablate("deadly", grid = {"a": [1, 2]}, workers = 2) { cell =>
                if cell.a == 2 { print("here it is"); write_text("begun", "x"); while true { time.sleep(0.01) } }
                cell.a
            }
            table.report()
            """.utf8
        ).write(to: script)
        let (process, output) = try start([script.path])
        let begun = folder.appendingPathComponent("begun").path
        var killed = 0
        while killed < 2, process.isRunning {
            guard FileManager.default.fileExists(atPath: begun) else {
                usleep(10_000)
                continue
            }
            try FileManager.default.removeItem(atPath: begun)
            let parent = process.processIdentifier
            let children = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
            for child in children.split(separator: " ") { kill(Int32(child) ?? 0, SIGKILL) }
            killed += 1
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && killed == 2, "\(text)")
        #expect(text.contains("1 of 2 cells done, 1 failed"), "\(text)")
        #expect(text.contains("failed: a=2, seed 0: its process was killed by signal 9 (Killed), 2 times (log: "), "\(text)")
    }

    /// Workers that compute another thing before the ablation each time they run find no cell of their parent's.
    @Test func workersThatSeeOtherDataAreAnError() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("random.eft")
        try Data("import random\nx = random.random()\nablate(\"r\", grid = {\"a\": [1, 2]}) { cell => x }".utf8).write(to: script)
        let result = try run(script.path, "--workers", "2")
        #expect(result.code == 1 && result.text.contains("is not the same each time it runs"), "\(result.text)")
    }
}
