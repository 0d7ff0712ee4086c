/// Splits sessions into train and test by drawing *results*, so that test items are new to the model.
///
/// An input goes to test when more than half of its results were drawn for test. The same inputs and seed
/// give the same split on any machine.
public struct TrainTestSplitter {
    /// Makes variants of inputs, such as misspelt queries.
    public typealias Augmenter = ([FineTuningInput]) throws -> [FineTuningInput]

    public let testSizeRatio: Double
    public let shuffle: Bool
    public let randomState: UInt64?
    public let doAugmentTest: Bool
    private let augmenter: Augmenter?

    /// - Parameters:
    ///   - testSizeRatio: share of the results drawn for test, strictly between 0 and 1; half or more earns a warning.
    ///   - shuffle: draws at random; otherwise the last results are the test ones, and pairs keep their order.
    ///   - randomState: seed of every draw; nil draws anew each time.
    ///   - augmenter: applied to the train inputs, and to the test inputs if `doAugmentTest`.
    public init(
        testSizeRatio: Double = 0.2, shuffle: Bool = true, randomState: UInt64? = nil, augmenter: Augmenter? = nil,
        doAugmentTest: Bool = false
    ) throws(ClickstreamError) {
        guard testSizeRatio > 0, testSizeRatio < 1 else {
            throw ClickstreamError(
                .value, "test_size_ration is a numeric value in range (0.0, 1.0)", found: "\(testSizeRatio)", help: "0.2 is usual")
        }
        if testSizeRatio >= 0.5 { Warnings.emit("test_size_ratio is \(testSizeRatio): at least half of the data is kept from training") }
        self.testSizeRatio = testSizeRatio
        self.shuffle = shuffle
        self.randomState = randomState
        self.augmenter = augmenter
        self.doAugmentTest = doAugmentTest
    }

    /// Splits inputs into paired data sets "train" and "test".
    public func split(_ inputs: [FineTuningInput]) throws -> DatasetDict<PairedFineTuningInputsDataset> {
        var random = SeededRandom(seed: randomState)
        var (train, test) = try divide(inputs, random: &random)
        if let augmenter {
            train = try augmenter(train)
            if doAugmentTest { test = try augmenter(test) }
        }
        let seed = randomState ?? random.next()
        return DatasetDict(
            train: try paired(train, split: "train", seed: seed), test: try paired(test, split: "test", seed: seed &+ 1))
    }

    private func paired(_ inputs: [FineTuningInput], split: String, seed: UInt64) throws(ClickstreamError) -> PairedFineTuningInputsDataset
    {
        do {
            return try PairedFineTuningInputsDataset(inputs: inputs, randomize: shuffle, randomState: seed)
        } catch {
            throw ClickstreamError(
                error.kind, error.condition, found: error.found, place: "\(split) split",
                help: "too few clicked sessions for test_size_ratio \(testSizeRatio): change it or random_state, or add sessions")
        }
    }

    private func divide(
        _ inputs: [FineTuningInput], random: inout SeededRandom
    ) throws(ClickstreamError) -> (train: [FineTuningInput], test: [FineTuningInput]) {
        // Order of first appearance, not of a set: the split must not depend on hashing.
        var seen = Set<String>()
        let ids = inputs.flatMap(\.results).filter { seen.insert($0).inserted }
        guard !ids.isEmpty else {
            throw ClickstreamError(
                .value, "Inputs list is empty", found: inputs.isEmpty ? "no inputs" : "\(inputs.count) inputs without results")
        }
        let testIDCount = min(ids.count, Int((testSizeRatio * Double(ids.count)).rounded(.up)))
        let testIDs = Set(shuffle ? random.shuffled(ids).prefix(testIDCount) : ids.suffix(testIDCount))

        var train: [FineTuningInput] = []
        var test: [FineTuningInput] = []
        for input in inputs where !input.results.isEmpty {
            let share = input.results.count(where: testIDs.contains)
            if share * 2 > input.results.count { test.append(input) } else { train.append(input) }
        }
        let missing = Int(testSizeRatio * Double(inputs.count)) - test.count
        if missing > 0 {
            let moved = random.shuffled(Array(train.indices)).prefix(missing).sorted()
            test += moved.map { train[$0] }
            let gone = Set(moved)
            train = train.indices.filter { !gone.contains($0) }.map { train[$0] }
        }
        train += inputs.filter { $0.results.isEmpty }
        return (train, test)
    }
}
