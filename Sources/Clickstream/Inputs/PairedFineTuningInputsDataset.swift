/// A relevant (clicked) session and, in contrastive training, a clickless one beside it.
public struct InputPair {
    public let notIrrelevant: FineTuningInput?
    public let irrelevant: FineTuningInput?

    public init(_ notIrrelevant: FineTuningInput?, _ irrelevant: FineTuningInput? = nil) {
        self.notIrrelevant = notIrrelevant
        self.irrelevant = irrelevant
    }
}

/// Sessions as pairs (clicked, clickless): the shorter kind is cycled until both are equally long.
public struct PairedFineTuningInputsDataset {
    /// Inputs with clicks, in input order.
    public let notIrrelevant: [FineTuningInput]
    /// Inputs without clicks, in input order.
    public let irrelevant: [FineTuningInput]
    public let randomize: Bool
    public let inputsCount: Int
    /// Seed of the shuffles, drawn when none was given.
    public let randomState: UInt64
    private let notIrrelevantOrder: [Int]
    private let irrelevantOrder: [Int]

    /// Pairs the inputs up.
    ///
    /// - Parameters:
    ///   - randomize: shuffles both kinds independently, after cycling.
    ///   - inputsCount: keeps that many pairs when it is positive.
    ///   - randomState: seed of the shuffles; nil draws anew each time.
    /// - Throws: a value error when there are only clickless inputs.
    public init(
        inputs: [FineTuningInput], randomize: Bool = false, inputsCount: Int = -1, randomState: UInt64? = nil
    ) throws(ClickstreamError) {
        let relevant = inputs.filter { !$0.isIrrelevant }
        let clickless = inputs.filter(\.isIrrelevant)
        notIrrelevant = relevant
        irrelevant = clickless
        self.randomize = randomize
        self.inputsCount = inputsCount
        self.randomState = randomState ?? UInt64.random(in: .min ... .max)
        if relevant.isEmpty, !clickless.isEmpty {
            throw ClickstreamError(
                .value, "List of not irrelevant inputs is empty", found: "\(clickless.count) inputs, none with a click",
                help: "training needs sessions with at least one click")
        }
        guard !clickless.isEmpty else {
            if !relevant.isEmpty {
                Warnings.emit("no clickless sessions: pairs are (session, None), randomize and inputs_count are ignored")
            }
            notIrrelevantOrder = Array(relevant.indices)
            irrelevantOrder = []
            return
        }
        let length = max(relevant.count, clickless.count)
        var first = (0..<length).map { $0 % relevant.count }
        var second = (0..<length).map { $0 % clickless.count }
        if randomize {
            var random = SeededRandom(seed: self.randomState)
            first = random.shuffled(first)
            second = random.shuffled(second)
        }
        let kept = inputsCount > 0 ? min(inputsCount, length) : length
        notIrrelevantOrder = Array(first.prefix(kept))
        irrelevantOrder = Array(second.prefix(kept))
    }

    /// Number of pairs.
    public var count: Int { notIrrelevantOrder.count }

    /// The i-th pair.
    public func pair(at index: Int) throws(ClickstreamError) -> InputPair {
        guard notIrrelevantOrder.indices.contains(index) else {
            throw ClickstreamError(
                .index, "pair index out of range", found: "\(index)",
                help: count == 0 ? "the data set is empty" : "there are \(count) pairs, 0 to \(count - 1)")
        }
        let partner = irrelevantOrder.indices.contains(index) ? irrelevant[irrelevantOrder[index]] : nil
        return InputPair(notIrrelevant[notIrrelevantOrder[index]], partner)
    }

    /// All pairs in order.
    public var pairs: [InputPair] {
        notIrrelevantOrder.indices.map { index in
            InputPair(
                notIrrelevant[notIrrelevantOrder[index]],
                irrelevantOrder.indices.contains(index) ? irrelevant[irrelevantOrder[index]] : nil)
        }
    }

    /// All inputs: those with clicks first.
    public var inputs: [FineTuningInput] { notIrrelevant + irrelevant }

    /// Ids of all results of the clickless inputs.
    public var irrelevantIDs: Set<String> { Set(irrelevant.flatMap(\.results)) }

    /// Ids of all results of the clicked inputs.
    public var notIrrelevantIDs: Set<String> { Set(notIrrelevant.flatMap(\.results)) }
}
