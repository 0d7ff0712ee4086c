import Clickstream
import FineTuning
import Foundation
import Testing

@testable import Experiments

@Suite struct ExperimentsManagerTests {
    private let folder: TemporaryFolder
    private let manager: ExperimentsManager

    init() throws {
        folder = try TemporaryFolder()
        manager = try Self.manager(folder)
    }

    private static func manager(_ folder: TemporaryFolder, isLoss: Bool = false) throws -> ExperimentsManager {
        try ExperimentsManager(
            trackingURI: folder.path("runs.db"), mainMetric: "test_quality", pluginName: "shop",
            accumulators: [try MetricsAccumulator("train_loss", calcMean: true), try MetricsAccumulator("test_quality")], isLoss: isLoss)
    }

    private func params(_ margin: Double) throws -> FineTuningParams {
        try FineTuningParams(
            numFixedLayers: 1, queryLR: 1e-5, itemsLR: 1e-5, queryWeightDecay: 0, itemsWeightDecay: 0, margin: margin,
            notIrrelevantOnly: true, negativeDownsampling: 1)
    }

    private let iteration = FineTuningIteration(batchID: "b", runID: "r", pluginName: "shop")

    /// One run with a quality, its model saved if it may be; the folder of the model or nil.
    private func train(_ manager: ExperimentsManager, margin: Double, quality: Double) throws -> (run: String, model: URL?) {
        #expect(try !manager.setRun(try params(margin)))
        let run = try #require(manager.run?.id)
        manager.saveMetric(try MetricValue("test_quality", quality))
        let model = try manager.saveModel { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("\(margin)".utf8).write(to: URL(fileURLWithPath: folder + "/weights"))
        }
        try manager.finishRun()
        return (run, model)
    }

    /// A process that ends after a checkpoint leaves values that the resumed one makes again: each is to be in the curve once.
    @Test(arguments: [false, true]) func aResumedTrainingHasOneCurve(byHand: Bool) throws {
        if !byHand {
            try manager.setIteration(iteration)
            _ = try manager.setRun(params(0.1))
        }
        for loss in [4.0, .nan, 2] { manager.saveMetric(try MetricValue("train_loss", loss)) }
        let state = manager.state
        for loss in [1.0, 0.5] { manager.saveMetric(try MetricValue("train_loss", loss)) }
        manager.saveMetric(try MetricValue("test_quality", 0.7))
        let run = try #require(manager.run?.id)
        manager.store.flush()

        let second = try Self.manager(folder)
        if !byHand {
            try second.setIteration(iteration)
            _ = try second.setRun(params(0.1))
        }
        second.restore(state)
        #expect(second.run?.id == run)
        for loss in [1.0, 0.5, 0.25] { second.saveMetric(try MetricValue("train_loss", loss)) }
        let curve = try second.store.curve("train_loss", run: run).map(\.value)
        #expect(curve.count == 6 && curve[1].isNaN && [curve[0]] + curve[2...] == [4, 2, 1, 0.5, 0.25])
        #expect(try second.store.curve("test_quality", run: run).isEmpty)
        let runs = try second.store.summaries(experiment: try #require(second.experiment).id).map(\.run)
        #expect(runs.filter { $0.name != "initial_model" }.count == 1)
        #expect(second.accumulators[0].values.count == 6)
    }

    /// Another run that was set meanwhile keeps its values.
    @Test func aStateOfAnotherRunTouchesNothing() throws {
        try manager.setIteration(iteration)
        _ = try manager.setRun(params(0.1))
        let state = manager.state
        _ = try manager.setRun(params(0.2))
        manager.saveMetric(try MetricValue("train_loss", 3))
        manager.restore(state)
        let run = try #require(manager.run?.id)
        #expect(try manager.store.curve("train_loss", run: run).map(\.value) == [3])
    }

    @Test func constructorErrors() throws {
        let accumulators = [try MetricsAccumulator("m")]
        var error = try #require(throws: FineTuningError.self) {
            try ExperimentsManager(trackingURI: "", mainMetric: "m", pluginName: "p", accumulators: accumulators)
        }
        #expect(error.condition == "MLFlow tracking URI value should be a not empty string")
        error = try #require(throws: FineTuningError.self) {
            try ExperimentsManager(trackingURI: folder.path("r.db"), mainMetric: "", pluginName: "p", accumulators: accumulators)
        }
        #expect(error.condition == "main_metric value should be a not empty string")
        error = try #require(throws: FineTuningError.self) {
            try ExperimentsManager(trackingURI: "postgresql://host/db", mainMetric: "m", pluginName: "p", accumulators: accumulators)
        }
        #expect(error.condition == "tracking_uri has a scheme that is not known")
        error = try #require(throws: FineTuningError.self) {
            try ExperimentsManager(trackingURI: "http://127.0.0.1:1", mainMetric: "recall@10", pluginName: "p", accumulators: accumulators)
        }
        #expect(error.found == "'recall@10'" && error.help?.contains("recall_10") == true)
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) {
            _ = try ExperimentsManager(trackingURI: folder.path("r.db"), mainMetric: "m", pluginName: "p", accumulators: [])
            _ = try ExperimentsManager(trackingURI: folder.path("r.db"), mainMetric: "x", pluginName: "p", accumulators: accumulators)
        }
        #expect(heard.texts.count == 2)
    }

    @Test func onlyMetricsWithAnAccumulatorAreStored() throws {
        try manager.setIteration(iteration)
        #expect(try !manager.setRun(try params(0.1)))
        for value in [1.0, 2.0] {
            manager.saveMetric(try MetricValue("train_loss", value))
            manager.saveMetric(try MetricValue("other", value))
        }
        let run = try #require(manager.run?.id)
        #expect(try manager.store.latest(run: run).map(\.name) == ["mean_train_loss", "model_uploaded", "train_loss"])
        #expect(try manager.store.curve("mean_train_loss", run: run).map(\.value) == [1, 1.5])
        let stored = try manager.store.params(run: run)
        #expect(stored["batch_id"] == "b" && stored["run_id"] == "r" && stored["plugin_name"] == "shop")
        #expect(stored["margin"] == "0.1" && stored["items_lr"] == "1e-05" && stored["not_irrelevant_only"] == "True")
        #expect(try FineTuningParams(stored: stored) == params(0.1))
        // A new run starts its own means.
        #expect(try !manager.setRun(try params(0.2)))
        manager.saveMetric(try MetricValue("train_loss", 7))
        #expect(try manager.store.curve("mean_train_loss", run: try #require(manager.run?.id)).map(\.value) == [7])
    }

    @Test func aFinishedRunIsRecognised() throws {
        var error = try #require(throws: FineTuningError.self) { try manager.setRun(try params(0.1)) }
        #expect(error.condition == "You can't start run for initial iteration")
        try manager.setIteration(iteration)
        error = try #require(throws: FineTuningError.self) { try manager.getQuality() }
        #expect(error.condition == "There is no current Run")
        #expect(try !manager.setRun(try params(0.1)))
        let run = manager.run?.id
        #expect(run != nil)
        try manager.finishRun(asFailed: true)
        #expect(try !manager.setRun(try params(0.1)))
        #expect(manager.run?.id == run)
        try manager.finishRun()

        // Another process, later.
        let again = try Self.manager(folder)
        try again.setIteration(iteration)
        #expect(try again.setRun(try params(0.1)))
        #expect(again.run?.id == run)
        #expect(try !again.setRun(try params(0.3)))
    }

    @Test func anotherPluginsIterationChangesNothing() throws {
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) {
            try manager.setIteration(FineTuningIteration(batchID: "b", runID: "r", pluginName: "other"))
        }
        #expect(heard.texts.count == 1 && manager.iteration == nil)
    }

    @Test(arguments: [false, true])
    func keepsTheBestModelOnly(isLoss: Bool) throws {
        let manager = try Self.manager(folder, isLoss: isLoss)
        try manager.setIteration(iteration)
        #expect(try manager.getBestQuality().run == nil)
        let sign = isLoss ? -1.0 : 1.0
        let first = try train(manager, margin: 0.1, quality: sign * 0.5)
        #expect(try manager.getBestQuality().run == first.run)
        let worse = try train(manager, margin: 0.2, quality: sign * 0.4)
        #expect(try worse.model == nil && !manager.store.hasModel(run: worse.run))
        #expect(try manager.getBestQuality().run == first.run)
        let better = try train(manager, margin: 0.3, quality: sign * 0.6)
        let best = try manager.getBestQuality()
        #expect(best.run == better.run && best.quality == sign * 0.6)
        #expect(try !manager.store.hasModel(run: first.run))
        #expect(try String(contentsOf: try #require(better.model).appendingPathComponent("weights"), encoding: .utf8) == "0.3")
        #expect(try manager.store.latest(run: first.run).map(\.name) == ["model_deleted", "model_uploaded", "test_quality"])
        #expect(try manager.topParams(experiment: try #require(try manager.lastIteration()).id)?.map(\.margin) == [0.3])
        #expect(try manager.currentModelURL() == better.model?.path)
        try manager.finishIteration()
        #expect(throws: FineTuningError.self) { try manager.getBestQuality() }
        let error = try #require(throws: FineTuningError.self) { try manager.deleteModel(run: better.run) }
        #expect(error.condition == "No iteration was initialized, unable to delete model.")
    }

    @Test func aModelThatCannotBeWrittenLeavesNothing() throws {
        struct Full: Error {}
        try manager.setIteration(iteration)
        #expect(try !manager.setRun(try params(0.1)))
        manager.saveMetric(try MetricValue("test_quality", 1))
        #expect(throws: Full.self) {
            try manager.saveModel { folder in
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                throw Full()
            }
        }
        let run = try #require(manager.run?.id)
        #expect(try !manager.store.hasModel(run: run) && !manager.modelIsUploaded())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("artifacts/\(run)")).isEmpty)
    }

    @Test func qualityNamesWhatIsThere() throws {
        try manager.setIteration(iteration)
        #expect(try !manager.setRun(try params(0.1)))
        manager.saveMetric(try MetricValue("train_loss", 1))
        let error = try #require(throws: FineTuningError.self) { try manager.getQuality() }
        #expect(error.found == "'test_quality'" && error.help == "it has: mean_train_loss, train_loss")
        manager.saveMetric(try MetricValue("test_quality", 0.25))
        manager.saveMetric(try MetricValue("test_quality", 0.75))
        #expect(try manager.getQuality() == 0.75)
    }

    @Test func metricsByHandOpenARunOfTheirOwn() throws {
        manager.saveMetric(try MetricValue("train_loss", 1))
        manager.saveMetric(try MetricValue("train_loss", 0.5))
        let run = try #require(manager.run)
        #expect(run.name.hasPrefix("by hand, "))
        #expect(try manager.store.curve("train_loss", run: run.id).map(\.value) == [1, 0.5])
        #expect(try manager.store.experiments().map(\.name) == ["shop / iteration / initial"])
    }
}
