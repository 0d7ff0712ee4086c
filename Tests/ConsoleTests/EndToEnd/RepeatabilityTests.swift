import Foundation
import TestSupport
import Testing

/// The same script, seed and number of threads give the same bits: twice in one process, in another process, and whatever was in the memory.
@Suite struct RepeatabilityTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Thirty steps of the library's loop, then thirty of a loop of one's own; every parameter is saved after each.
    private static let script = """
        from losses import in_batch_softmax
        param fixtures: str
        items = load_items(path_join(fixtures, "shop/items.jsonl"), id = "id", text = ["title", "text"])
        fn tuned(out) {
            pairs = PairedFineTuningInputsDataset(load_sessions(path_join(fixtures, "shop/sessions.jsonl")))
            data = DatasetDict(train = pairs, test = pairs)
            model = load_model(path_join(fixtures, "tiny_bert"))
            params = FineTuningParams(1, 1e-3, 1e-3, 0.01, 0.01, 0.025, true, 0.8)
            tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = "runs.sqlite")
            tuner = EmbeddingsFineTuner(
                model, DatasetDict(train = items, test = items), TextQueryRetriever(), CosineProbMarginRankingLoss(), params, tracker,
                optimizer = "adamw")
            tuner.preprocess_inputs(data)
            result = fit(tuner, data, epochs = 10, batch_size = 4, seed = 3)
            assert result.steps == 30, f"{result.steps}"
            model.save(out)
            result.history
        }
        fn looped(out) {
            model = load_model(path_join(fixtures, "tiny_bert"))
            model.train()
            optimizer = SGD(model, lr = 1e-2, weight_decay = 0.01)
            losses = []
            for step in range(30) {
                texts = [items.texts[(3 * step + i) % len(items.texts)] for i in range(6)]
                optimizer.zero_grad()
                loss = in_batch_softmax(*model.encode_batch([t[:12] for t in texts], texts))
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            }
            model.save(out)
            losses
        }
        for run in range(2) {
            history = tuned(f"tuned{run}")
            losses = looped(f"looped{run}")
            assert history[0]["train_loss"] != history[-1]["train_loss"] and losses[0] != losses[-1]
            print(history)
            print(losses)
        }

        """

    @Test func thirtyStepsGiveTheSameBits() throws {
        var weights: [String: Set<Data>] = [:]
        var printed: Set<Substring> = []
        for (process, environment) in [["EFT_THREADS": "2"], ["EFT_THREADS": "2", "EFT_CHECK_MEMORY": "1"]].enumerated() {
            let place = try Folder()
            try place.write(Self.script, to: "train.eft")
            let result = try ChildProcess.eft(
                ["run", "train.eft", "--fixtures", Fixtures.directory.path], folder: place, environment: environment)
            #expect(result.status == 0, "process \(process): \(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 4)
            printed.formUnion(lines)
            for way in ["tuned", "looped"] {
                for run in 0..<2 {
                    let file = URL(fileURLWithPath: "\(place.path)/\(way)\(run)/model.safetensors")
                    weights[way, default: []].insert(try Data(contentsOf: file))
                }
            }
        }
        #expect(printed.count == 2, "losses differ between runs: \(printed)")
        #expect(weights.values.map(\.count) == [1, 1], "parameters differ between runs")
        #expect(weights["tuned"] != weights["looped"])
    }

    /// Room for tensors, but not for OpenBLAS's work area of 128 MiB: it would look for memory without end.
    @Test func noMemoryForAProductIsAnError() throws {
        func run(_ code: String, limit: String) throws -> ChildProcess.Result {
            let place = try Folder()
            try place.write(code, to: "work.eft")
            return try ChildProcess.shell("ulimit -v \(limit); EFT_THREADS=1 timeout 60 eft run work.eft", folder: place)
        }
        let peak = try run(
            """
            x = ones(200, 200)
            print([line for line in read_text("/proc/self/status").split("\\n") if "VmPeak" in line][0].split("\\t")[1].strip().split(" ")[0])
            """, limit: "unlimited")
        let base = try #require(Int(peak.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(peak.output)")
        let result = try run(
            "try { ones(200, 200) @ ones(200, 200) } catch NumericError e { print(e.message) }\nprint(zeros(3).sum().item())",
            limit: "\(base + 100 * 1024)")
        #expect(
            result.output
                == "matmul: the matrix library OpenBLAS needs 128 MiB of address space for each of 1 thread, which the system refuses\n0.0\n"
        )
    }

    /// A request that the system refuses ends in an error that can be caught, and the session goes on.
    @Test func memoryThatIsNotThereIsAnError() throws {
        let line = """
            ulimit -v 3000000 && eft -e 'try { zeros(30000, 30000) } catch NumericError e { print(e.message) }' -e 'zeros(3).sum().item()'
            """
        let result = try ChildProcess.shell(line, folder: folder)
        #expect(result.status == 0 && result.output.contains("asked for 3.4 GB") && result.output.hasSuffix("0.0\n"), "\(result.output)")
    }
}
