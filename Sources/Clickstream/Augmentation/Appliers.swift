/// Adds variants of every item's text to a catalogue, as further rows of the same id.
public struct ItemsSetAugmentationApplier {
    private let augmentation: any Augmentation
    private let randomState: UInt64?

    /// - Parameter randomState: seed of the random choices; nil draws anew each time.
    public init(_ augmentation: any Augmentation, randomState: UInt64? = nil) {
        self.augmentation = augmentation
        self.randomState = randomState
    }

    /// The rows as they were, then all variants, item by item. An unchanged variant counts, too. Throws for an image.
    public func apply(_ items: ItemsSet) throws -> ItemsSet {
        var random = SeededRandom(seed: randomState)
        var rows = items.rows
        for row in items.rows {
            let text = try row.text(for: "augmentation")
            rows += try augmentation.transform(text, random: &random).map { ItemsSet.Row(id: row.id, text: $0) }
        }
        return try ItemsSet(rows: rows, itemFieldName: items.itemFieldName, idFieldName: items.idFieldName)
    }
}

/// Adds copies of sessions with variants of their query's text.
public struct ClickstreamQueryAugmentationApplier {
    private let augmentation: any Augmentation
    private let randomState: UInt64?

    /// - Parameter randomState: seed of the random choices; nil draws anew each time.
    public init(_ augmentation: any Augmentation, randomState: UInt64? = nil) {
        self.augmentation = augmentation
        self.randomState = randomState
    }

    /// The inputs as they were, then the copies, input by input. Throws for a query that has no text.
    public func apply(_ inputs: [FineTuningInput]) throws -> [FineTuningInput] {
        var random = SeededRandom(seed: randomState)
        var all = inputs
        for input in inputs {
            guard let text = input.query.text else {
                throw ClickstreamError(
                    .value, "only queries with a text can be augmented", found: input.query.label, place: input.place,
                    help: "make it a text, TextQueryItem(text = …), or a dict with a text")
            }
            for variant in try augmentation.transform(text, random: &random) {
                all.append(try input.copy(query: input.query.replacingText(variant)))
            }
        }
        return all
    }
}

extension Query {
    /// The text that was searched for; nil for a query of another kind.
    public var text: String? {
        switch self {
        case .text(let text): text
        case .item(let item): item.text
        case .fields(let fields): fields["text"]?.stringValue
        case .foreign: nil
        }
    }

    /// The same query with another text, its other fields kept. A query that has no text stays as it is.
    func replacingText(_ text: String) -> Query {
        switch self {
        case .text: return .text(text)
        case .item(let item): return .item(TextQueryItem(text: text, fields: item.fields))
        case .fields(var fields):
            fields["text"] = .string(text)
            return .fields(fields)
        case .foreign: return self
        }
    }
}

extension FineTuningInput {
    /// An input of its own with this query and everything else the same.
    func copy(query: Query) throws(ClickstreamError) -> FineTuningInput {
        try FineTuningInput(
            query: query, events: events, results: results, ranks: ranks, eventTypes: eventTypes, timestamp: timestamp,
            partToObject: partToObject, origin: origin)
    }
}
