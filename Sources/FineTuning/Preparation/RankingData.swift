import Clickstream
import Text

/// Everything a fine-tuning run learns from: sessions and items by split.
public struct RankingData {
    public let clickstream: DatasetDict<PairedFineTuningInputsDataset>
    public let items: DatasetDict<ItemsSet>

    public init(clickstream: DatasetDict<PairedFineTuningInputsDataset>, items: DatasetDict<ItemsSet>) {
        self.clickstream = clickstream
        self.items = items
    }

    /// Loads the content of items: records by object id; an item that is left out could not be loaded.
    public typealias Loader = (_ items: [ClickstreamSessionConverter.Item]) throws -> [String: JSONObject]

    /// Makes train and test data of logged sessions: converts them, loads each distinct item once, and splits.
    ///
    /// Items that could not be loaded leave the sessions; a session left with fewer than two results is dropped, and counted in a warning.
    /// - Throws: a value error when there is no session, no item, or a query that the retriever does not take.
    public static func prepare(
        _ sessions: [ClickSession], converter: ClickstreamSessionConverter, splitter: TrainTestSplitter, retriever: any QueryRetriever,
        loader: Loader, itemsSetManager: ItemSetManager, idFieldName: String = "item_id"
    ) throws -> RankingData {
        guard !sessions.isEmpty else { throw FineTuningError(.value, "Empty clickstream inputs list") }
        let converted = try sessions.map { try converter.convert($0) }
        var seen = Set<String>()
        let wanted = converted.flatMap(\.items).filter { seen.insert($0.objectID).inserted }
        guard !wanted.isEmpty else {
            throw FineTuningError(.value, "Empty clickstream inputs", found: "\(sessions.count) sessions without results")
        }
        let loaded = try loader(wanted)
        let missing = wanted.filter { loaded[$0.objectID] == nil }
        guard missing.count < wanted.count else {
            throw FineTuningError(
                .value, "No data was downloaded.", found: "none of \(wanted.count) items, the first is '\(wanted[0].objectID)'")
        }
        let inputs = try usable(converted.map(\.input), without: Set(missing.map(\.objectID)), retriever: retriever)
        let records = wanted.compactMap { item in
            loaded[item.objectID].map { record in
                var record = record
                record[idFieldName] = .string(item.objectID)
                return record
            }
        }
        let (items, clickstream) = try itemsSetManager(.records(records), try splitter.split(inputs))
        return RankingData(clickstream: clickstream, items: items)
    }

    private static func usable(
        _ inputs: [FineTuningInput], without missing: Set<String>, retriever: any QueryRetriever
    ) throws -> [FineTuningInput] {
        for input in inputs {
            if !missing.isEmpty { input.removeResults(missing) }
            _ = try retriever.modelInput(input.query)
        }
        let usable = inputs.filter { $0.results.count >= 2 }
        if !missing.isEmpty || usable.count < inputs.count {
            Warnings.emit(
                "\(missing.count) items could not be loaded; \(inputs.count - usable.count) of \(inputs.count) sessions have fewer than two results and are left out"
            )
        }
        return usable
    }
}
