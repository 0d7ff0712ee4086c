import Clickstream
import Foundation
import GRDB
import Testing

@testable import Experiments

/// A folder that lives as long as the test that made it.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// Collects warnings.
final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var collected: [String] = []

    func add(_ text: String) { lock.withLock { collected.append(text) } }
    var texts: [String] { lock.withLock { collected } }
}

@Suite struct RunStoreTests {
    @Test func keepsRunsAcrossOpenings() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("new/runs.db")
        let id: String
        do {
            let store = try RunStore(path: path)
            let experiment = try store.experiment(named: "e")
            #expect(try store.experiment(named: "e") == experiment)
            let run = try store.startRun(named: "r", experiment: experiment.id, params: [("lr", "1e-05"), ("margin", "0.1")])
            id = run.id
            for value in [3, .nan, .infinity, 1.5] { try store.add("loss", value, run: id) }
            try store.add("mrr", 0.5, run: id)
            try store.setStatus(.finished, run: id)
        }
        let store = try RunStore(path: path)
        let run = try #require(try store.run(id: id))
        #expect(run.status == .finished && run.name == "r" && run.ended != nil && id.count == 32)
        #expect(try store.params(run: id) == ["lr": "1e-05", "margin": "0.1"])
        let curve = try store.curve("loss", run: id)
        #expect(curve.map(\.step) == [0, 1, 2, 3])
        #expect(curve[0].value == 3 && curve[1].value.isNaN && curve[2].value == .infinity && curve[3].value == 1.5)
        #expect(try store.latest(run: id).map(\.name) == ["loss", "mrr"])
        #expect(try store.latest(run: id).map(\.value) == [1.5, 0.5])
        // A resumed run goes on counting where it stopped.
        try store.add("loss", 1, run: id)
        #expect(try store.curve("loss", run: id).last?.step == 4)
        #expect(!store.isInMemory)
    }

    @Test func writesInBatchesAndReadsWhatWaits() throws {
        let folder = try TemporaryFolder()
        let store = try RunStore(path: folder.path("runs.db"))
        let run = try store.startRun(named: "r", experiment: try store.experiment(named: "e").id, params: [])
        for step in 0..<1000 { try store.add("loss", Double(step), run: run.id) }
        // Another connection sees at least the full batches, this one everything.
        let other = try DatabaseQueue(path: folder.path("runs.db"))
        let seen = try other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM metrics") } ?? 0
        #expect(seen >= 768 && seen <= 1000)
        #expect(try store.curve("loss", run: run.id).map(\.value) == (0..<1000).map(Double.init))
    }

    @Test func twoProcessesMayWrite() throws {
        let folder = try TemporaryFolder()
        let stores = try (0..<2).map { _ in try RunStore(path: folder.path("runs.db")) }
        let experiment = try stores[0].experiment(named: "e")
        #expect(try stores[1].experiment(named: "e") == experiment)
        let runs = try stores.map { try $0.startRun(named: "r", experiment: experiment.id, params: []) }
        for step in 0..<600 { for (store, run) in zip(stores, runs) { try store.add("loss", Double(step), run: run.id) } }
        stores.forEach { $0.flush() }
        for run in runs { #expect(try stores[0].curve("loss", run: run.id).count == 600) }
    }

    /// Values reach the file though no other follows them.
    @Test func aTimerWritesWhatWaits() async throws {
        let folder = try TemporaryFolder()
        let store = try RunStore(path: folder.path("runs.db"))
        let run = try store.startRun(named: "r", experiment: try store.experiment(named: "e").id, params: [])
        try store.add("loss", 1, run: run.id)
        let other = try DatabaseQueue(path: folder.path("runs.db"))
        func seen() throws -> Int { try other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM metrics") } ?? 0 }
        for _ in 0..<3000 where try seen() == 0 { try await Task.sleep(nanoseconds: 10_000_000) }
        #expect(try seen() == 1)
        withExtendedLifetime(store) {}
    }

    @Test func sqlitesNameForMemoryIsHeard() throws {
        let heard = Heard()
        let store = try Warnings.received(by: { heard.add($0) }) { try RunStore(path: ":memory:") }
        #expect(store.isInMemory && store.path == nil && heard.texts.isEmpty)
    }

    @Test func aPlaceThatCannotBeWrittenIsSaidOnceAndKeptInMemory() throws {
        let folder = try TemporaryFolder()
        // A file where the folder should be stands in every user's way, root included.
        try Data().write(to: folder.url.appendingPathComponent("blocked"))
        let heard = Heard()
        let open = {
            try RunStore(path: folder.path("blocked/runs.db"), journalFolders: [folder.path("blocked"), folder.path("kept")])
        }
        let id = try Warnings.received(by: { heard.add($0) }) {
            let store = try open()
            let run = try store.startRun(named: "r", experiment: try store.experiment(named: "e").id, params: [("lr", "1")])
            for step in 0..<600 { try store.add("loss", step == 5 ? .nan : Double(step), run: run.id) }
            try store.add("loss", .infinity, run: run.id)
            #expect(try store.curve("loss", run: run.id).count == 601)
            #expect(store.isInMemory)
            try store.setStatus(.finished, run: run.id)
            // The journal is being written: another process leaves it alone.
            #expect(try open().experiments().isEmpty)
            return run.id
        }
        #expect(heard.texts.count == 2 && heard.texts[0].contains("kept in memory and in \(folder.path("kept"))"))

        // The place is free now: the next opening takes everything in, once.
        try FileManager.default.removeItem(atPath: folder.path("blocked"))
        for _ in 0..<2 {
            let store = try Warnings.received(by: { _ in }) { try open() }
            let curve = try store.curve("loss", run: id)
            #expect(!store.isInMemory && curve.count == 601 && curve[4].value == 4 && curve[5].value.isNaN && curve[600].value == .infinity)
            #expect(try store.run(id: id)?.status == .finished)
            #expect(try store.params(run: id) == ["lr": "1"])
            #expect(try store.runs().count == 1)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("kept")) == [])
    }

    /// A kill can cut off the last line of a journal: the lines before it count.
    @Test func aJournalThatWasCutOffIsTakenInAsFarAsItGoes() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appendingPathComponent("blocked"))
        let open = { try RunStore(path: folder.path("blocked/runs.db"), journalFolders: [folder.path("kept")]) }
        let id = try Warnings.received(by: { _ in }) {
            let store = try open()
            let run = try store.startRun(named: "r", experiment: try store.experiment(named: "e").id, params: [])
            for round in 0..<3 {
                for step in 0..<10 { try store.add("loss", Double(10 * round + step), run: run.id) }
                store.flush()
            }
            return run.id
        }
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path("kept")).first)
        let url = folder.url.appendingPathComponent("kept").appendingPathComponent(name)
        let whole = try Data(contentsOf: url)
        try whole.dropLast(20).write(to: url)
        try FileManager.default.removeItem(atPath: folder.path("blocked"))
        let store = try Warnings.received(by: { _ in }) { try open() }
        #expect(try store.curve("loss", run: id).map(\.value) == (0..<20).map(Double.init))
    }

    @Test func aFileThatIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        try Data(String(repeating: "text ", count: 1000).utf8).write(to: folder.url.appendingPathComponent("runs.db"))
        let heard = Heard()
        let store = try Warnings.received(by: { heard.add($0) }) { try RunStore(path: folder.path("runs.db")) }
        #expect(store.isInMemory)
        #expect(heard.texts.count == 1)
        #expect(try Data(contentsOf: folder.url.appendingPathComponent("runs.db")).count == 5000)
    }

    @Test func aFileThatBreaksInTheMiddleMovesToMemory() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("runs.db")
        let heard = Heard()
        let id = try Warnings.received(by: { heard.add($0) }) {
            let store = try RunStore(path: path)
            let run = try store.startRun(named: "r", experiment: try store.experiment(named: "e").id, params: [("lr", "1")])
            try store.add("loss", 1, run: run.id)
            store.flush()
            try store.refuseWrites()
            for step in 2...600 { try store.add("loss", Double(step), run: run.id) }
            #expect(try store.curve("loss", run: run.id).map(\.value) == (1...600).map(Double.init))
            try store.setStatus(.finished, run: run.id)
            #expect(try store.run(id: run.id)?.status == .finished)
            #expect(try store.params(run: run.id) == ["lr": "1"])
            #expect(store.isInMemory)
            return run.id
        }
        #expect(heard.texts.count == 1)

        // The journal beside the file has what the file has not: the next opening brings them together.
        let again = try Warnings.received(by: { _ in }) { try RunStore(path: path) }
        #expect(try again.curve("loss", run: id).map(\.value) == (1...600).map(Double.init))
        #expect(try again.run(id: id)?.status == .finished)
        #expect(try again.runs().count == 1)
    }
}
