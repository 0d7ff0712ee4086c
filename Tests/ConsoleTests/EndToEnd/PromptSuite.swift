import Foundation
import TestSupport
import Testing

/// A suite whose tests open the prompt in a folder of their own, which is its home too.
protocol PromptSuite {
    var folder: Folder { get }
    /// Columns of the window.
    var columns: Int { get }
}

extension PromptSuite {
    var columns: Int { 80 }

    /// The prompt, ready for the first statement.
    func start(_ environment: [String: String] = [:], columns: Int? = nil, rows: Int = 24, pace: Int? = nil) throws -> PseudoTerminal {
        try ChildProcess.prompt(
            folder: folder, columns: columns ?? self.columns, rows: rows, environment: environment, pace: pace)
    }

    /// The prompt with a tuner on the little shop.
    func startTraining(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
        try TrainingSession.write(to: folder)
        let terminal = try start(environment)
        try terminal.type("%run shop.eft", expecting: "ready")
        return terminal
    }

    /// A shell in which the prompt has been started.
    func startUnderShell() throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            ["/bin/bash", "--norc", "-i"], environment: ChildProcess.environment(home: folder.path, adding: ["PS1": "$ "]),
            directory: folder.path)
        try terminal.send("\(ChildProcess.program)\r")
        try terminal.waitForPrompt()
        return terminal
    }
}

extension PseudoTerminal {
    /// What an expression shows.
    func value(_ expression: String) throws -> String {
        let count = current.lines.count
        try send(expression + "\r")
        let screen = try wait("a value of \(expression)") { $0.lines.count >= count + 2 && $0.cursorLine == "eft>" }
        return screen.lines[screen.lines.count - 2]
    }

    /// Ctrl-D: the exit code.
    func leave() throws -> Int32 {
        try send("\u{4}")
        return try exitStatus()
    }

    /// Types a statement that says "begun" and then works for long, presses Ctrl-C a little later and waits for the prompt.
    @discardableResult
    func interrupt(_ statement: String, after pause: TimeInterval = 0.05) throws -> Screen {
        let count = current.lines.count
        try send("print(\"begun\"); \(statement)\r")
        try wait("the start of \(statement)") { $0.lines.dropFirst(count).contains("begun") }
        Thread.sleep(forTimeInterval: pause)
        try send("\u{3}")
        return try wait("the prompt after \(statement)") {
            $0.lines.dropFirst(count).contains { $0.contains("error[Interrupted]") } && $0.cursorLine == "eft>"
        }
    }

    /// A key or two after the prompt is quiet, and the line that the cursor is on then.
    func edit(_ keys: String, expecting line: String) throws {
        try send(keys)
        try wait("`\(line)` after \(keys.debugDescription)") { $0.cursorLine == line }
    }
}

/// A small training for the prompt: items, sessions, a model of two layers.
enum TrainingSession {
    static func write(to folder: Folder) throws {
        let shop = Fixtures.url("shop").path
        try folder.write(
            """
            items = load_items("\(shop)/items.jsonl", id = "id", text = ["title", "text"])
            data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(load_sessions("\(shop)/sessions.jsonl"))
            model = load_model("\(Fixtures.url("tiny_bert").path)")
            params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                      margin = 0.1, not_irrelevant_only = true, negative_downsampling = 0.7)
            tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true)
            tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), ProbMarginRankingLoss(), params, tracker)
            tuner.preprocess_inputs(data)
            model.train()
            train = batches(data.train, size = 2)
            texts = ["red shoes", "a leather bag"]
            print("ready")
            """, to: "shop.eft")
    }
}
