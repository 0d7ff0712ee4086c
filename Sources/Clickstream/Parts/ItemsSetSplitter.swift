/// Replaces items by their parts, in the catalogue and in the sessions that show them.
///
/// Part k of the item `id` is `id:k`. Copies of one item under the same id give copies of its parts.
public struct ItemsSetSplitter {
    private let splitter: any ItemSplitter

    public init(_ splitter: any ItemSplitter) { self.splitter = splitter }

    /// Items and sessions, split by split. Throws for a session's id that no item has, and for an image.
    public func split(
        _ items: DatasetDict<ItemsSet>, _ clickstream: DatasetDict<PairedFineTuningInputsDataset>
    ) throws -> (items: DatasetDict<ItemsSet>, clickstream: DatasetDict<PairedFineTuningInputsDataset>) {
        var newItems = DatasetDict<ItemsSet>()
        var newClickstream = DatasetDict<PairedFineTuningInputsDataset>()
        for (key, set) in items.entries {
            let (parts, partIDs) = try self.parts(of: set, split: key)
            newItems[key] = parts
            guard let dataset = clickstream[key] else { continue }
            newClickstream[key] = try PairedFineTuningInputsDataset(
                inputs: try dataset.inputs.map { try Self.input($0, items: set, partIDs) }, randomize: dataset.randomize,
                inputsCount: dataset.inputsCount, randomState: dataset.randomState)
        }
        return (newItems, newClickstream)
    }

    /// The parts as a catalogue, and the ids of each item's parts in order.
    private func parts(of items: ItemsSet, split: String) throws -> (items: ItemsSet, partIDs: [String: [String]]) {
        var rows: [ItemsSet.Row] = []
        var partIDs: [String: [String]] = [:]
        var empty: [String] = []
        for id in items.ids {
            var count = 0
            for index in items.rowIndices(of: id) {
                let parts = try splitter.parts(of: items.rows[index].text(for: "a splitter"))
                for (number, part) in parts.enumerated() { rows.append(ItemsSet.Row(id: "\(id):\(number)", text: part)) }
                count = max(count, parts.count)
            }
            partIDs[id] = (0..<count).map { "\(id):\($0)" }
            if count == 0 { empty.append(id) }
        }
        if let first = empty.first {
            Warnings.emit("\(split): \(empty.count) items have no part and leave the sessions, the first is '\(first)'")
        }
        let set = try ItemsSet(rows: rows, itemFieldName: items.itemFieldName, idFieldName: items.idFieldName)
        return (set, partIDs)
    }

    /// The session with parts in place of its results; each keeps the rank and the event type of its object.
    private static func input(_ input: FineTuningInput, items: ItemsSet, _ partIDs: [String: [String]]) throws -> FineTuningInput {
        func parts(_ id: String) throws -> [String] {
            if let parts = partIDs[id] { return parts }
            _ = try items.rows(ids: CollectionOfOne(id))
            return []
        }
        var ranks: [String: Double?] = [:]
        var objects: [String: String] = [:]
        for id in input.results + input.events {
            for part in try parts(id) { objects[part] = input.objectID(of: id) }
        }
        for id in input.results {
            for part in try parts(id) { ranks.updateValue(input.rank(of: id), forKey: part) }
        }
        var types: [Double]?
        if let given = input.eventTypes {
            types = try zip(input.events, given).flatMap { event, type in try parts(event).map { _ in type } }
        }
        return try FineTuningInput(
            query: input.query, events: input.events.flatMap(parts), results: input.results.flatMap(parts), ranks: ranks,
            eventTypes: types, timestamp: input.timestamp, partToObject: objects, origin: input.origin)
    }
}
