import Foundation
import Statement
import TestSupport
import Testing

@testable import Bindings
@testable import Experiments
@testable import FineTuning
@testable import Language
@testable import Models
@testable import Tensors

/// Every kind of object: a statement that changes it is taken back, done again, and leaves nothing when it fails. Bits are compared.
@Suite struct UndoTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let setup: String
        let statement: String
        /// An expression that tells states apart.
        let probe: String
        var testDescription: String { name }

        init(_ name: String, _ setup: String, _ statement: String, _ probe: String) {
            (self.name, self.setup, self.statement, self.probe) = (name, setup, statement, probe)
        }
    }

    /// A tuner on the little shop.
    private static let shop = """
        items = load_items("\(Fixtures.url("shop").path)/items.jsonl", id = "id", text = ["title", "text"])
        sessions = load_sessions("\(Fixtures.url("shop").path)/sessions.jsonl")
        data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions)
        model = load_model("\(Fixtures.url("tiny_bert").path)")
        params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                  margin = 0.1, not_irrelevant_only = true, negative_downsampling = 0.7)
        tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true,
                                     tracking_uri = folder + "/runs.db")
        tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), ProbMarginRankingLoss(), params, tracker)
        train = batches(data.train, size = 2)
        test = batches(data.test, size = 1)
        """
    private static let prepared = shop + "\ntuner.preprocess_inputs(data)\nmodel.train()\ntuner.configure_optimizers()"
    private static let walk = prepared + "\ns = step_through(tuner, train)\ns.next()"

    /// A statement that fails takes back what it did, unless it has asked for its work to stay; then undo takes it back.
    @Test func workThatIsToBeKeptStays() throws {
        let session = Interpreter(configuration: ScriptRun.configuration(OutputBox()))
        func run(_ text: String) -> StatementChange { session.executing(Source(name: "s", text: text)).change }
        func list() throws -> String { try session.execute(Source(name: "xs", text: "xs")).repr }
        _ = run("xs = [1]")
        _ = run("xs.append(2); raise ValueError(\"no\")")
        #expect(try !session.stoppedMidway && list() == "[1]")
        let kept = run("xs.append(2); keep_work(); raise ValueError(\"no\")")
        #expect(session.stoppedMidway)
        #expect(try list() == "[1, 2]")
        _ = run("xs.append(3); raise ValueError(\"no\")")
        #expect(try list() == "[1, 2]", "each statement asks for itself")
        kept.swap(in: session)
        #expect(try list() == "[1]")
    }

    static let cases = [
        Case("variables and values", "xs = [1, [2]]; struct P { a = 1 }; p = P()", "xs[1].append(3); p.a = 5; y = xs; del = 1", "(xs, p)"),
        Case("the script's random numbers", "seed(3); x = 0", "x = sample(list(range(1000)), 5)", "x"),
        Case("a gradient", "p = parameter([1.5, -2.0])", "sum(p * p * 0.3).backward()", "state(p)"),
        Case("a gradient that is added to", "p = parameter([1.5, -2.0]); sum(p * p).backward()", "sum(p * 0.1).backward()", "state(p)"),
        Case(
            "an AdamW step", "p = parameter([1.5, -2.0]); o = AdamW([p], lr = 0.1); sum(p * p).backward(); o.step()",
            "o.zero_grad(); sum(p * p * p).backward(); o.step()", "(state(p), state(o))"),
        Case(
            "an SGD step", "p = parameter([1.5, -2.0]); o = SGD([p], lr = 0.1); sum(p * p).backward()", "o.step(); o.zero_grad()",
            "(state(p), state(o))"),
        Case("a learning rate", "p = parameter([1.5]); o = SGD([p], lr = 0.1)", "o.lr = 0.3", "state(o)"),
        Case(
            "steps on embeddings whose rows are brought up to date later",
            "model = load_model(tiny); model.unfreeze(); o = AdamW(model, lr = 0.1, weight_decay = 0.1)\nfn go(t) { o.zero_grad(); sum(model.forward_query(t)).backward(); o.step() }\ngo(\"red shoes\"); go(\"blue\")",
            "go(\"green hat\"); model.encode([\"red\"]); go(\"a coat\")", "(state(model), state(o))"),
        Case(
            "replaced weights", prepared + "\ntuner.training_step(train[0])\nbefore = tuner.snapshot()\ntuner.training_step(train[1])",
            "tuner.restore(before)", "state(tuner)"),
        Case(
            "frozen layers of a CLIP model", "model = load_model(clip)", "model.fix_query_model(1); model.fix_item_model(2)", "state(model)"
        ),
        Case("a CLIP model's dropout", "model = load_model(clip)", "model.train()", "state(model)"),
        Case("frozen layers", "model = load_model(tiny)", "model.freeze(1)", "state(model)"),
        Case("thawed layers", "model = load_model(tiny); model.freeze(1)", "model.unfreeze()", "state(model)"),
        Case("dropout switched on", "model = load_model(tiny)", "model.train()", "state(model)"),
        Case("dropout's random numbers", "model = load_model(tiny); model.train()", "x = model.forward_query(\"red\")", "state(model)"),
        Case(
            "prefixes", "model = load_model(tiny)", "model.query_prefix = \"query: \"; model.item_prefix = \"item: \"",
            "(model.query_prefix, model.item_prefix, model.encode([\"a\"]).tolist())"),
        Case(
            "two towers", "t = two_towers(query = load_model(tiny), items = load_model(tiny)); t.fix_item_model(1)",
            "t.fix_query_model(1); t.unfix_item_model()", "state(t)"),
        Case("a training step", prepared, "tuner.training_step(train[0])", "state(tuner)"),
        Case(
            "training steps in a row", prepared + "\ntuner.training_step(train[0])", "for b in train { tuner.training_step(b) }",
            "state(tuner)"),
        Case(
            "parts of a training step", prepared, "tuner.zero_grad(); tuner.accumulate_gradients(train[0]); tuner.clip_gradients(0.01)",
            "state(tuner)"),
        Case(
            "a validation", prepared, "for b in test { tuner.validation_step(b) }\ntuner.on_validation_epoch_end()",
            "(state(tuner), tuner.validation, tuner.val_loss)"),
        Case("optimizers made afresh", prepared + "\ntuner.training_step(train[0])", "tuner.configure_optimizers()", "state(tuner)"),
        Case("the number of steps", prepared, "tuner.total_steps = 50", "tuner.total_steps"),
        Case("known clicks", shop, "tuner.add_clicks(data.train)", "state(tuner)"),
        Case("a whole training", prepared, "r = fit(tuner, data, epochs = 2, batch_size = 2)", "state(tuner)"),
        Case("a margin", "l = ProbMarginRankingLoss()", "l.set_margin(0.7)", "state(l)"),
        Case("ranks filled in", shop, "tuner.preprocess_inputs(data)", "[i.ranks for i in data.train.not_irrelevant]"),
        Case("a walk forwards", walk, "s.next(2)", "(state(tuner), s.position, s.losses, repr(s.grads()))"),
        Case("a walk backwards", walk + "\ns.next(2)", "s.back(2)", "(state(tuner), s.position, s.losses)"),
        Case("breakpoints", walk, "s.break_when(x => true, \"now\"); s.next(2)", "(s.position, s.stopped)"),
        Case(
            "figures that a tracker holds", prepared + "\na = MetricsAccumulator(\"loss\", calc_mean = true)",
            "r = a.accumulate(MetricValue(\"loss\", 3.0))",
            "state(a)"),
        Case("an augmentation's random numbers", "a = Misspellings(seed = 3)", "x = a(\"running shoes\")", "a(\"running shoes\")"),
    ]

    @Test(arguments: cases) func isTakenBackAndDoneAgain(_ test: Case) throws {
        let folder = try TemporaryFolder()
        let session = try Self.session(folder.path)
        _ = try session.execute(Source(name: "setup", text: test.setup))
        let before = try Self.probe(test, session)
        let (result, change) = session.executing(Source(name: "statement", text: test.statement))
        _ = try result.get()
        let after = try Self.probe(test, session)
        #expect(before != after)
        change.swap(in: session)
        #expect(try Self.probe(test, session) == before)
        change.swap(in: session)
        #expect(try Self.probe(test, session) == after)
        change.swap(in: session)
        // The same statement from the same state leads to the same bits; one that fails leaves no trace.
        let failing = session.executing(Source(name: "failing", text: test.statement + "\nraise ValueError(\"no\")"))
        #expect(throws: Diagnostics.self) { try failing.result.get() }
        #expect(try Self.probe(test, session) == before)
        _ = try session.execute(Source(name: "again", text: test.statement))
        #expect(try Self.probe(test, session) == after)
    }

    @Test func twentyTrainingStepsAndBack() throws {
        let folder = try TemporaryFolder()
        let session = try Self.session(folder.path)
        _ = try session.execute(Source(name: "setup", text: Self.prepared))
        let test = Case("", "", "", "state(tuner)")
        var states = [try Self.probe(test, session)]
        var changes: [StatementChange] = []
        for step in 0..<20 {
            let (result, change) = session.executing(Source(name: "step", text: "tuner.training_step(train[\(step) % len(train)])"))
            _ = try result.get()
            changes.append(change)
            states.append(try Self.probe(test, session))
        }
        #expect(Set(states).count == 21)
        for step in stride(from: 19, through: 0, by: -1) {
            changes[step].swap(in: session)
            #expect(try Self.probe(test, session) == states[step])
        }
        for step in 0..<20 {
            changes[step].swap(in: session)
            #expect(try Self.probe(test, session) == states[step + 1])
        }
    }

    @Test func whatStaysIsSaid() throws {
        let folder = try TemporaryFolder()
        let session = try Self.session(folder.path)
        func effects(_ text: String) throws -> [String] {
            let (result, change) = session.executing(Source(name: "statement", text: text))
            _ = try result.get()
            return change.effects.map { $0.replacingOccurrences(of: folder.path, with: "F") }
        }
        #expect(try effects(Self.prepared).contains("logged to F/runs.db") == false)
        #expect(try effects("tuner.training_step(train[0])") == ["logged to F/runs.db"])
        #expect(try effects("model.save(folder + \"/model\")") == ["wrote F/model"])
        #expect(
            try effects("write_text(folder + \"/a.txt\", \"a\"); remove_file(folder + \"/a.txt\")") == ["wrote F/a.txt", "removed F/a.txt"])
        #expect(try effects("write_jsonl(folder + \"/b.jsonl\", [])") == ["wrote F/b.jsonl"])
        #expect(try effects("tuner.save_checkpoint(folder + \"/c\")").contains("wrote F/c"))
        #expect(try effects("e = enumerate(items)\nfor x in e { break }") == [])
        #expect(try effects("for x in e { break }") == ["read on in an iterator"])
        #expect(try effects("y = model.encode([\"a\"]); print(y)") == [])
    }

    @Test func aStatementThatTrainsIsAllThatIsRemembered() throws {
        let folder = try TemporaryFolder()
        let session = try Self.session(folder.path)
        _ = try session.execute(Source(name: "setup", text: Self.prepared))
        func bytes(_ text: String) throws -> Int {
            let (result, change) = session.executing(Source(name: "statement", text: text))
            _ = try result.get()
            var pieces: [ObjectIdentifier: Int] = [:]
            change.visitMemory { pieces[$0] = $1 }
            return pieces.values.reduce(0, +)
        }
        #expect(try bytes("model.encode([\"red shoes\"])") < 10_000)
        let trained = try #require(session.lookup("model").flatMap(Self.model)).interface.allParameters.filter(\.isTrainable)
        let weights = trained.reduce(0) { $0 + $1.count * 4 }
        let first = try bytes("tuner.training_step(train[0])")
        #expect(first >= weights && first < 4 * weights + 100_000)
    }

    // MARK: Every class

    /// How undo deals with a class of engine objects.
    private enum Kind {
        /// Nothing in it changes.
        case constant
        /// What changes is `@Undoable`, here or in the engine's object that it stands for; a case above shows it.
        case undoable
        /// What it does is outside of the program's memory: shown on the terminal, or logged and said to stay.
        case outside
    }

    private static let kinds: [String: Kind] = [
        "AccumulatorObject": .undoable, "AdjusterObject": .constant, "AugmentationObject": .undoable, "CellObject": .constant,
        "ChartObject": .constant, "ConstructorObject": .constant, "ConverterObject": .constant, "DTypeObject": .constant,
        "DatasetDictObject": .constant, "ExamplesTypeObject": .constant, "ExtractorObject": .undoable, "FeaturesObject": .undoable,
        "HeadModelObject": .undoable, "ImprovementObject": .constant, "IndexInfoObject": .constant, "InputObject": .undoable,
        "ItemSetManagerObject": .constant, "ItemsAugmenterObject": .constant, "ItemsSetObject": .undoable,
        "IterationObject": .constant, "ItemsSetSplitterObject": .constant, "LivePlot": .outside, "LossObject": .undoable,
        "ManagerObject": .undoable, "MetricObject": .undoable,
        "ClipModelObject": .undoable, "ModelObject": .undoable, "NormalizerObject": .constant, "OptimizerObject": .undoable,
        "PairedDatasetObject": .constant,
        "ParamsObject": .constant, "PartObject": .constant, "ProgressObject": .outside, "QueryAugmenterObject": .constant,
        "QueryItemObject": .constant, "RangeOfNumbers": .constant, "RankingDataObject": .constant, "ReportObject": .constant,
        "RetrieverObject": .constant, "RetryConfigObject": .constant, "RetryParamsObject": .constant, "ScheduleObject": .undoable,
        "SearchObject": .constant, "SelectorObject": .constant,
        "SessionStreamObject": .constant, "SettingsObject": .constant, "SnapshotObject": .constant, "SourceObject": .constant,
        "SplitterObject": .constant, "StepStateObject": .constant, "StepThroughObject": .undoable, "SweepObject": .outside,
        "TableObject": .constant, "TensorObject": .undoable, "TrackingStoreObject": .constant, "TunerObject": .undoable,
        "TwoTowerObject": .undoable,
    ]

    /// A new class must be looked at: one that changes needs `@Undoable`. In the bindings themselves no such class has a plain variable.
    @Test func everyClassOfObjectsIsKnown() throws {
        let bindings = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/Bindings")
        let files = try #require(FileManager.default.enumerator(at: bindings, includingPropertiesForKeys: nil))
        var found: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            var current: String?
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
                if let match = line.firstMatch(of: /^final class (\w+)(<\w+>)?: HostObject/) {
                    current = String(match.1)
                    found.insert(String(match.1))
                } else if line == "}" {
                    current = nil
                } else if let name = current, line.contains(/^    (\w+(\(set\))? )*var \w+[^{]*$/) {
                    #expect(line.contains("@Undoable"), "\(name): \(line)")
                }
            }
        }
        #expect(found == Set(Self.kinds.keys))
    }

    // MARK: States as text

    private static func session(_ folder: String) throws -> Interpreter {
        let session = Interpreter(
            configuration: ScriptRun.configuration(OutputBox()) { configuration in
                configuration.builtins.append(
                    Namespace(
                        "test",
                        [
                            Builtin("state", "(object: any) -> str", doc: "All of an object's state.") { call in
                                .string(try state(of: call[0]))
                            }
                        ]))
            })
        session.define("folder", .string(folder))
        session.define("tiny", .string(Fixtures.url("tiny_bert").path))
        session.define("clip", .string(Fixtures.url("clip/tiny_clip").path))
        return session
    }

    private static func probe(_ test: Case, _ session: Interpreter) throws -> String {
        let (result, change) = session.executing(Source(name: "probe", text: test.probe))
        let text = try result.get().repr
        change.swap(in: session)
        return text
    }

    private static func model(_ value: Value) -> (any ModelHolder)? {
        if case .host(let object) = value { object as? any ModelHolder } else { nil }
    }

    private static func state(of value: Value) throws -> String {
        guard case .host(let object) = value else { return value.repr }
        switch object {
        case let tensor as TensorObject: return tensor.parameter.map { "\(bits($0.tensor)) \(gradient($0))" } ?? "\(bits(tensor.tensor))"
        case let object as OptimizerObject: return state(of: object.optimizer)
        case let holder as any ModelHolder: return state(of: holder.interface)
        case let object as TunerObject:
            let tuner = object.tuner
            return """
                \(state(of: tuner.model)) \(tuner.optimizers.map { state(of: $0) }) \(tuner.schedulers.map(\.epoch)) \
                \(tuner.featuresExtractor.random.state) \(tuner.outerRandom?.words ?? []) \(tuner.trainCounts) \(tuner.validationCounts) \
                \(tuner.valLoss ?? 0) \(tuner.lastValidation.map(\.value)) \(tuner.accumulated) \(tuner.totalSteps ?? 0) \
                \(tuner.featuresExtractor.counts) \
                \("\(tuner.featuresExtractor.clickGraph)".count)
                """
        case let object as LossObject: return "\((object.loss as? ProbMarginRankingLoss)?.margin ?? 0)"
        case let object as AccumulatorObject: return "\(object.accumulator.values)"
        default: return value.repr
        }
    }

    private static func state(of model: any EmbeddingsModelInterface) -> String {
        let parameters = model.allParameters.map { "\($0.name) \($0.isTrainable) \(bits($0.tensor)) \(gradient($0))" }
        return "\(parameters) \(model.isTraining) \(model.dropoutStates)"
    }

    private static func state(of optimizer: any Optimizer) -> String {
        let state = optimizer.state
        return "\(state.learningRate) \(state.steps) \(state.tensors.sorted { $0.key < $1.key }.map { "\($0.key) \(bits($0.value))" })"
    }

    private static func gradient(_ parameter: Parameter) -> String {
        parameter.grad.map { "\((try? bits($0.dense())) ?? 0)" } ?? "none"
    }

    /// FNV-1a over the bits of the elements.
    private static func bits(_ tensor: Tensor) -> UInt64 {
        tensor.doubles().reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 }
    }
}
