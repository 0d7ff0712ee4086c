import Clickstream
import FineTuning
import Foundation
import Testing

@testable import Experiments

/// Iterations after one another: the initial model, the previous iteration, its best parameters, and what is deleted.
@Suite struct IterationsTests {
    private let folder: TemporaryFolder
    private let manager: ExperimentsManager

    init() throws {
        folder = try TemporaryFolder()
        manager = try Self.manager(folder)
    }

    private static func manager(_ folder: TemporaryFolder, topRuns: Int = 10) throws -> ExperimentsManager {
        let requirements = folder.url.appendingPathComponent("requirements.txt")
        try Data("torch==2.0".utf8).write(to: requirements)
        return try ExperimentsManager(
            trackingURI: folder.path("runs.db"), mainMetric: "test_quality", pluginName: "shop",
            accumulators: [try MetricsAccumulator("test_quality")], nTopRuns: topRuns, requirements: requirements.path)
    }

    private func params(_ margin: Double) throws -> FineTuningParams {
        try FineTuningParams(
            numFixedLayers: 1, queryLR: 1e-5, itemsLR: 5e-7, queryWeightDecay: 0, itemsWeightDecay: 1e-6, margin: margin,
            notIrrelevantOnly: true, negativeDownsampling: 0.5, examplesOrder: [.hardAll, .allExamples])
    }

    private static func write(_ text: String) -> (String) throws -> Void {
        { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/weights"))
        }
    }

    private func read(_ folder: URL?) throws -> String {
        try String(contentsOf: try #require(folder).appendingPathComponent("weights"), encoding: .utf8)
    }

    @discardableResult
    private func train(_ margin: Double, _ quality: Double, bestOnly: Bool = true, failed: Bool = false) throws -> String {
        _ = try manager.setRun(try params(margin))
        let run = try #require(manager.run?.id)
        manager.saveMetric(try MetricValue("test_quality", quality))
        try manager.saveModel(bestOnly: bestOnly, save: Self.write("\(margin)"))
        try manager.finishRun(asFailed: failed)
        return run
    }

    private func iteration(_ batch: String, _ run: String = "r") -> FineTuningIteration {
        FineTuningIteration(batchID: batch, runID: run, pluginName: "shop")
    }

    @Test func theInitialModelIsKeptOnce() throws {
        #expect(try !manager.hasInitialModel() && manager.initialModelRun() == nil && manager.initialRun() == nil)
        #expect(try manager.downloadInitialModel() == nil && manager.downloadLastModel() == nil)
        struct Full: Error {}
        #expect(throws: Full.self) { try manager.uploadInitialModel { _ in throw Full() } }
        let run = try #require(try manager.initialRun())
        #expect(run.name == "initial_model" && run.status == .failed)
        #expect(try !manager.hasInitialModel() && manager.initialModelRun() == nil)

        try manager.setIteration(iteration("one"))
        try manager.uploadInitialModel(save: Self.write("first"))
        #expect(manager.iteration == nil)
        #expect(try manager.initialModelRun() == run.id && manager.isInitialRun(run.id) && !manager.isInitialRun("x"))
        #expect(try manager.store.run(id: run.id)?.status == .finished)
        try manager.uploadInitialModel(save: Self.write("second"))
        #expect(try read(manager.downloadInitialModel()) == "first")
        #expect(FileManager.default.fileExists(atPath: try #require(try manager.downloadInitialModel()).path + "/requirements.txt"))
        #expect(try read(manager.downloadModel(experimentName: "shop / iteration / initial", runName: "initial_model")) == "first")
        #expect(try manager.downloadModel(experimentName: "shop", runName: "initial_model") == nil)
        #expect(try manager.store.summaries(experiment: run.experimentID).count == 1)

        try manager.setIteration(iteration("one"))
        let error = try #require(throws: FineTuningError.self) { try manager.deleteModel(run: run.id) }
        #expect(error.condition == "Initial model can't be deleted.")
        #expect(try manager.params(run: run.id) == nil && manager.topParams(experiment: run.experimentID) == nil)
    }

    /// D45, D46: the previous iteration is the one before the current one, and that one is deleted.
    @Test func thePreviousIterationGivesParamsAndModelsAndGoes() throws {
        try manager.uploadInitialModel(save: Self.write("initial"))
        #expect(try manager.previousIteration() == nil && manager.lastIteration() == nil && manager.lastFinishedIteration() == nil)
        #expect(try manager.bestCurrentRun().isInitial && manager.currentModelURL() == nil)

        try manager.setIteration(iteration("one"))
        #expect(try manager.previousIteration() == nil && manager.topParams() == nil && manager.lastModelURL() == nil)
        #expect(try manager.bestCurrentRun() == (nil, false))
        #expect(try read(manager.downloadLastModel()) == "initial")
        for (margin, quality) in [(0.1, 0.5), (0.2, 0.9), (0.3, 0.7), (0.4, .nan)] { try train(margin, quality, bestOnly: false) }
        try train(0.5, 2, bestOnly: false, failed: true)
        let one = try #require(manager.experiment)

        try manager.setIteration(iteration("two"))
        let two = try #require(manager.experiment)
        #expect(try manager.previousIteration() == one && manager.lastIteration() == two)
        // Of finished runs with a model and a quality, best first, as they went in.
        #expect(try manager.topParams() == [params(0.2), params(0.3), params(0.1)])
        let best = try #require(try manager.store.summaries(experiment: one.id).first { $0.params["margin"] == "0.2" }).run.id
        #expect(try manager.params(run: best) == params(0.2))
        #expect(try read(manager.downloadLastModel()) == "0.2" && manager.lastModelURL() == manager.store.modelURL(run: best))
        #expect(try Self.manager(folder, topRuns: 2).topParams(experiment: one.id) == [params(0.2), params(0.3)])
        let started = try train(0.6, 1)
        #expect(try manager.bestCurrentRun() == (started, false))

        try manager.deletePreviousIteration()
        #expect(try manager.experiments().map(\.name) == ["shop / iteration / initial", "shop / iteration / r / two"])
        #expect(try manager.store.hasModel(run: started) && !manager.store.hasModel(run: best))
        #expect(manager.downloadModel(run: best) == nil)
        #expect(try read(manager.downloadBestModel(experiment: one.id)) == "initial")
        #expect(try manager.previousIteration() == nil)
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) { try manager.deletePreviousIteration() }
        #expect(heard.texts == ["there is no previous iteration to delete"])
        // Its name is free again, and its runs can still be read.
        try manager.setIteration(iteration("one"))
        #expect(try manager.experiment != one && manager.store.run(id: best)?.status == .finished)
    }

    /// D51: an iteration is finished when none of its runs is going on.
    @Test func theLastFinishedIteration() throws {
        try manager.setIteration(iteration("one"))
        try train(0.1, 1)
        try train(0.2, 1, failed: true)
        try manager.setIteration(iteration("two"))
        #expect(try !manager.setRun(params(0.1)))
        #expect(try manager.lastIteration()?.name == "shop / iteration / r / two")
        #expect(try manager.lastFinishedIteration()?.name == "shop / iteration / r / one")
        try manager.finishRun()
        #expect(try manager.lastFinishedIteration()?.name == "shop / iteration / r / two")
    }

    @Test func storedParamsThatCannotBeRead() throws {
        var stored = Dictionary(uniqueKeysWithValues: try params(0.1).fields.map { ($0.name, $0.value) })
        #expect(try FineTuningParams(stored: stored) == params(0.1))
        stored["examples_order"] = "2, 11"
        stored["min_abs_difference_threshold"] = nil
        stored["batch_id"] = "b"
        #expect(try FineTuningParams(stored: stored) == params(0.1))
        for (name, text) in [("margin", "wide"), ("num_fixed_layers", "1.0"), ("not_irrelevant_only", "maybe"), ("examples_order", "12")] {
            var broken = stored
            broken[name] = text
            let error = try #require(throws: FineTuningError.self) { try FineTuningParams(stored: broken) }
            #expect(error.place == name && error.found == "'\(text)'" || name == "examples_order" && error.found == "'12'")
        }
        stored["margin"] = nil
        let error = try #require(throws: FineTuningError.self) { try FineTuningParams(stored: stored) }
        #expect(error.condition == "the stored run has no parameter margin")
    }
}
