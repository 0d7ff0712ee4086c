import Foundation
import TestSupport
import Testing

/// `eft run` of a script with an ablation: its options, and workers that die.
@Suite struct SweepCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func start(_ arguments: [String], input: String? = nil) throws -> RunningScript {
        try RunningScript(arguments, folder: folder, input: input)
    }

    private func run(_ arguments: String...) throws -> (text: String, code: Int32) { try start(arguments).end() }

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
        let running = try start([script.path])
        for _ in 0..<2 { try running.await("begun").killWorkers() }
        let (text, code) = running.end()
        #expect(code == 0)
        #expect(text.contains("1 of 2 cells done, 1 failed"), "\(text)")
        #expect(text.contains("failed: a=2, seed 0: its process was killed by signal 9 (Killed), 2 times (log: "), "\(text)")
    }

    /// Without workers a cell takes its whole process with it. The next start sees that and has a worker run the cells; when that dies as well the
    /// cell has failed, and later starts know what it does.
    @Test func aCellThatKillsTheWholeScriptIsNotTriedWithoutEnd() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("deadly.eft")
        let text = """
            import time
            table = ablate("deadly", grid = {"a": [1, 2, 3]}) { cell =>
                if cell.a == 2 { write_text("begun", "x"); while true { time.sleep(0.01) } }
                cell.a
            }
            table.report()
            """
        try Data(text.utf8).write(to: script)
        let first = try start([script.path])
        try first.await("begun").kill()
        #expect(first.end().code == 9)
        let second = try start([script.path])
        try second.await("begun").killWorkers()
        let report = second.end()
        #expect(report.code == 0 && report.text.contains("an earlier process died at one of the cells"), "\(report.text)")
        #expect(report.text.contains("2 of 3 cells done, 1 failed"), "\(report.text)")
        #expect(report.text.contains("failed: a=2, seed 0: its process was killed by signal 9 (Killed), 2 times (log: "), "\(report.text)")
        // Another chance, from outside again; and if the whole of it is killed then, that costs the cell nothing.
        let third = try start([script.path])
        try third.await("begun").kill()
        _ = third.end()
        let fourth = try start([script.path])
        for _ in 0..<2 { try fourth.await("begun").killWorkers() }
        #expect(fourth.end().text.contains("2 of 3 cells done, 1 failed"))
        // Where there can be no worker the second death is the end of it.
        try FileManager.default.removeItem(at: folder.appendingPathComponent(".eft"))
        for _ in 0..<2 {
            let running = try start(["-"], input: text)
            try running.await("begun").kill()
            _ = running.end()
        }
        let last = try start(["-"], input: text).end()
        #expect(last.code == 0 && last.text.contains("2 of 3 cells done, 1 failed"), "\(last.text)")
        #expect(last.text.contains("failed: a=2, seed 0: the process that ran it ended without a word"), "\(last.text)")
    }

    /// A sweep of which nothing is left is an error, with the reason.
    @Test func aSweepOfWhichEveryCellFailedIsAnError() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("none.eft")
        try Data("ablate(\"n\", grid = {\"a\": [1, 2]}) { cell => raise ValueError(\"no luck\") }\nprint(\"on\")\n".utf8).write(to: script)
        for workers in ["1", "2"] {
            let result = try run(script.path, "--workers", workers)
            #expect(result.code == 1 && !result.text.contains("on\n"), "\(result.text)")
            #expect(result.text.contains("ablation n: all 2 cells failed; the first one: ValueError: no luck"), "\(result.text)")
        }
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
