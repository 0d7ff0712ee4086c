import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// `fit`, interrupted anywhere: in a loss, in a metric, in a validation, between steps. `tuner.resume()` ends where it would have ended.
@Suite struct ResumeTests {
    private static func setup(_ folder: String) -> String {
        """
        items = load_items("\(Fixtures.url("shop").path)/items.jsonl", id = "id", text = ["title", "text"])
        sessions = load_sessions("\(Fixtures.url("shop").path)/sessions.jsonl")
        data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions)
        fn loss(f) {
            tick()
            tick()
            mean(relu(0.2 - f.target * (f.positive_ranks - f.negative_ranks)) * (1 + 0.1 * rand(1)))
        }
        model = load_model("\(Fixtures.url("tiny_bert").path)")
        model.train()
        params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                  margin = 0.1, not_irrelevant_only = true, negative_downsampling = 0.7)
        tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true,
                                     tracking_uri = "\(folder)/runs.db")
        tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), loss, params, tracker)
        tuner.preprocess_inputs(data)
        seed(5)
        fn go() {
            fit(tuner, data, epochs = 2, batch_size = 2, accumulate = 2, test_each_n_inputs = 3, sanity_batches = 1, clip_norm = 1.0,
                callbacks = {"on_batch_end": s => { tick(); none }})
        }
        """
    }

    /// Presses Ctrl-C at the `stopAt`th tick.
    private static func session(stopAt: Int, _ count: Box) throws -> Interpreter {
        let folder = try TemporaryFolder()
        let session = Interpreter(
            configuration: ScriptRun.configuration(OutputBox()) { configuration in
                configuration.builtins.append(
                    Namespace(
                        "test",
                        [
                            Builtin("tick", "() -> none", doc: "Counts.") { call in
                                let number = count.value.add(1, ordering: .relaxed).newValue
                                if number == stopAt { call.interpreter.interrupt() }
                                return .none
                            }
                        ]))
            })
        _ = try session.execute(Source(name: "setup", text: setup(folder.path)))
        count.value.store(0, ordering: .relaxed)
        return session
    }

    private final class Box: Sendable { let value = Atomic<Int>(0) }

    /// All that a training leaves, bit for bit.
    private static func end(_ session: Interpreter) throws -> String {
        try session.execute(
            Source(
                name: "end",
                text:
                    "(r.status, r.steps, r.history, r.best, r.counts, model.encode([\"red shoes\"]).tolist(), random_number(), tuner.learning_rates)"
                    .replacingOccurrences(of: "random_number()", with: "sample(list(range(1000)), 3)"))
        ).repr
    }

    @Test func anInterruptedTrainingGoesOnToTheSameEnd() throws {
        let ticks = Box()
        let whole = try Self.session(stopAt: .max, ticks)
        _ = try whole.execute(Source(name: "fit", text: "r = go()"))
        let count = ticks.value.load(ordering: .relaxed)
        let end = try Self.end(whole)
        #expect(end.hasPrefix("('finished'") && count > 20)
        for stop in stride(from: 1, through: count, by: 3) {
            let box = Box()
            let session = try Self.session(stopAt: stop, box)
            _ = try session.execute(Source(name: "fit", text: "r = go()"))
            #expect(session.lookup("r").map { "\($0.repr.prefix(40))" }?.contains("interrupted") == true, "stop at \(stop)")
            _ = try session.execute(Source(name: "resume", text: "r = tuner.resume()"))
            #expect(try Self.end(session) == end, "stop at \(stop)")
        }
    }
}
