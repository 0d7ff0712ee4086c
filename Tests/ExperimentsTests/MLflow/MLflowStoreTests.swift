import Clickstream
import FineTuning
import Foundation
import Statement
import TestSupport
import Testing
import Text

@testable import Experiments

/// The manager on a real MLflow server: what it writes is read with MLflow's own Python client, through a proxy that can break things.
@Suite(.serialized) struct MLflowStoreTests {
    private let server: MLflowServer
    private let proxy: TCPProxy
    private let folder: TemporaryFolder
    /// Each test has a plugin of its own on the common server.
    private let plugin = "shop \(UUID().uuidString.prefix(8))"

    init() throws {
        server = try MLflowServer.shared.get()
        proxy = try TCPProxy(to: server.port)
        folder = try TemporaryFolder()
    }

    private func store(_ machine: String = "a", limit: TimeInterval = 30) throws -> MLflowRunStore {
        try MLflowRunStore(
            address: proxy.address, folder: folder.path(machine),
            retries: try RetryConfig(defaultParams: try RetryParams(maxAttempts: 2, waitTimeSeconds: 0)), environment: [:], limit: limit,
            firstWait: 0.05, longestWait: 0.2)
    }

    private func manager(_ store: MLflowRunStore, topRuns: Int = 10) throws -> ExperimentsManager {
        try ExperimentsManager(
            store: store, mainMetric: "test_quality", pluginName: plugin,
            accumulators: [try MetricsAccumulator("train_loss", calcMean: true), try MetricsAccumulator("test_quality")], nTopRuns: topRuns)
    }

    private func params(_ margin: Double) throws -> FineTuningParams {
        try FineTuningParams(
            numFixedLayers: 1, queryLR: 1e-5, itemsLR: 5e-7, queryWeightDecay: 0, itemsWeightDecay: 1e-6, margin: margin,
            notIrrelevantOnly: true, negativeDownsampling: 0.5, examplesOrder: [.hardAll, .allExamples])
    }

    private func iteration(_ batch: String, _ run: String = "r") -> FineTuningIteration {
        FineTuningIteration(batchID: batch, runID: run, pluginName: plugin)
    }

    private func write(_ text: String) -> (String) throws -> Void {
        { folder in
            try FileManager.default.createDirectory(atPath: folder + "/pooling", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/model.safetensors"))
            try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/pooling/config.json"))
        }
    }

    private func read(_ folder: URL?) throws -> String {
        try String(contentsOf: try #require(folder).appendingPathComponent("model.safetensors"), encoding: .utf8)
    }

    @discardableResult
    private func train(_ manager: ExperimentsManager, _ margin: Double, _ quality: Double, values: Int = 3) throws -> String {
        #expect(try !manager.setRun(params(margin)))
        let run = try #require(manager.run?.id)
        for step in 0..<values { manager.saveMetric(try MetricValue("train_loss", Double(values - step))) }
        manager.saveMetric(try MetricValue("test_quality", quality))
        try manager.saveModel(save: write("\(margin)"))
        try manager.finishRun()
        return run
    }

    private func drain(_ manager: ExperimentsManager) throws {
        let store = try #require(manager.store as? MLflowRunStore)
        while !store.queue.drain(limit: 60) { Thread.sleep(forTimeInterval: 0.05) }
    }

    /// All that the server has of an experiment, as MLflow's client sees it.
    private func seen(_ experiment: String) throws -> JSONValue {
        try JSONParser.parse(
            try server.python(
                """
                found = client.get_experiment_by_name('\(experiment)')
                runs = client.search_runs([found.experiment_id], order_by=['attributes.start_time ASC']) if found else []
                def files(run, path):
                    return [f.path if not f.is_dir else files(run, f.path) for f in client.list_artifacts(run, path)]
                def number(value):
                    return value if value == value and abs(value) < 1e300 else str(value)
                print(json.dumps({'stage': found.lifecycle_stage if found else None, 'kind': found.tags.get('mlflow.experimentKind') if found else None, 'runs': [dict(
                    id=r.info.run_id, name=r.info.run_name, status=r.info.status, ended=bool(r.info.end_time), params=r.data.params,
                    tags={k: v for k, v in r.data.tags.items() if k.startswith('eft.') or k in ['mlflow.source.name', 'mlflow.note.content']},
                    latest={k: number(v) for k, v in r.data.metrics.items()},
                    curves={k: [[m.step, number(m.value)] for m in client.get_metric_history(r.info.run_id, k)] for k in r.data.metrics},
                    files=files(r.info.run_id, None)) for r in runs]}))
                """))
    }

    @Test func roundTripReadByMLflowsOwnClient() throws {
        let manager = try manager(store())
        try manager.uploadInitialModel(save: write("initial"))
        try manager.uploadInitialModel(save: write("again"))
        try manager.setIteration(iteration("one"))
        let first = try train(manager, 0.1, 0.5, values: 1200)
        let worse = try train(manager, 0.2, .nan)
        let best = try train(manager, 0.3, 0.75)
        #expect(try !manager.setRun(params(0.4)))
        manager.saveMetric(try MetricValue("train_loss", .infinity))
        let failed = try #require(manager.run?.id)
        try manager.finishRun(asFailed: true)
        #expect(try manager.getBestQuality() == (best, 0.75))
        #expect(try manager.currentModelURL() == "\(proxy.address)/get-artifact?path=model%2Fmodel.safetensors&run_uuid=\(best)")
        try drain(manager)

        let initial = try seen("\(plugin) / iteration / initial")["runs"]
        #expect(initial?.arrayValue?.count == 1 && initial?[0]?["name"] == "initial_model" && initial?[0]?["status"] == "FINISHED")
        let files: JSONValue = [["model/model.safetensors", ["model/pooling/config.json"]]]
        #expect(initial?[0]?["files"] == files)
        let found = try seen("\(plugin) / iteration / r / one")
        let runs = try #require(found["runs"]?.arrayValue)
        #expect(runs.map { $0["id"]?.stringValue } == [first, worse, best, failed])
        #expect(runs.map { $0["name"]?.stringValue } == (try [0.1, 0.2, 0.3, 0.4].map { try params($0).id }))
        #expect(runs.map { $0["status"]?.stringValue } == ["FINISHED", "FINISHED", "FINISHED", "FAILED"])
        #expect(runs.allSatisfy { $0["ended"] == true && $0["tags"]?["mlflow.source.name"] == "eft" })
        #expect(found["kind"] == "custom_model_development")
        #expect(runs[2]["tags"]?["mlflow.note.content"]?.stringValue?.contains("`margin` 0.3 · ") == true)
        #expect(
            runs[0]["params"] == [
                "batch_id": "one", "run_id": "r", "plugin_name": .string(plugin),
                "examples_order": "ExamplesType.hard_all, ExamplesType.all_examples",
                "items_lr": "5e-07", "items_weight_decay": "1e-06", "margin": "0.1", "max_abs_difference_threshold": "1.0",
                "min_abs_difference_threshold": "0.0", "negative_downsampling": "0.5", "not_irrelevant_only": "True",
                "num_fixed_layers": "1",
                "query_lr": "1e-05", "query_weight_decay": "0.0",
            ])
        // Every value with its step, over several batches; a superseded model is gone, the best one there.
        #expect(runs[0]["curves"]?["train_loss"] == .array((0..<1200).map { [.int($0), .double(Double(1200 - $0))] }))
        #expect(runs[0]["curves"]?["model_uploaded"] == [[0, 0.0], [1, 1.0], [2, 0.0]] && runs[0]["latest"]?["model_deleted"] == 1.0)
        #expect(runs[0]["files"] == [] && runs[2]["files"] == files && runs[1]["files"] == [])
        #expect(runs[1]["latest"]?["test_quality"] == "nan" && runs[3]["latest"]?["train_loss"] != nil)
        #expect(runs[2]["curves"]?["mean_train_loss"] == [[0, 3.0], [1, 2.5], [2, 2.0]])
    }

    /// Its id is its name, so only the time tells an iteration that was deleted and begun again from the one before.
    @Test func anIterationThatIsBegunAgain() throws {
        let manager = try manager(try store())
        func one() throws -> ExperimentRecord? { try manager.experiments().first { $0.name == "\(plugin) / iteration / r / one" } }
        try manager.setIteration(iteration("one"))
        try train(manager, 0.1, 0.5)
        let first = try #require(try one())
        #expect(try one() == first)
        try manager.setIteration(iteration("two"))
        try manager.deletePreviousIteration()
        #expect(try one() == nil)
        try manager.setIteration(iteration("one"))
        let second = try #require(try one())
        #expect(second.id == first.id && second.created > first.created)
        #expect(try !manager.setRun(params(0.1)))
    }

    /// Another machine sees the runs, does not repeat the finished ones, fetches models, goes on with the failed one, and archives.
    @Test func aSecondMachineSharesTheServer() throws {
        let first = try manager(store("a"))
        try first.uploadInitialModel(save: write("initial"))
        try first.setIteration(iteration("one"))
        for (margin, quality) in [(0.1, 0.5), (0.2, 0.9)] { try train(first, margin, quality) }
        #expect(try !first.setRun(params(0.3)))
        for loss in [5.0, 4.0] { first.saveMetric(try MetricValue("train_loss", loss)) }
        let open = try #require(first.run?.id)
        try first.finishRun(asFailed: true)
        try drain(first)

        let second = try manager(store("b"), topRuns: 1)
        #expect(try read(second.downloadInitialModel()) == "initial")
        try second.setIteration(iteration("one"))
        #expect(try second.setRun(params(0.2)) && second.modelIsUploaded())
        #expect(try second.getQuality() == 0.9)
        try second.finishRun()
        #expect(try !second.setRun(params(0.3)) && second.run?.id == open)
        second.saveMetric(try MetricValue("train_loss", 3))
        #expect(try second.store.curve("train_loss", run: open).map(\.value) == [5, 4, 3])
        second.saveMetric(try MetricValue("test_quality", 0.95))
        try second.saveModel(save: write("0.3"))
        try second.finishRun()
        #expect(try second.getBestQuality() == (open, 0.95))
        try drain(second)
        let runs = try seen("\(plugin) / iteration / r / one")["runs"]
        #expect(runs?[2]?["curves"]?["train_loss"] == [[0, 5.0], [1, 4.0], [2, 3.0]] && runs?[2]?["status"] == "FINISHED")
        // The other machine's model was superseded: it is deleted on the server.
        #expect(runs?[1]?["files"] == [] && runs?[1]?["latest"]?["model_uploaded"] == 0.0)

        let third = try manager(store("c"), topRuns: 1)
        try third.setIteration(iteration("two", open))
        #expect(try third.previousIteration()?.name == "\(plugin) / iteration / r / one")
        #expect(try third.params(run: open) == params(0.3) && third.topParams() == [params(0.3)])
        #expect(try read(third.downloadLastModel()) == "0.3")
        try train(third, 0.3, 1)
        try third.deletePreviousIteration()
        #expect(try seen("\(plugin) / iteration / r / one")["stage"] == .null)
        #expect(try third.experiments().map(\.name) == ["\(plugin) / iteration / initial", "\(plugin) / iteration / \(open) / two"])
    }

    /// The server is away at the start, and comes back while the training goes on.
    @Test func awayAtTheStart() throws {
        proxy.mode = .down
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) {
            let manager = try manager(store())
            try manager.setIteration(iteration("one"))
            let best = try train(manager, 0.1, 0.5)
            #expect(try manager.getBestQuality() == (best, 0.5) && manager.setRun(params(0.1)))
            try manager.finishRun()
            #expect(heard.texts.count == 1 && heard.texts[0].contains("training goes on"))
            proxy.mode = .pass
            try drain(manager)
            try train(manager, 0.2, 0.9)
            try drain(manager)
            #expect(
                try manager.store.summaries(experiment: try #require(manager.experiment).id).map(\.run.name) == [
                    params(0.1).id, params(0.2).id,
                ])
            #expect(heard.texts.count == 2 && heard.texts[1].contains("answers again"))
            let runs = try #require(try seen("\(plugin) / iteration / r / one")["runs"]?.arrayValue)
            #expect(runs.count == 2 && runs.allSatisfy { $0["status"] == "FINISHED" })
            #expect(runs[0]["tags"]?["eft.run_id"] == .string(best))
            #expect(runs[0]["curves"]?["train_loss"] == [[0, 3.0], [1, 2.0], [2, 1.0]] && runs[0]["latest"]?["model_uploaded"] == 0.0)
            // Others find it by the id that it was begun with.
            let other = try manager.store.run(id: best)
            #expect(other?.id == best)
            #expect(try self.manager(store("other")).params(run: best) == params(0.1))
        }
    }

    /// The server breaks in the middle, in every way; the run is whole in the end, and once.
    @Test(arguments: [TCPProxy.Mode.down, .status(500), .status(429, retryAfter: 1), .status(503), .loseAnswers, .hold])
    func breaksInTheMiddle(_ mode: TCPProxy.Mode) throws {
        try Warnings.received(by: { _ in }) {
            let manager = try manager(store(limit: 1))
            try manager.setIteration(iteration("one"))
            #expect(try !manager.setRun(params(0.1)))
            for step in 0..<10 { manager.saveMetric(try MetricValue("train_loss", Double(step))) }
            try drain(manager)
            let before = proxy.requestCount
            proxy.mode = mode
            for step in 10..<1500 { manager.saveMetric(try MetricValue("train_loss", Double(step))) }
            if mode != .down { proxy.waitForRequests(before + 2) }
            manager.saveMetric(try MetricValue("test_quality", 0.5))
            try manager.saveModel(save: write("x"))
            try manager.finishRun()
            // And a run that is begun meanwhile.
            #expect(try !manager.setRun(params(0.2)))
            try manager.finishRun()
            proxy.mode = .pass
            try drain(manager)
            let runs = try #require(try seen("\(plugin) / iteration / r / one")["runs"]?.arrayValue)
            #expect(runs.map { $0["name"]?.stringValue } == (try [params(0.1).id, params(0.2).id]))
            #expect(runs[0]["curves"]?["train_loss"] == .array((0..<1500).map { [.int($0), .double(Double($0))] }))
            #expect(runs[0]["files"]?[0]?[0] == "model/model.safetensors" && runs.allSatisfy { $0["status"] == "FINISHED" })
        }
    }

    /// What a process could not send is sent by the next one.
    @Test func theNextProcessCatchesUp() throws {
        try Warnings.received(by: { _ in }) {
            let id = try {
                let manager = try manager(store())
                try manager.setIteration(iteration("one"))
                #expect(try !manager.setRun(params(0.1)))
                proxy.mode = .down
                for step in 0..<100 { manager.saveMetric(try MetricValue("train_loss", Double(step))) }
                return try #require(manager.run?.id)
            }()
            proxy.mode = .pass
            let next = try store()
            while !next.queue.drain(limit: 60) { Thread.sleep(forTimeInterval: 0.05) }
            let runs = try seen("\(plugin) / iteration / r / one")["runs"]
            #expect(runs?[0]?["id"] == .string(id) && runs?[0]?["curves"]?["train_loss"]?.arrayValue?.count == 100)
            #expect(runs?[0]?["status"] == "RUNNING")
        }
    }

    /// The training writes to a server that never answers: this ends only if nothing waits for it.
    @Test func aServerThatNeverAnswersHoldsNothingUp() throws {
        try Warnings.received(by: { _ in }) {
            let manager = try manager(store(limit: 2))
            try manager.setIteration(iteration("one"))
            #expect(try !manager.setRun(params(0.1)))
            try drain(manager)
            proxy.mode = .hold
            for step in 0..<20000 { manager.saveMetric(try MetricValue("train_loss", Double(step))) }
            #expect(try manager.store.latest(run: try #require(manager.run).id).contains { $0.name == "train_loss" && $0.value == 19999 })
            proxy.mode = .pass
            try drain(manager)
            #expect(try seen("\(plugin) / iteration / r / one")["runs"]?[0]?["curves"]?["train_loss"]?.arrayValue?.count == 20000)
        }
    }

    /// A question that nobody answers, and the pause before it is asked again, end with the user's wish, long before their time.
    @Test func anInterruptEndsARequest() throws {
        let store = try store(limit: 600)
        proxy.mode = .hold
        let before = proxy.requestCount
        let wish = Interruption()
        Thread.detachNewThread { [proxy] in
            proxy.waitForRequests(before + 1)
            wish.request()
        }
        #expect(throws: MLflowError.interrupted) { try wish.covering { try store.summaries(experiment: "x") } }
        let patient = try RetryConfig(defaultParams: try RetryParams(waitTimeSeconds: 600))
        #expect(throws: MLflowError.interrupted) {
            try wish.covering { try patient.attempt("log_model") { throw MLflowError.unreachable("nobody") } }
        }
    }

    /// What a download cannot write is said, and leaves nothing behind; a file that is not there is the server's answer, not a file.
    @Test func filesThatCannotBeWrittenOrFound() throws {
        let store = try store()
        let manager = try manager(store)
        try manager.uploadInitialModel(save: write("initial"))
        try drain(manager)
        let initial = try #require(try manager.initialRun())
        let run = try #require(try store.remote(initial.id))
        let place = run.artifacts.drop { $0 != "/" }.drop { $0 == "/" }
        let path = "/api/2.0/mlflow-artifacts/artifacts/\(place)/model/"
        let connection = store.client.connection
        let target = URL(fileURLWithPath: folder.path("there"))
        try connection.download(path + "model.safetensors", to: target)
        #expect(try String(contentsOf: target, encoding: .utf8) == "initial")
        let error = try #require(throws: MLflowError.self) {
            try connection.download(path + "model.safetensors", to: URL(fileURLWithPath: folder.path("no/such")))
        }
        #expect(error.description.contains("no/such could not be written: No such file or directory"))
        let missing = URL(fileURLWithPath: folder.path("missing"))
        let refused = try #require(throws: MLflowError.self) { try connection.download(path + "other", to: missing) }
        #expect(refused.description.hasPrefix("HTTP ") && !FileManager.default.fileExists(atPath: missing.path))
        let unread = try #require(throws: MLflowError.self) { try connection.upload(missing, to: path + "x") }
        #expect(unread.description.contains("missing cannot be read: No such file or directory"))
    }

    /// A run that somebody deletes on the server stops nothing.
    @Test func aRunThatIsDeletedThere() throws {
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) {
            let manager = try manager(store())
            try manager.setIteration(iteration("one"))
            #expect(try !manager.setRun(params(0.1)))
            try drain(manager)
            _ = try server.python("client.delete_run('\(try #require(manager.run).id)')")
            manager.saveMetric(try MetricValue("test_quality", 1))
            try drain(manager)
            #expect(heard.texts.count == 1 && heard.texts[0].contains("takes nothing more of run"))
            #expect(try manager.getQuality() == 1)
            try manager.finishRun()
            #expect(try !manager.setRun(params(0.1)))
        }
    }

    @Test func exportsALocalStoreOnceAndFurther() throws {
        let local = try RunStore(path: folder.path("runs.db"))
        let manager = try ExperimentsManager(
            store: local, mainMetric: "test_quality", pluginName: plugin,
            accumulators: [
                try MetricsAccumulator("train_loss"), try MetricsAccumulator("test_quality"), try MetricsAccumulator("recall@10"),
            ])
        try manager.setIteration(iteration("one"))
        let run = try train(manager, 0.1, 0.5)
        #expect(try !manager.setRun(params(0.2)))
        manager.saveMetric(try MetricValue("recall@10", 0.25))
        let exporter = MLflowExporter(
            store: local, client: MLflowClient(connection: try HTTPConnection(proxy.address, environment: [:])),
            warn: { Issue.record("\($0)") })
        let outcomes = try local.runs().map { try exporter.send(run: $0.id) }
        #expect(outcomes.map(\.values) == [6, 2] && outcomes.map(\.models) == [1, 0] && outcomes.allSatisfy(\.isNew))
        manager.saveMetric(try MetricValue("recall@10", 0.5))
        try manager.finishRun()
        #expect(try local.runs().map { try exporter.send(run: $0.id).values } == [0, 1])
        // Another copy of the file knows nothing of the export, and makes no second run of it.
        try local.write { try $0.execute(sql: "DELETE FROM exports; DELETE FROM exported_metrics") }
        #expect(try local.runs().map { try exporter.send(run: $0.id) }.allSatisfy { !$0.isNew && $0.values == 0 })
        let runs = try #require(try seen("\(plugin) / iteration / r / one")["runs"]?.arrayValue)
        #expect(runs.count == 2 && runs[0]["tags"]?["eft.run_id"] == .string(run) && runs[0]["params"]?["margin"] == "0.1")
        #expect(runs[1]["curves"]?["recall_10"] == [[0, 0.25], [1, 0.5]] && runs[1]["status"] == "FINISHED")
    }

    @Test func addressesThatAreNone() throws {
        let retries = try RetryConfig(defaultParams: try RetryParams(waitTimeSeconds: 0))
        for address in ["http://", "http://:5000", "http:// a", "http://host:port", "http://host:99999", "ftp://host", "http://h/?q=1"] {
            let error = try #require(throws: MLflowError.self, "\(address)") {
                try MLflowRunStore(address: address, folder: folder.path("x"), retries: retries, environment: [:])
            }
            #expect(error.help?.contains("http://localhost:5000") == true)
        }
        // A server of another kind: the artifact of the address answers, and not as MLflow does.
        let other = try TCPProxy(to: server.port)
        other.mode = .status(404)
        let error = try #require(throws: MLflowError.self) {
            try MLflowRunStore(address: other.address, folder: folder.path("x"), retries: retries, environment: [:])
        }
        #expect(error.description.contains("404"))
        other.mode = .status(401)
        let refused = try #require(throws: MLflowError.self) {
            try MLflowRunStore(address: other.address, folder: folder.path("x"), retries: retries, environment: [:])
        }
        #expect(refused.help?.contains("MLFLOW_TRACKING_USERNAME") == true)
    }
}
