import Foundation
import TestSupport
import Testing
import Text

/// `eft runs` and its likes at the prompt, on runs that a script made.
@Suite struct RunsCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try folder.write(
            """
            tracker = ExperimentsManager("quality", "shop", [MetricsAccumulator("quality"), MetricsAccumulator("loss")])
            tracker.upload_initial_model(load_model("\(Fixtures.url("tiny_bert").path)"))
            tracker.set_iteration(FineTuningIteration("one", tracker.get_initial_model_run_id(), "shop"))
            for margin, values in [(0.1, [1.0, 2.0]), (0.2, [3.0]), (0.3, [2.5, 2.0, 1.5])] {
                tracker.set_run(FineTuningParams(0, 1e-3, 1e-3, 0.0, 0.0, margin, true, 1.0))
                for value in values { tracker.save_metric("quality", value) }
                if margin == 0.2 { tracker.save_model(tracker.download_initial_model()) }
                tracker.finish_run(as_failed = margin == 0.3)
            }
            print(runs(experiment = "one")["run"])
            """, to: "make.eft")
        let made = try eft("run", "make.eft")
        try #require(made.status == 0, "\(made.errors)")
    }

    private func eft(_ arguments: String...) throws -> ChildProcess.Result { try ChildProcess.eft(arguments, folder: folder) }

    private func json(_ arguments: String...) throws -> JSONValue {
        let result = try ChildProcess.eft(["runs"] + arguments + ["--json"], folder: folder)
        try #require(result.status == 0, "\(result.errors)")
        return try JSONParser.parse(result.output)
    }

    @Test func theCurvesOfRuns() throws {
        let runs = try #require(try json("list", "--experiment", "one").arrayValue)
        let ids = runs.compactMap { $0["id"]?.stringValue ?? $0["run"]?.stringValue }
        #expect(ids.count == 3)
        let plot = try json("plot", ids[0], ids[2], "--metric", "quality")
        #expect(plot["metric"] == "quality" && plot["runs"]?.arrayValue?.compactMap { $0["run"]?.stringValue } == [ids[0], ids[2]])
        #expect(plot["runs"]?[0]?["steps"] == [0, 1] && plot["runs"]?[0]?["values"] == [1.0, 2.0])
        #expect(plot["runs"]?[1]?["steps"] == [0, 1, 2] && plot["runs"]?[1]?["values"] == [2.5, 2.0, 1.5])
        #expect(try eft("runs", "plot", ids[0], "--metric", "qualty").errors.contains("has no metric 'qualty'"))
    }

    @Test func pruningSaysWhatWouldGoAndDeletesIt() throws {
        let failed = try json("prune", "--failed")
        #expect(failed.arrayValue?.count == 1)
        #expect(try eft("-e", "len(prune_runs(failed = true))").output == "1\n")
        #expect(try eft("-e", "len(prune_runs(older_than = 1))").output == "0\n")
        let none = try eft("-e", "prune_runs()")
        #expect(
            none.status == 1 && none.errors.contains("prune_runs: say which runs: failed, older_than, experiment or keep_best with metric"))
        #expect(try eft("-e", "prune_runs(keep_best = 1)").errors.contains("keep_best needs a metric"))
        // Nothing has gone so far; now the failed one goes, then all but the best, and its model stays where the others' go.
        #expect(try eft("-e", "prune_runs(failed = true, yes = true); len(runs(experiment = \"one\"))").output == "2\n")
        let kept =
            "prune_runs(experiment = \"one\", keep_best = 1, metric = \"quality\", yes = true); runs(experiment = \"one\")[0][\"metrics\"]"
        #expect(try eft("-e", kept).output.contains("'quality': 3.0"))
        let artifacts = folder.path + "/.eft/artifacts"
        #expect(try FileManager.default.contentsOfDirectory(atPath: artifacts).count == 2)
        #expect(try eft("runs", "prune", "--experiment", "one", "--yes").output.contains("1 run deleted"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: artifacts).count == 1)
        #expect(try json("list").arrayValue?.count == 1)
    }

    /// At the prompt a deletion is no statement that can be taken back, and says so.
    @Test func undoDoesNotBringRunsBack() throws {
        let terminal = try ChildProcess.prompt(folder: folder, columns: 100)
        try terminal.type("prune_runs(failed = true, yes = true)", expecting: "FAILED")
        try terminal.type("%undo", expecting: "deleted 1 run")
    }

    /// `eft runs export` as a command to a real server, read with MLflow's own client; again, it brings the copy up to date.
    @Test func exportToAServer() throws {
        let server = try MLflowServer.shared.get()
        let plugin = "shop \(UUID().uuidString.prefix(8))"
        let script = try folder.read("make.eft").replacing("\"shop\"", with: "\"\(plugin)\"").replacing("print(", with: "len(")
        try folder.write(script, to: "again.eft")
        try #require(try eft("run", "again.eft").status == 0)
        let sent = try json("export", "--mlflow", server.address)
        #expect(sent["runs"] == 8 && sent["new_runs"] == 8 && sent["models"] == 4)
        #expect(try json("export", "--mlflow", server.address) == ["runs": 8, "new_runs": 0, "values": 0, "models": 0])
        let seen = try JSONParser.parse(
            try server.python(
                """
                found = client.search_experiments(filter_string="name LIKE '\(plugin) / iteration / %'", order_by=["creation_time ASC"])
                runs = [client.search_runs([e.experiment_id], order_by=["attributes.start_time ASC"]) for e in found]
                print(json.dumps([[e.name.split(" / ")[-1] for e in found], [[dict(
                    status=r.info.status, margin=r.data.params.get("margin"),
                    quality=[[m.step, m.value] for m in client.get_metric_history(r.info.run_id, "quality")],
                    files=sorted(f.path for f in client.list_artifacts(r.info.run_id, "model"))) for r in rs] for rs in runs]]))
                """))
        #expect(seen[0] == ["initial", "one"])
        let one = try #require(seen[1]?[1]?.arrayValue)
        #expect(one.map { $0["status"]?.stringValue } == ["FINISHED", "FINISHED", "FAILED"])
        #expect(one.map { $0["margin"]?.stringValue } == ["0.1", "0.2", "0.3"])
        #expect(one[0]["quality"] == [[0, 1.0], [1, 2.0]] && one[1]["quality"] == [[0, 3.0]])
        #expect(one[0]["files"] == [] && one[1]["files"]?.arrayValue?.contains("model/model.safetensors") == true)
        // The other way to fail: nobody there.
        let nobody = try eft("runs", "export", "--mlflow", "http://127.0.0.1:1")
        #expect(nobody.status != 0 && nobody.errors.contains("http://127.0.0.1:1 cannot be reached"))
    }
}
