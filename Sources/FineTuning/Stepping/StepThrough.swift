import Clickstream
import Statement
import Tensors

/// Walks through training batches, forwards and backwards.
///
/// A step back restores parameters, optimizers, schedules, random states and counts bit for bit, so that the steps forward again give the
/// same. The states to go back to share memory until a step writes, and together they hold at most `memoryLimit` bytes besides the first
/// and the last: between the states that are kept, `back` takes the steps again.
public final class StepThrough {
    /// What is known of a step that was taken.
    struct Record {
        let loss: Double
        let gradientNorm: Double
        let extraction: Extraction
    }

    /// Where the walk stands, as breakpoints see it.
    public struct State {
        /// Batches that have been trained on.
        public let position: Int
        public let loss: Double
        /// Length of all gradients of the last step taken together, before clipping.
        public let gradientNorm: Double
        /// (clicked, skipped) pairs of the last batch.
        public let pairs: Int
        public let learningRates: [Double]
    }

    public let tuner: EmbeddingsFineTuner
    public let batches: [[InputPair]]
    /// Called before each step, also of those that are taken again; what it throws ends the walk there.
    public var beforeStep: () throws -> Void = {}
    /// Asked after each step; a reason ends `next`.
    @Undoable public var breakpoints: [(State) throws -> String?] = []
    /// Batches that have been trained on; the next step takes `batches[position]`.
    @Undoable public private(set) var position = 0
    /// Why the last `next` ended before its time; nil if it did not.
    @Undoable public private(set) var stopReason: String?
    /// Gradients of the last step, by the place of their parameter among the trainable ones; empty after a step back.
    @Undoable private(set) var lastGradients: [(parameter: Parameter, gradient: Gradient)] = []
    @Undoable private(set) var records: [Record] = []
    /// The tuner before some of the steps, ascending: the first always, and the last one taken.
    @Undoable private(set) var kept = StateTrail()
    private let memoryLimit: Int
    private var hasForgotten = false
    private let clipNorm: Double?

    /// - Parameters:
    ///   - memoryLimit: bytes that past states may hold.
    ///   - clipNorm: gradients longer than this are scaled down to it before a step.
    public init(_ tuner: EmbeddingsFineTuner, batches: [[InputPair]], memoryLimit: Int = 2 << 30, clipNorm: Double? = nil) throws {
        guard !batches.isEmpty else {
            throw FineTuningError(.value, "there are no batches to walk through", help: "batches(data.train, size = 8) makes them")
        }
        if let clipNorm, clipNorm <= 0 {
            throw FineTuningError(.value, "clip_norm must be a positive number", found: "\(clipNorm)")
        }
        self.tuner = tuner
        self.batches = batches
        self.memoryLimit = memoryLimit
        self.clipNorm = clipNorm
        if tuner.optimizers.isEmpty { try tuner.configureOptimizers() }
    }

    /// Losses of the steps so far, one for each.
    public var losses: [Double] { records.map(\.loss) }
    /// Loss of the last step; nil before the first.
    public var loss: Double? { records.last?.loss }
    /// Length of the last step's gradients taken together; nil before the first step.
    public var gradientNorm: Double? { records.last?.gradientNorm }
    /// The last step's features, as constants.
    public var features: FineTuningFeatures? { records.last?.extraction.features }
    /// The batch of the last step.
    public var lastBatch: [InputPair]? { position > 0 ? batches[position - 1] : nil }
    /// Steps whose states had to be forgotten to save memory: going back to one of them takes steps again.
    public var forgotten: Int { position - kept.count }

    /// Trains on the next `steps` batches, or as many as are left or as the breakpoints let pass; returns how many that were.
    ///
    /// A step that gives a value that is not finite is undone and taken again with checks; the error says what was found.
    @discardableResult public func next(_ steps: Int = 1) throws -> Int {
        try Self.check(steps)
        return try walk { $0 < steps }
    }

    /// Trains until the condition holds after a step, or to the end; returns the number of steps.
    @discardableResult public func run(until condition: (State) throws -> Bool) throws -> Int {
        var isReached = false
        return try walk { taken in
            if taken > 0, let state { isReached = try condition(state) }
            return !isReached
        }
    }

    private func walk(while goesOn: (_ taken: Int) throws -> Bool) throws -> Int {
        stopReason = nil
        var taken = 0
        while position < batches.count, try goesOn(taken) {
            try take()
            taken += 1
            guard let state else { break }
            for breakpoint in breakpoints where stopReason == nil { stopReason = try breakpoint(state) }
            if stopReason != nil { break }
        }
        if stopReason == nil, position == batches.count, try goesOn(taken) { stopReason = "no batch is left" }
        return taken
    }

    public var state: State? {
        records.last.map {
            State(
                position: position, loss: $0.loss, gradientNorm: $0.gradientNorm, pairs: $0.extraction.pairs.count,
                learningRates: tuner.optimizers.map(\.learningRate))
        }
    }

    /// Takes back the last `steps` steps.
    public func back(_ steps: Int = 1) throws {
        try Self.check(steps)
        guard steps <= position else {
            throw FineTuningError(
                .value, "cannot go back \(steps) steps", found: "\(position) were taken", help: "the walk begins at position 0")
        }
        stopReason = nil
        let target = position - steps
        let path = records
        try rewind(before: target)
        while position < target {
            try take(isRepeating: true)
            try Self.check(records[position - 1], repeats: path[position - 1], step: position - 1)
        }
        lastGradients = []
    }

    /// What `body` finds in the state before a step that was taken; the walk stays where it is.
    func with<R>(stateBefore step: Int, _ body: () throws -> R) throws -> R {
        let now = tuner.snapshot()
        let (here, path, states, gradients) = (position, records, kept, lastGradients)
        defer { (position, records, kept, lastGradients) = (here, path, states, gradients) }
        let result = Result {
            try rewind(before: step)
            while position < step { try take(isRepeating: true) }
            return try body()
        }
        try tuner.restore(now)
        return try result.get()
    }

    /// Goes to the nearest state that is kept, at or before `target`.
    private func rewind(before target: Int) throws {
        guard let place = kept.lastPlace(upTo: target) else { return }
        try tuner.restore(kept.state(at: place))
        position = kept.position(at: place)
        records.removeLast(records.count - position)
        try kept.removeAll(from: place)
    }

    private func take(isRepeating: Bool = false) throws {
        try beforeStep()
        let snapshot = tuner.snapshot()
        tuner.isRepeating = isRepeating
        defer { tuner.isRepeating = false }
        let record: Record
        do {
            record = try step()
        } catch {
            try tuner.restore(snapshot)
            lastGradients = []
            if let error = error as? FineTuningError, error.kind == .numeric { throw report(error) }
            throw error
        }
        records.append(record)
        try kept.append(position, snapshot)
        position += 1
        try thinOut()
    }

    /// The parts of a training step, observed.
    private func step() throws -> Record {
        let batch = batches[position]
        var extraction = Extraction.empty
        try tuner.zeroGrad()
        let loss = try tuner.accumulateGradients(batch, batchIndex: position, share: 1) { extraction = $0.detached }.item()
        let norm = try clipNorm.map { try tuner.clipGradients(maxNorm: $0) } ?? tuner.gradientNorm()
        guard norm.isFinite else {
            throw FineTuningError(.numeric, "the gradient is not finite", found: "length \(norm)", place: "training step \(position)")
        }
        lastGradients = tuner.trainableParameters.compactMap { parameter in parameter.grad.map { (parameter, $0) } }
        try tuner.optimizerStep()
        try tuner.trainingMetrics(of: batch)
        return Record(loss: loss, gradientNorm: norm, extraction: extraction)
    }

    /// Forgets states until the rest fit: never the first or the last, and of the others the one that is missed least, which is the one
    /// whose neighbours are nearest for its age.
    private func thinOut() throws {
        let live = tuner.snapshot().memory
        func bytes() -> Int {
            kept.memory.reduce(0) { live[$1.key] == nil ? $0 + $1.value : $0 }
        }
        while kept.count > 2, bytes() > memoryLimit {
            let cost = { [self] (place: Int) in
                Double(kept.position(at: place + 1) - kept.position(at: place - 1)) / Double(position - kept.position(at: place))
            }
            guard let least = (1..<kept.count - 1).min(by: { cost($0) < cost($1) }) else { return }
            try kept.remove(at: least)
            if !hasForgotten {
                hasForgotten = true
                Warnings.emit(
                    "the states of the steps so far need more than memory_limit (\(memoryLimit) bytes): from step \(position) on some are "
                        + "forgotten, and going back to one of them takes steps again")
            }
        }
    }

    private static func check(_ steps: Int) throws {
        guard steps > 0 else { throw FineTuningError(.value, "the number of steps must be positive", found: "\(steps)") }
    }

    private static func check(_ record: Record, repeats first: Record, step: Int) throws {
        guard record.loss.bitPattern == first.loss.bitPattern else {
            throw FineTuningError(
                .value, "step \(step) did not repeat", found: "loss \(first.loss) the first time, now \(record.loss)",
                help: "a function of yours depends on something besides its arguments and the random numbers")
        }
    }
}
