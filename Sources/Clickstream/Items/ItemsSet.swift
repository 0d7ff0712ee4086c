import Images

/// Items, texts or images, that are found by id. An id may have several rows: augmented copies of one item.
public struct ItemsSet: Sendable {
    /// One row: an item under its id.
    public struct Row: Hashable, Sendable {
        public let id: String
        public let item: ItemContent

        public init(id: String, item: ItemContent) {
            self.id = id
            self.item = item
        }

        public init(id: String, text: String) { self.init(id: id, item: .text(text)) }

        /// The item's text; an image has none, which is said with the `work` that needs it.
        package func text(for work: String) throws(ClickstreamError) -> String {
            if let text = item.text { return text }
            throw ClickstreamError(
                .value, "\(work) needs texts, and the item '\(id)' is an image", found: "\(item)",
                help: "leave it out for catalogues of images")
        }
    }

    public let rows: [Row]
    public private(set) var itemFieldName: String
    public private(set) var idFieldName: String
    private let rowsOfID: [String: [Int]]

    /// Indexes rows by id.
    public init(rows: [Row], itemFieldName: String = "item", idFieldName: String = "item_id") throws(ClickstreamError) {
        guard !idFieldName.isEmpty else { throw ClickstreamError(.value, "id_field_name should be non-empty string") }
        guard !itemFieldName.isEmpty else { throw ClickstreamError(.value, "item_field_name should be non-empty string") }
        self.rows = rows
        self.itemFieldName = itemFieldName
        self.idFieldName = idFieldName
        rowsOfID = Dictionary(grouping: rows.indices) { rows[$0].id }
    }

    /// Takes item and id out of records by field name; a record that lacks one of them is an error that names it.
    public init(
        records: [[String: String]], itemFieldName: String = "item", idFieldName: String = "item_id"
    ) throws(ClickstreamError) {
        var rows: [Row] = []
        rows.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            guard let id = record[idFieldName], let item = record[itemFieldName] else {
                let missing = record[idFieldName] == nil ? idFieldName : itemFieldName
                throw ClickstreamError(
                    .value, "record has no field '\(missing)'", found: "fields " + record.keys.sorted().joined(separator: ", "),
                    place: "record \(index)")
            }
            rows.append(Row(id: id, text: item))
        }
        try self.init(rows: rows, itemFieldName: itemFieldName, idFieldName: idFieldName)
    }

    public mutating func setItemFieldName(_ name: String) throws(ClickstreamError) {
        guard !name.isEmpty else { throw ClickstreamError(.value, "item_field_name should be a non-empty string") }
        itemFieldName = name
    }

    public mutating func setIDFieldName(_ name: String) throws(ClickstreamError) {
        guard !name.isEmpty else { throw ClickstreamError(.value, "id_field_name should be a non-empty string") }
        idFieldName = name
    }

    /// Number of rows.
    public var count: Int { rows.count }

    /// Distinct ids in order of first appearance.
    public var ids: [String] {
        var seen = Set<String>()
        return rows.lazy.map(\.id).filter { seen.insert($0).inserted }
    }

    /// Number of distinct ids.
    public var idCount: Int { rowsOfID.count }

    public func contains(_ id: String) -> Bool { rowsOfID[id] != nil }

    /// Indices of the rows of an id; empty when there is no such id.
    public func rowIndices(of id: String) -> [Int] { rowsOfID[id] ?? [] }

    /// The rows of the ids in the order given, all rows of an id together.
    public func rows(ids: some Sequence<String>, ignoreMissed: Bool = false) throws(ClickstreamError) -> [Row] {
        var found: [Row] = []
        for id in ids {
            guard let indices = rowsOfID[id] else {
                if ignoreMissed { continue }
                throw missed(id)
            }
            for index in indices { found.append(rows[index]) }
        }
        return found
    }

    /// The items of the ids, and the id of each of them.
    public func items(
        ids: some Sequence<String>, ignoreMissed: Bool = false
    ) throws(ClickstreamError) -> (items: [ItemContent], ids: [String]) {
        let found = try rows(ids: ids, ignoreMissed: ignoreMissed)
        return (found.map(\.item), found.map(\.id))
    }

    /// The items at row indices.
    public func items(indices: [Int]) throws(ClickstreamError) -> [ItemContent] {
        var found: [ItemContent] = []
        for index in indices {
            guard rows.indices.contains(index) else {
                throw ClickstreamError(.index, "row index out of range", found: "\(index)", help: "there are \(rows.count) rows")
            }
            found.append(rows[index].item)
        }
        return found
    }

    /// The items of rows start ..< end; end nil means to the last. Bounds outside are cut off.
    public func items(from start: Int = 0, to end: Int? = nil) -> [ItemContent] {
        let lower = min(max(start, 0), rows.count)
        let upper = min(max(end ?? rows.count, lower), rows.count)
        return rows[lower..<upper].map(\.item)
    }

    private func missed(_ id: String) -> ClickstreamError {
        var help = "the set has \(rowsOfID.count) ids"
        let sample = ids.prefix(3).map { "'\($0)'" }
        if !sample.isEmpty { help += ", such as " + sample.joined(separator: ", ") }
        return ClickstreamError(.index, "ID \(id) is missed", help: help + "; add the item, or remove it from the sessions")
    }
}
