import Experiments
import Foundation
import Language
import Statement
import Tensors
import Text

/// The mechanism under `ablate`: which cells there are, who runs them, and what came of them.
enum SweepNamespace {
    static let functions = Namespace(
        "sweeps", doc: "Running the cells of an ablation.",
        [
            Builtin(
                "open_sweep",
                """
                (name: str, settings: list, seeds: list, body: fn, store: str = "\(ExperimentsManager.defaultStore)", \
                keep_runs: bool = true) -> Sweep
                """,
                doc: """
                    The cells of an ablation: each of `settings` (dicts of parameters) with each of `seeds`. A cell is known by its parameters, the \
                    code that `body` comes to, and the values that this code reads. With `keep_runs` each becomes a run of the store, too. \
                    `ablate` is made of it.
                    """,
                example: "len(open_sweep(\"x\", [{\"a\": 1}, {\"a\": 2}], [0, 1, 2], c => c.a, store = \":memory:\").cells) == 6"
            ) { call in .host(try SweepObject(call)) },
            Builtin(
                "worker_count", "(default: int) -> int | none",
                doc: """
                    How many worker processes a sweep shall have: what `eft run --workers` says, else `default`; none inside a cell, which has its \
                    share of the machine.
                    """, example: "worker_count(3) == 3"
            ) { call in
                let count = SweepSettings.current.workers == nil ? try call.int(0) : SweepSettings.current.workers
                return SweepSettings.isInCell ? .none : count.map { .int($0) } ?? .none
            },
            Builtin(
                "in_worker", "() -> bool",
                doc: "Whether this process computes cells for another, which runs the same script and does everything else.",
                example: "not in_worker()"
            ) { _ in .bool(SweepSettings.current.worker != nil) },
        ])
}

/// One setting with one seed, as the body of an ablation gets it.
final class CellObject: HostObject, @unchecked Sendable {
    let position: Int
    let seed: Int
    private let params: [(name: String, value: Value)]

    init(position: Int, seed: Int, params: [(name: String, value: Value)]) {
        self.position = position
        self.seed = seed
        self.params = params
    }

    override var typeName: String { "Cell" }
    override var doc: String { "A setting of an ablation with a seed: each parameter is an attribute." }
    override var description: String {
        "Cell(" + (params.map { "\($0.name)=\(SweepObject.text($0.value))" } + ["seed=\(seed)"]).joined(separator: ", ") + ")"
    }
    override var attributeNames: [String] { params.map(\.name) + ["seed", "params"] }

    override func attribute(_ name: String) throws -> Value? {
        if let value = params.first(where: { $0.name == name })?.value { return value }
        switch name {
        case "seed": return .int(seed)
        case "params": return .dict(params.map { ($0.name, $0.value) })
        default: return nil
        }
    }

    override func index(_ key: IndexKey) throws -> Value {
        guard case .value(let value) = key, let name = value.asString else {
            throw ScriptError.type("a cell is indexed by a parameter's name")
        }
        if let value = try attribute(name) { return value }
        throw ScriptError.key(
            "the cell has no parameter `\(name)`",
            help: Spelling.suggestion(for: name, among: attributeNames).map { "did you mean `\($0)`?" })
    }
}

/// The cells of an ablation as the library's `ablate` holds them.
final class SweepObject: HostObject, @unchecked Sendable {
    private let sweep: Sweep
    private let cells: [CellObject]
    private let body: Value
    /// The variables that the body reads, each with its fingerprint when the sweep was opened.
    private let variables: [(name: String, fingerprint: String)]

    init(_ call: borrowing BuiltinCall) throws {
        let name = try call.string(0)
        guard !name.isEmpty else { throw ScriptError.value("ablate: the name must not be empty") }
        let settings = try call.items(1).map { try Self.setting($0) }
        let seeds = try call.ints(2)
        body = try call.function(3)
        let interpreter = call.interpreter
        let reach = interpreter.reach(of: body)
        variables = try reach.values.map { ($0.name, try ValueFingerprint.text(of: $0.value, in: interpreter)) }
        var code = ContentHash()
        for part in reach.code { code.update(part.text) }
        for variable in variables { code.update(variable.name + " " + variable.fingerprint) }
        let context = code.hexadecimal
        var cells: [CellObject] = [], known: [SweepCell] = []
        // All settings with the first seed come first: what is there when a sweep is stopped can be compared.
        for seed in seeds {
            for params in settings {
                var key = ContentHash()
                key.update(context)
                key.update(String(seed))
                for (name, value) in params.sorted(by: { $0.name < $1.name }) {
                    key.update(name)
                    key.update(try ValueFingerprint.text(of: value, in: interpreter))
                }
                known.append(
                    SweepCell(
                        key: key.hexadecimal, setting: params.map { "\($0.name)=\(Self.text($0.value))" }.joined(separator: ", "),
                        seed: seed,
                        params: params.map { StoredParameter($0.name, Self.text($0.value)) }))
                cells.append(CellObject(position: cells.count, seed: seed, params: params))
            }
        }
        if let twice = Dictionary(grouping: known, by: \.key).values.first(where: { $0.count > 1 })?.first {
            throw ScriptError.value("ablate: the cell \(twice.label) is there twice")
        }
        self.cells = cells
        let path = try call.string(4)
        sweep = Sweep(name: name, cells: known, store: try RunStore(path: path), keepsRuns: try call.bool(5))
    }

    private static func setting(_ value: Value) throws -> [(name: String, value: Value)] {
        guard case .dict(let dict) = value else {
            throw ScriptError.type("ablate: a setting is a dict of parameters, not \(value.typeNameWithArticle)")
        }
        return try dict.pairs.map { key, value in
            guard let name = key.asString else {
                throw ScriptError.type("ablate: names of parameters are str, not \(key.typeNameWithArticle)")
            }
            guard name != "seed" else {
                throw ScriptError.value(
                    "ablate: `seed` is no parameter of a setting", help: "seeds = 5, or seeds = [1, 7, 9], gives each setting its seeds")
            }
            return (name, value)
        }
    }

    /// A value of a parameter in words.
    static func text(_ value: Value) -> String {
        if let text = value.asString { return text }
        if case .function(let function) = value { return function.name }
        if case .builtin(let builtin) = value { return builtin.name }
        return value.repr
    }

    override var typeName: String { "Sweep" }
    override var doc: String { "The cells of an ablation, and who runs them." }
    override var description: String { "Sweep(\(sweep.name), \(cells.count) cells)" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] {
        ["name", "cells", "is_worker", "is_bystander", "is_dry_run", "is_fresh", "workers", "obstacle_to_workers", "log_folder"]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "name": .string(sweep.name)
        case "cells": .list(cells.map { .host($0) })
        case "is_worker": .bool(sweep.isWorker)
        case "is_bystander": .bool(sweep.isBystander)
        case "is_dry_run": .bool(sweep.settings.isDryRun)
        case "is_fresh": .bool(sweep.settings.isFresh)
        case "workers": sweep.settings.workers.map { .int($0) } ?? Value.none
        case "obstacle_to_workers": sweep.obstacleToWorkers.map { .string($0) } ?? Value.none
        case "log_folder": .string(sweep.logFolder)
        default: nil
        }
    }

    // MARK: Methods

    private static let methods = Namespace(
        "Sweep", doc: "Methods of the cells of an ablation.",
        [
            Builtin(
                "selected", "() -> list",
                doc: "The cells that `eft run --only` leaves: all without it; a condition that fits none is an error.",
                example: """
                    assert len(open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:").selected()) == 2
                    """
            ) { call in
                let sweep = try sweep(call)
                return .list(try sweep.selected().map { .host($0) })
            },
            Builtin(
                "offer", "(cells: list, fresh: bool = false, retry: bool = true) -> none",
                doc:
                    "Makes cells ready to run, unless they are done; with `fresh` those too. Failed ones get another chance, unless `retry` is false.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    assert [r["status"] for r in sweep.records()] == ["waiting", "waiting"]
                    """
            ) { call in
                try sweep(call).sweep.offer(try positions(call, 0), fresh: try call.bool(1), retry: try call.bool(2))
                return .none
            },
            Builtin(
                "claim", "() -> Cell | none",
                doc: "Takes the next cell that waits, for this process; none when none does.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    assert [sweep.claim().a, sweep.claim().a, sweep.claim()] == [1, 2, none]
                    """
            ) { call in
                let sweep = try sweep(call)
                return try sweep.sweep.claim().map { .host(sweep.cells[$0]) } ?? Value.none
            },
            Builtin(
                "finish", "(cell: Cell, outcome: dict) -> none",
                doc: "Keeps what came of a cell: {metrics: {name: number}, per_query: {name: {query: number}}}.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.finish(sweep.claim(), {"metrics": {"ndcg": 0.5}}); assert sweep.records()[0]["metrics"] == {"ndcg": 0.5}
                    """
            ) { call in
                let outcome = try call.dict(1)
                guard case .dict(let metrics)? = outcome.get("metrics") else {
                    throw ScriptError.key("the outcome of a cell needs `metrics`")
                }
                let numbers = try metrics.pairs.map { key, value in
                    guard let name = key.asString, let number = value.asDouble else {
                        throw ScriptError.type("metrics are numbers by name")
                    }
                    return (name: name, value: number)
                }
                let text = try JSONWriter(isCompact: true).string(try JSONValue(call[1], at: "outcome"))
                try sweep(call).sweep.finish(try call.host(0, as: CellObject.self).position, result: text, metrics: numbers)
                return .none
            },
            Builtin(
                "fail", "(cell: Cell, error: str) -> none",
                doc: "Notes that a cell failed, and why.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.fail(sweep.claim(), "no luck"); assert sweep.records()[0]["error"] == "no luck"
                    """
            ) { call in
                try sweep(call).sweep.fail(try call.host(0, as: CellObject.self).position, error: try call.string(1))
                return .none
            },
            Builtin(
                "release", "(cell: Cell) -> none",
                doc: "Gives a cell back that was interrupted.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.release(sweep.claim()); assert sweep.claim().a == 1
                    """
            ) { call in
                try sweep(call).sweep.release(try call.host(0, as: CellObject.self).position)
                return .none
            },
            Builtin(
                "require_unchanged", "() -> none",
                doc:
                    "An error if a variable that the cells read is not what it was when the sweep was opened: cells would depend on their order.",
                example: """
                    base = 1; sweep = open_sweep("x", [{"a": 1}], [0], c => c.a + base, store = ":memory:"); \
                    sweep.require_unchanged(); base = 2; message = try { sweep.require_unchanged(); \
                    "" } catch ValueError e { e.message }; assert "changed `base`" in message
                    """
            ) { call in
                let sweep = try sweep(call), interpreter = call.interpreter
                for (variable, before) in zip(interpreter.reach(of: sweep.body).values, sweep.variables) {
                    guard try ValueFingerprint.text(of: variable.value, in: interpreter) != before.fingerprint else { continue }
                    throw ScriptError.value(
                        "the cell changed `\(before.name)`, which other cells read too",
                        help: "make it inside the block, so that each cell has its own")
                }
                return .none
            },
            Builtin(
                "start_workers", "(count: int) -> none",
                doc: "Starts worker processes for the cells that wait.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    message = try { sweep.start_workers(0); "" } catch ValueError e { e.message }; \
                    assert "from 1 to 256" in message
                    """
            ) { call in
                let count = try call.int(0)
                guard (1...256).contains(count) else { throw ScriptError.value("ablate: workers must be from 1 to 256, not \(count)") }
                try sweep(call).sweep.startWorkers(count, threads: Parallel.threads)
                return .none
            },
            Builtin(
                "tend", "(seconds: float = 0.2) -> dict",
                doc: "Waits a moment, looks after the workers, and tells how many cells are waiting, running, done and failed.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.claim(); assert sweep.tend(0.0) == {"waiting": 1, "running": 1, "done": 0, "failed": 0}
                    """
            ) { call in
                let sweep = try sweep(call).sweep
                try Interruption.sleep(min(max(0, try call.double(0)), 60)) { try call.interpreter.checkInterrupt() }
                do {
                    let state = try sweep.tend()
                    return .dict([
                        ("waiting", .int(state.waiting)), ("running", .int(state.running)), ("done", .int(state.done)),
                        ("failed", .int(state.failed)),
                    ])
                } catch let error as SweepError {
                    throw ScriptError(.io, "ablate: \(error)")
                }
            },
            Builtin(
                "has_suspects", "() -> bool",
                doc: "Whether a process died at one of the cells that wait: such cells had better run in a worker, whose end is seen.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    assert not sweep.has_suspects()
                    """
            ) { call in .bool(try sweep(call).sweep.hasSuspects()) },
            Builtin(
                "stop_workers", "() -> none",
                doc:
                    "Ends the workers. While cells are left they are killed and their cells given back; else they may finish what they send to a server.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.stop_workers(); assert sweep.tend(0.0)["waiting"] == 2
                    """
            ) { call in
                try sweep(call).sweep.stopWorkers()
                return .none
            },
            Builtin(
                "records", "() -> list",
                doc: """
                    What is known of every cell, as dicts: cell, status (new, waiting, running, done, failed), attempts, seconds, error, log, \
                    metrics, per_query.
                    """,
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    assert [(r["cell"].a, r["status"], r["attempts"]) for r in sweep.records()] == [(1, "waiting", 0), (2, "waiting", 0)]
                    """
            ) { call in try sweep(call).records() },
            Builtin(
                "past_seconds", "() -> list",
                doc: "How long done cells of this name took, whatever their code was, the oldest first.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    sweep.finish(sweep.claim(), {"metrics": {}}); assert len(sweep.past_seconds()) == 1
                    """
            ) { call in
                .list(try sweep(call).sweep.pastSeconds().map { .float($0) })
            },
            Builtin(
                "leave", "() -> none",
                doc: "Ends the process: a worker that found nothing more to do, and a dry run.",
                example: """
                    sweep = open_sweep("x", [{"a": 1}, {"a": 2}], [0], c => c.a, store = ":memory:"); sweep.offer(sweep.cells); \
                    message = try { sweep.leave(); "" } catch ValueError e { e.message }; assert "only a worker" in message
                    """
            ) { call in
                let sweep = try sweep(call).sweep
                // A session or an ordinary run would be lost with what it holds.
                guard sweep.isWorker || sweep.settings.isDryRun else {
                    throw ScriptError.value("only a worker or a dry run of an ablation leaves")
                }
                sweep.settings.leave()
                return .none
            },
        ])

    private static func sweep(_ call: borrowing BuiltinCall) throws -> SweepObject { try call.receiver(as: SweepObject.self) }

    private static func positions(_ call: borrowing BuiltinCall, _ argument: Int) throws -> [Int] {
        try call.items(argument).map { value in
            guard case .host(let object) = value, let cell = object as? CellObject else {
                throw call.mismatch(argument, expected: "a list of cells")
            }
            return cell.position
        }
    }

    private func records() throws -> Value {
        .list(
            try zip(cells, sweep.records()).map { cell, record in
                let isCurrent = record.map { sweep.isCurrent($0) } ?? false
                let outcome = isCurrent ? record?.result.flatMap { try? JSONParser.parse($0) } : nil
                return .dict([
                    ("cell", .host(cell)), ("status", .string(isCurrent ? record?.status.rawValue ?? "new" : "new")),
                    ("attempts", .int(record?.attempts ?? 0)), ("seconds", record?.seconds.map { .float($0) } ?? .none),
                    ("error", record?.error.map { .string($0) } ?? .none), ("log", record?.log.map { .string($0) } ?? .none),
                    ("metrics", outcome?["metrics"].map { Value($0) } ?? .dict([])),
                    ("per_query", outcome?["per_query"].map { Value($0) } ?? .dict([])),
                ])
            })
    }

    /// The cells that fit every condition of `--only`.
    private func selected() throws -> [CellObject] {
        var left = cells
        for condition in sweep.settings.only.flatMap({ $0.split(separator: ",").map(String.init) }) {
            let parts = condition.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { throw ScriptError.value("--only takes parameter=value, not `\(condition)`") }
            let names = cells.first?.attributeNames.filter { $0 != "params" } ?? []
            guard names.contains(parts[0]) else {
                let near = Spelling.suggestion(for: parts[0], among: names).map { "did you mean `\($0)`?" }
                throw ScriptError.value(
                    "--only \(condition): the ablation has no parameter `\(parts[0])`",
                    help: near ?? "it has \(names.joined(separator: ", "))")
            }
            let wanted = Interpreter.value(of: parts[1], as: .any)
            let values = try cells.map { try $0.attribute(parts[0]) ?? .none }
            func fits(_ value: Value) -> Bool { Self.text(value) == parts[1] || wanted.map { Value.isEqual($0, value) } ?? false }
            guard values.contains(where: fits) else {
                var texts: [String] = []
                for text in values.map(Self.text) where !texts.contains(text) { texts.append(text) }
                throw ScriptError.value("--only \(condition) fits no cell", help: "`\(parts[0])` is \(texts.joined(separator: ", "))")
            }
            left = try left.filter { fits(try $0.attribute(parts[0]) ?? .none) }
        }
        guard !left.isEmpty else { throw ScriptError.value("--only \(sweep.settings.only.joined(separator: ", ")) fits no cell") }
        return left
    }
}
