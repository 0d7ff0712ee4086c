import Experiments
import Foundation
import TestSupport
import Testing

/// What other processes do to a run store: writing at once, and dying in the middle of it.
@Suite struct StoreKillTests {
    private static let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()

    /// A process that writes the numbers 0, 1, … as a metric, `count` of them or without end.
    private func writer(_ store: URL, count: Int? = nil) throws -> Process {
        let program = Self.root.appendingPathComponent(".build/debug/eft")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "the tests need the program: swift build --product eft")
        let process = Process()
        process.executableURL = program
        process.arguments = [
            "-e", "tracker = ExperimentsManager(\"m\", \"writer\", [MetricsAccumulator(\"m\")], tracking_uri = \"\(store.path)\")",
            "-e", "i = 0", "-e", "while i != \(count ?? -1) { tracker.save_metric(\"m\", float(i)); i += 1 }",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func twoProcessesWriteAtOnce() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("runs.db")
        let writers = try (0..<2).map { _ in try writer(file, count: 3000) }
        for process in writers {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let store = try RunStore(path: file.path)
        let runs = try store.runs()
        #expect(runs.count == 2)
        #expect(try store.experiments().count == 1)
        for run in runs { #expect(try store.curve("m", run: run.id).map(\.value) == (0..<3000).map(Double.init)) }
    }

    /// Killed at any moment, the file is whole, and what it has of a curve is its beginning without a gap.
    @Test func killsNeverBreakTheFile() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("runs.db")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<6 {
            let process = try writer(file)
            usleep(UInt32.random(in: 50_000...600_000, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationStatus == SIGKILL)
            let store = try RunStore(path: file.path)
            #expect(!store.isInMemory)
            #expect(try store.integrityProblems() == [])
            for run in try store.runs() {
                let values = try store.curve("m", run: run.id).map(\.value)
                #expect(values == (0..<values.count).map(Double.init))
            }
        }
        #expect(try RunStore(path: file.path).runs().isEmpty == false)
    }
}
