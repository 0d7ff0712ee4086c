/// Data sets by split name ("train", "test"), in the order they were given.
public struct DatasetDict<Dataset> {
    public private(set) var keys: [String] = []
    private var sets: [String: Dataset] = [:]

    public init() {}

    public init(train: Dataset, test: Dataset) {
        self["train"] = train
        self["test"] = test
    }

    /// The data set of one split; assigning nil removes it.
    public subscript(key: String) -> Dataset? {
        get { sets[key] }
        set {
            if newValue == nil {
                keys.removeAll { $0 == key }
            } else if sets[key] == nil {
                keys.append(key)
            }
            sets[key] = newValue
        }
    }

    /// The data set of one split, or an error that lists the splits there are.
    public func dataset(_ key: String) throws(ClickstreamError) -> Dataset {
        guard let found = sets[key] else {
            let known = keys.isEmpty ? "it is empty" : "it has " + keys.map { "'\($0)'" }.joined(separator: ", ")
            throw ClickstreamError(
                .index, "DatasetDict has no '\(key)'", found: known, help: "build it as DatasetDict(train = …, test = …)")
        }
        return found
    }

    /// Splits with their data sets, in order.
    public var entries: [(key: String, dataset: Dataset)] {
        keys.compactMap { key in sets[key].map { (key, $0) } }
    }
}
