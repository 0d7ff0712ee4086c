/// Token ids of several texts, one after the other without padding.
public struct TokenBatch: Equatable, Sendable {
    /// All ids, text after text.
    public var ids: [Int32]
    /// n + 1 entries: text i is `ids[offsets[i]..<offsets[i + 1]]`.
    public var offsets: [Int]

    public init() {
        ids = []
        offsets = [0]
    }

    /// Number of texts.
    public var count: Int { offsets.count - 1 }

    public func length(_ index: Int) -> Int { offsets[index + 1] - offsets[index] }

    /// The ids of one text.
    public subscript(index: Int) -> ArraySlice<Int32> { ids[offsets[index]..<offsets[index + 1]] }

    /// The texts of `indices`, in that order.
    public func selecting(_ indices: some Sequence<Int>) -> TokenBatch {
        var batch = TokenBatch()
        for index in indices { batch.append(self[index]) }
        return batch
    }

    mutating func append(_ text: some Sequence<Int32>) {
        ids.append(contentsOf: text)
        offsets.append(ids.count)
    }
}
