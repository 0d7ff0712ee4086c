/// Splits sessions into train and test so that nothing of one side is known from the other.
public struct SessionSplitter {
    /// What must not be on both sides.
    public enum Key {
        /// All sessions of one query are on one side.
        case query
        /// The last sessions are the test; sessions of the same second are on one side.
        case time
        /// Every session stands for itself.
        case session
        /// All sessions with the same key are on one side.
        case group((FineTuningInput) throws -> String)

        /// The key of a name: query, time or session.
        public init?(name: String) {
            switch name {
            case "query": self = .query
            case "time": self = .time
            case "session": self = .session
            default: return nil
            }
        }
    }

    public let testShare: Double
    public let seed: UInt64
    private let key: Key

    /// Throws unless the share lies between 0 and 1.
    public init(testShare: Double = 0.2, by key: Key = .query, seed: UInt64 = 0) throws(ClickstreamError) {
        guard testShare > 0, testShare < 1 else {
            throw ClickstreamError(.value, "the test share must lie between 0 and 1", found: "\(testShare)", help: "0.2 is usual")
        }
        self.testShare = testShare
        self.key = key
        self.seed = seed
    }

    /// Paired data sets "train" and "test", pairs in the order of the sessions.
    public func split(_ inputs: [FineTuningInput]) throws -> DatasetDict<PairedFineTuningInputsDataset> {
        let (train, test) = try divide(inputs)
        func paired(_ inputs: [FineTuningInput], _ name: String) throws(ClickstreamError) -> PairedFineTuningInputsDataset {
            do {
                return try PairedFineTuningInputsDataset(inputs: inputs, randomState: seed)
            } catch {
                throw ClickstreamError(
                    error.kind, error.condition, found: error.found, place: "\(name) split", help: "take another seed or share")
            }
        }
        return DatasetDict(train: try paired(train, "train"), test: try paired(test, "test"))
    }

    /// The sessions of either side, in their order. The test has at least its share, and as much more as its last group brings.
    ///
    /// Throws when there is nothing to divide, or a session has no timestamp where the time decides.
    public func divide(_ inputs: [FineTuningInput]) throws -> (train: [FineTuningInput], test: [FineTuningInput]) {
        var groups: [String: [Int]] = [:]
        var keys: [String] = []
        for (index, input) in inputs.enumerated() {
            let key = try key(of: input, index)
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(index)
        }
        guard keys.count > 1 else {
            throw ClickstreamError(
                .value, "there is nothing to divide",
                found: inputs.isEmpty ? "no sessions" : "\(inputs.count) sessions with one key, \(keys.first ?? "")")
        }
        if case .time = key {
            keys.sort { (Int($0) ?? 0) > (Int($1) ?? 0) }
        } else {
            var random = SeededRandom(seed: seed)
            keys = random.shuffled(keys)
        }
        let wanted = Int((testShare * Double(inputs.count)).rounded(.up))
        var isTest = [Bool](repeating: false, count: inputs.count)
        var taken = 0
        // One group stays for training, however large the others are.
        for key in keys.dropLast() where taken < wanted {
            for index in groups[key] ?? [] { isTest[index] = true }
            taken += groups[key]?.count ?? 0
        }
        return (inputs.indices.filter { !isTest[$0] }.map { inputs[$0] }, inputs.indices.filter { isTest[$0] }.map { inputs[$0] })
    }

    private func key(of input: FineTuningInput, _ index: Int) throws -> String {
        switch key {
        case .query: return input.query.label
        case .session: return String(index)
        case .group(let key): return try key(input)
        case .time:
            guard let time = input.timestamp else {
                throw ClickstreamError(
                    .value, "a session has no timestamp", place: input.place, help: "split by query, or leave such sessions out")
            }
            return String(time)
        }
    }
}
