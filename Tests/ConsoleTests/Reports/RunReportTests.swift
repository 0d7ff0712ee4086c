import Experiments
import Foundation
import Testing
import Text

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
        let lines = RunReport.list(try store().details(), width: 200)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("run ") && lines[0].contains("last values"))
        #expect(lines[1].contains("demo / iteration  wide margin") && lines[1].hasSuffix("loss 0.1, ndcg 0.5481"))
        #expect(lines[2].contains("narrow margin"))
        #expect(RunReport.list([], width: 80) == ["No runs yet."])
    }

    @Test func oneRunShowsItsParametersAndCurves() throws {
        let store = try store()
        let text = try RunReport.page(of: try store.details(named: "wide margin"), in: store, width: 120).joined(separator: "\n")
        #expect(text.contains("  lr      1e-05\n  margin  0.1"))
        #expect(text.contains("  loss    10      0.1     0.1 … 1          █▄▃▂▂▂▁▁▁▁"))
    }

    @Test func aListFitsTheWindow() throws {
        for line in RunReport.list(try store().details(), width: 60) { #expect(line.count < 60) }
    }

    @Test func runsBesideEachOtherShowWhatDiffers() throws {
        let store = try store()
        let comparison = RunComparison(try ["wide margin", "narrow margin"].map { try store.details(named: $0) })
        #expect(
            RunReport.comparison(comparison, width: 100).dropFirst().map {
                $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            }
            .filter { !$0.hasPrefix("took") } == [
                "name wide margin narrow margin", "status FINISHED RUNNING", "lr 1e-05 –", "margin 0.1 –", "loss 0.1 –", "ndcg 0.5481 –",
            ])
    }

    /// Three seeds of one setting beat the one lucky run of another in the mean only if they do.
    @Test func theBestAreRankedWithTheirNoise() throws {
        let store = try RunStore(path: nil)
        let experiment = try store.experiment(named: "e")
        for (margin, values) in [("0.1", [0.5, 0.52, 0.54]), ("0.2", [0.60]), ("0.3", [0.1, 0.2]), ("0.1", [0.5])] {
            for (seed, value) in values.enumerated() {
                // The last one repeats the first: it is no fourth measurement.
                let run = try store.startRun(named: "r", experiment: experiment.id, params: [("margin", margin), ("seed", "\(seed)")])
                try store.add("ndcg", value, run: run.id)
                try store.setStatus(.finished, run: run.id)
            }
        }
        let groups = RunGroup.ranked(try store.details(), metric: "ndcg", higherIsBetter: true)
        #expect(groups.map { $0.runs.count } == [1, 3, 2])
        let lines = RunReport.best(groups, metric: "ndcg", count: 10, width: 100)
        #expect(lines[1].contains("margin=0.2") && lines[1].contains("–"))
        // scipy.stats.t.interval(0.95, 2, loc = 0.52, scale = sem): 0.47032 … 0.56968
        #expect(lines[2].contains("0.52") && lines[2].contains("0.47032 … 0.56968"))
        #expect(lines.last == "One run a setting: how much another seed would change is not known.")
        #expect(
            RunGroup.verdict(Array(groups.dropFirst()))
                == "The 95 % intervals of the first two overlap: between them the seeds do not decide.")
        #expect(!RunGroup.higherIsBetter("test_loss") && RunGroup.higherIsBetter("glossary"))
    }

    @Test func runsAreFoundByIdNameAndBeginning() throws {
        let store = try store()
        let run = try store.details(named: "wide margin").run
        #expect(try store.details(named: String(run.id.prefix(9))).run == run)
        #expect { try store.details(named: "wide margn") } throws: {
            "\($0)" == "there is no run `wide margn`; did you mean `wide margin`?"
        }
        #expect { try store.details(named: "") } throws: { "\($0)".hasPrefix("there is no run") }
    }

    @Test func otherProgramsReadRunsAsJSON() throws {
        let json = try store().details(named: "wide margin").json
        #expect(json["metrics"]?["ndcg"]?.doubleValue == 0.5481 && json["params"]?["margin"]?.stringValue == "0.1")
        #expect(json["status"]?.stringValue == "FINISHED" && json["experiment"]?.stringValue == "demo / iteration")
        let comparison = RunComparison(try store().details()).json
        #expect(comparison["metrics"]?["ndcg"]?.arrayValue == [.double(0.5481), .null])
        #expect(comparison["different_params"]?["lr"]?.arrayValue == [.string("1e-05"), .null])
    }

    @Test func filtersChooseRuns() throws {
        let store = try store()
        #expect(try store.details(RunFilter(status: .finished)).map(\.run.name) == ["wide margin"])
        #expect(try store.details(RunFilter(last: 1)).map(\.run.name) == ["narrow margin"])
        #expect(try store.details(RunFilter(experiment: "other")).isEmpty)
        #expect(try store.details(RunFilter(before: Date(timeIntervalSinceNow: -60))).isEmpty)
        try store.deleteRuns([try store.details(named: "wide margin").run.id])
        #expect(try store.details().map(\.run.name) == ["narrow margin"])
    }
}
