import Experiments
import Foundation
import Testing

@testable import eft

@Suite struct RunReportTests {
    /// Two runs, the second still going, with a curve that falls.
    private func store() throws -> RunStore {
        let store = try RunStore(path: nil)
        let experiment = try store.experiment(named: "demo / iteration")
        let first = try store.startRun(named: "wide margin", experiment: experiment.id, params: [("margin", "0.1"), ("lr", "1e-05")])
        for step in 0..<10 { try store.add("loss", 1 / Double(step + 1), run: first.id) }
        try store.add("ndcg", 0.5481, run: first.id)
        try store.setStatus(.finished, run: first.id)
        _ = try store.startRun(named: "narrow margin", experiment: experiment.id, params: [])
        return store
    }

    @Test func allRunsAreListed() throws {
        let lines = try RunReport.list(store(), width: 200)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("run ") && lines[0].contains("last values"))
        #expect(lines[1].contains("demo / iteration  wide margin") && lines[1].hasSuffix("loss 0.1, ndcg 0.5481"))
        #expect(lines[2].contains("narrow margin"))
        #expect(try RunReport.list(RunStore(path: nil), width: 80) == ["No runs yet."])
    }

    @Test func oneRunShowsItsParametersAndCurves() throws {
        let store = try store()
        let run = try #require(try store.runs().first)
        let text = try RunReport.page(of: run, in: store, width: 120).joined(separator: "\n")
        #expect(text.contains("  lr      1e-05\n  margin  0.1"))
        #expect(text.contains("  loss    10      0.1     0.1 … 1          █▄▃▂▂▂▁▁▁▁"))
    }

    @Test func aListFitsTheWindow() throws {
        for line in try RunReport.list(store(), width: 60) { #expect(line.count < 60) }
    }
}
