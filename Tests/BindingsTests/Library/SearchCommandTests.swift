import Foundation
import TestSupport
import Testing

/// Searches whose trials run in worker processes: the same whatever happens to them.
@Suite struct SearchCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func script(_ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func run(_ arguments: String..., input: String? = nil) throws -> (text: String, code: Int32) {
        try RunningScript(arguments, folder: folder, input: input).end()
    }

    /// What the search is about: some trials fail, and a trial takes a time that has nothing to do with its place.
    private static let text = """
        import math
        import random
        import time
        param pause: float = 0.0
        param store: str = ".eft/runs.db"
        fn loss(p) {
            write_text("tried", "x", append = true)
            time.sleep(pause * (1 + math.sin(100 * p["x"])))
            if p["kind"] == "bad" and p["x"] > 2 { raise ValueError(f"too much at {p["x"]}") }
            (p["x"] - 1) ** 2 + (if p["kind"] == "good" { 0 } else { 0.5 }) + 1e-6 * random.random()
        }
        found = minimize(loss, {"x": uniform(-5, 5), "kind": ["good", "fair", "bad"]}, max_evals = 26, seed = 5, workers = 3, store = store)
        print(found.trials, found.errors, found.point, found.loss)
        """

    /// What a script printed last; the bar of its search goes to the same file.
    private func last(_ result: (text: String, code: Int32)) -> String {
        result.code == 0 ? result.text.split(separator: "\n").last.map(String.init) ?? "" : result.text
    }

    private func tried() throws -> Int {
        let file = folder.appendingPathComponent("tried")
        defer { try? FileManager.default.removeItem(at: file) }
        return try Data(contentsOf: file).count
    }

    /// In workers, one after the other, killed and gone on with: the same trials, digit for digit; and no trial that is over is tried again.
    @Test func theSameSearchWhateverHappens() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try script("find.eft", Self.text)
        let here = try run("-", "--store", "here.db", input: Self.text)
        #expect(here.code == 0 && here.text.contains("one after the other: a worker runs the script again, and here there is none"))
        let trials = last(here)
        #expect(try trials.hasPrefix("[(") && trials.contains("too much at") && tried() == 26)
        #expect(try last(run(path, "--pause", "0.01", "--store", "parallel.db")) == trials)
        // Two processes that write at the same moment can leave one mark.
        #expect(try 13...26 ~= tried())
        // The same call finds everything done, failures included.
        #expect(try last(run(path, "--pause", "0.01", "--store", "parallel.db")) == trials)
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("tried").path))
        var random = SystemRandomNumberGenerator()
        var kills = 0
        while kills < 5 {
            let running = try RunningScript([path, "--pause", "0.05", "--store", "killed.db"], folder: folder)
            usleep(UInt32.random(in: 200_000...900_000, using: &random))
            guard running.isRunning else { break }
            // Once all workers, which costs what they were at one attempt of two; the second time it would have failed.
            if kills == 0 { running.killWorkers() }
            usleep(100_000)
            running.kill()
            kills += 1
        }
        #expect(try last(run(path, "--pause", "0.05", "--store", "killed.db")) == trials)
        // A trial whose worker was killed was begun again; each kill takes three at most.
        #expect(try tried() <= 26 + 6 * 2 * kills)
        // More trials go on from those that are there, and another number of workers is another search.
        let more = try script("more.eft", Self.text.replacing("= 26", with: "= 28"))
        #expect(try last(run(more, "--pause", "0.01", "--store", "parallel.db")).hasPrefix(trials.prefix(while: { $0 != "]" })))
        #expect(try 1...2 ~= tried())
        #expect(try last(run(path, "--pause", "0.01", "--store", "parallel.db", "--workers", "2")) != trials)
    }

    /// A trial that always kills its process is a failed one, and the search goes on.
    @Test func aTrialThatKillsItsWorkerHasFailed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try script(
            "deadly.eft",
            """
            import time
            fn loss(p) {
                if p["x"] == 3 { write_text("begun", read_text("/proc/self/stat")); while true { time.sleep(0.01) } }
                p["x"]
            }
            found = minimize(loss, {"x": [1, 2, 3, 4]}, max_evals = 6, seed = 1, workers = 2)
            print([p["x"] for p, _ in found.trials], found.errors)
            """)
        let running = try RunningScript([path, "--workers", "2"], folder: folder)
        var dead = 0
        while running.isRunning {
            guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("begun").path) else {
                usleep(5000)
                continue
            }
            try running.killWriter(of: "begun")
            dead += 1
        }
        let (text, code) = running.end()
        #expect(code == 0 && dead >= 2 && dead % 2 == 0, "\(text)")
        // Each trial of that point has failed, and no other.
        #expect(text.components(separatedBy: "its process was killed by signal 9 (Killed), 2 times").count == dead / 2 + 1, "\(text)")
    }

    /// Inside a cell of an ablation a search stays in the cell's process.
    @Test func aSearchInsideACell() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try script(
            "nested.eft",
            """
            table = ablate("nested", grid = {"low": [0, 1]}) { cell =>
                minimize(p => p["x"], {"x": uniform(cell.low, 2)}, max_evals = 12, workers = 3).loss
            }
            print([s["metrics"]["value"][0] for s in table.settings])
            """)
        let parallel = try run(path, "--workers", "2")
        try FileManager.default.removeItem(at: folder.appendingPathComponent(".eft"))
        let alone = try run(path)
        #expect(last(parallel) == last(alone) && last(alone).hasPrefix("[0."), "\(parallel.text)")
    }

    /// An iteration of fine-tuning with two processes: the qualities are those of one process that tries the same points, digit for digit; one
    /// model is left, the best one's; a kill in between changes nothing.
    @Test func anIterationInWorkers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let shop = Fixtures.url("shop").path
        let text = """
            param tracking: str
            items = load_items("\(shop)/items.jsonl", id = "id", text = ["title", "text"])
            sessions = load_sessions("\(shop)/sessions.jsonl")
            data = RankingData(TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions), DatasetDict(train = items, test = items))
            settings = FineTuningSettings(ProbMarginRankingLoss(), num_epochs = 1, batch_size = 4)
            space = {
                "num_fixed_layers": [0, 1, 99], "query_lr": [1e-3], "items_lr": [1e-3, 5e-3, 1e-2], "query_weight_decay": [0.0],
                "items_weight_decay": [0.0], "margin": [0.05, 0.1], "not_irrelevant_only": [true], "negative_downsampling": [1.0]
            }
            tracker = ExperimentsManager("test_loss", "shop", default_accumulators(), is_loss = true, tracking_uri = tracking, n_top_runs = 2)
            tracker.upload_initial_model(load_model("\(Fixtures.url("tiny_bert").path)"))
            fn job(name, run) {
                iteration = FineTuningIteration(name, run, "shop")
                result = finetune_embedding_model(iteration, settings, data, TextQueryRetriever(), tracker, space, initial_max_evals = 8, seed = 3,
                    workers = 2, store = tracking + ".cells")
                (iteration, result)
            }
            iteration, first = job("one", tracker.get_initial_model_run_id())
            tracker.set_iteration(iteration)
            best = first.best_run_id
            others = [r for r in runs(experiment = str(iteration), store = tracking) if not best.startswith(r["run"])]
            models = [r["run"] for r in others if r["metrics"].get("model_uploaded", 0.0) == 1.0]
            print("first", [str(r["quality"]) for r in first.runs], first.best_quality, models, tracker.model_folder(best) is none)
            tracker.finish_iteration()
            _, second = job("two", best)
            print("second", [(str(r["params"]), str(r["quality"])) for r in second.runs], second.best_quality, second.error)
            """
        let path = try script("job.eft", text)
        func lines(_ text: String) -> [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("first") || $0.hasPrefix("second") } }
        let parallel = try run(path, "--threads", "2", "--tracking", "parallel/runs.db")
        #expect(parallel.code == 0, "\(parallel.text)")
        #expect(
            lines(parallel.text).count == 2 && lines(parallel.text)[0].contains(" [] false") && lines(parallel.text)[0].contains("none"))
        #expect(lines(parallel.text).last?.contains("'none'") == false && lines(parallel.text).last?.hasSuffix(" none") == true)
        let alone = try run("--threads", "1", "-", "--tracking", "alone/runs.db", input: text)
        #expect(lines(alone.text) == lines(parallel.text), "\(alone.text)\n\(parallel.text)")
        // The whole of it again, when the first iteration is deleted: its runs are made again.
        let repeated = try run(path, "--threads", "2", "--tracking", "parallel/runs.db")
        #expect(lines(repeated.text) == lines(parallel.text), "\(repeated.text)")
        let running = try RunningScript([path, "--threads", "2", "--tracking", "killed/runs.db"], folder: folder)
        usleep(2_500_000)
        running.kill()
        let again = try run(path, "--threads", "2", "--tracking", "killed/runs.db")
        #expect(lines(again.text) == lines(parallel.text), "\(again.text)\n\(parallel.text)")
    }
}
