/// What train and test share: why a test metric may look better than it will be on new queries.
public struct SplitLeaks: Equatable, Sendable, CustomStringConvertible {
    /// Distinct queries of the test inputs, and how many of them are also trained on.
    public let testQueries: Int
    public let sharedQueries: Int
    /// Distinct results of the test inputs, and how many of them are also trained on.
    public let testItems: Int
    public let sharedItems: Int

    public init(train: PairedFineTuningInputsDataset, test: PairedFineTuningInputsDataset) {
        let trainQueries = Set(train.inputs.map(\.query.label))
        let queries = Set(test.inputs.map(\.query.label))
        let trainItems = train.notIrrelevantIDs.union(train.irrelevantIDs)
        let items = test.notIrrelevantIDs.union(test.irrelevantIDs)
        testQueries = queries.count
        sharedQueries = queries.intersection(trainQueries).count
        testItems = items.count
        sharedItems = items.intersection(trainItems).count
    }

    public var description: String {
        "\(sharedQueries) of \(testQueries) test queries and \(sharedItems) of \(testItems) test items are also in train"
    }
}
