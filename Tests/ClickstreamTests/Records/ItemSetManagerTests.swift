import Synchronization
import Testing
import Text

@testable import Clickstream

@Suite struct ItemSetManagerTests {
    static func session(_ query: String, _ results: [String], _ events: [String]) throws -> FineTuningInput {
        try FineTuningInput(query: .text(query), events: events, results: results)
    }

    static func clickstream() throws -> DatasetDict<PairedFineTuningInputsDataset> {
        DatasetDict(
            train: try PairedFineTuningInputsDataset(inputs: [session("q", ["1", "2"], ["1"]), session("r", ["2"], [])]),
            test: try PairedFineTuningInputsDataset(inputs: [session("s", ["2", "3"], ["3"])]))
    }

    static let records: [JSONObject] = [
        ["item_id": .int(1), "text": "Red; Boot"], ["item_id": .int(2), "text": "Hat"], ["item_id": .int(3), "text": "Bag"],
        ["item_id": .int(4), "text": "nobody sees it"],
    ]

    @Test func itemsGoWhereSessionsShowThem() throws {
        let manager = try ItemSetManager(preprocessor: .text())
        let (items, clickstream) = try manager(.records(Self.records), Self.clickstream())
        #expect(try items.dataset("train").ids == ["1", "2"])
        #expect(try items.dataset("test").ids == ["2", "3"])
        #expect(try clickstream.dataset("train").count == 1)
        let split = DatasetDict(train: Self.records, test: Array(Self.records.prefix(1)))
        #expect(try manager(.split(split), Self.clickstream()).items.dataset("train").count == 4)
    }

    @Test func augmentsAndSplits() throws {
        let augmenter = ItemsSetAugmentationApplier(try AugmentationWithRandomSelection { [$0.lowercased()] })
        let manager = try ItemSetManager(
            preprocessor: .text(), itemsSetSplitter: ItemsSetSplitter(SeparatorSplitter()), augmenter: augmenter)
        let (items, clickstream) = try manager(.records(Self.records), Self.clickstream())
        #expect(
            try items.dataset("train").rows.map { "\($0.id) \($0.item)" } == [
                "1:0 Red", "1:1  Boot", "1:0 red", "1:1  boot", "2:0 Hat", "2:0 hat",
            ])
        #expect(try items.dataset("test").count == 2)
        #expect(try clickstream.dataset("train").notIrrelevant[0].events == ["1:0", "1:1"])
        let tested = try ItemSetManager(preprocessor: .text(), augmenter: augmenter, doAugmentTest: true)
        #expect(try tested(.records(Self.records), Self.clickstream()).items.dataset("test").count == 4)
    }

    @Test func dictItems() throws {
        let records: [JSONObject] = [
            ["sku": "1", "title": "Boot", "brand": "A"], ["sku": "2", "title": "Hat"], ["sku": "3", "title": "Bag"],
        ]
        let augmenter = ItemsSetAugmentationApplier(try ChangeCases())
        let manager = try ItemSetManager(
            preprocessor: .dict(idFieldName: "sku"), augmenter: augmenter, doAugmentationBeforePreprocess: false)
        let items = try manager(.records(records), Self.clickstream()).items
        #expect(try items.dataset("train").rows[0].item == #"title: "Boot" brand: "A""#)
        #expect(try items.dataset("train").items(ids: ["2"]).items.contains(#"TITLE: "HAT""#))
        #expect(throws: ClickstreamError.self) { try ItemSetManager(preprocessor: .dict(idFieldName: "sku"), augmenter: augmenter) }
        #expect(throws: ClickstreamError.self) {
            try ItemSetManager(preprocessor: .text())(.split(DatasetDict(train: records, test: [])), Self.clickstream())
        }
    }

    @Test func emptyClickstreamsAreErrors() throws {
        let full = try Self.clickstream().dataset("train")
        let none = try PairedFineTuningInputsDataset(inputs: [])
        for (train, test, text) in [(none, full, "Train clickstream is empty"), (full, none, "Test clickstream is empty")] {
            let error = #expect(throws: ClickstreamError.self) {
                try ItemSetManager(preprocessor: .text())(.records(Self.records), DatasetDict(train: train, test: test))
            }
            #expect(error?.condition == text)
        }
    }

    @Test func normalizer() throws {
        let warnings = Mutex<[String]>([])
        let records: [JSONObject] = [["sku": .int(7), "text": "Boot", "price": 2.5]]
        try Warnings.received(by: { text in warnings.withLock { $0.append(text) } }) {
            let normalized = try DatasetFieldsNormalizer(itemFieldName: "text", idFieldName: "sku").normalize(records)
            #expect(normalized == [["item": "Boot", "item_id": "7", "price": 2.5]])
            #expect(warnings.withLock { $0 }.isEmpty)
            #expect(try DatasetFieldsNormalizer(itemFieldName: "item", idFieldName: "item_id").normalize(normalized) == normalized)
            #expect(warnings.withLock { $0 }.count == 2)
        }
        #expect(throws: ClickstreamError.self) { try DatasetFieldsNormalizer(itemFieldName: "txt", idFieldName: "sku").normalize(records) }
        #expect(throws: ClickstreamError.self) { try DatasetFieldsNormalizer(itemFieldName: "", idFieldName: "sku") }
        #expect(throws: ClickstreamError.self) { try DatasetFieldsNormalizer(itemFieldName: "a", idFieldName: "") }
    }

    @Test func goldenTextLines() throws {
        let tools = try TextTools.load()
        let record = try #require(tools["dict"]?.objectValue)
        #expect(try TextLine().text(record) == tools["line_default"]?.text)
        #expect(try TextLine(order: .descending).text(record) == tools["line_descending"]?.text)
        #expect(try TextLine(order: .asGiven).text(record) == tools["line_unordered"]?.text)
        #expect(try TextLine(order: .fields(["note", "title"])).text(record) == tools["line_list"]?.text)
        #expect(try TextLine(fieldNames: ["title": "T"]).text(record) == tools["line_mapped"]?.text)
        var custom = TextLine()
        (custom.separator, custom.fieldNameSeparator, custom.textQuotes) = (", ", " =", "'")
        #expect(try custom.text(record) == tools["line_custom"]?.text)
        #expect(try TextLine.json(record) == tools["json"]?.text)
        #expect(try TextLine.json(record, fieldNames: ["title": "T"]) == tools["json_mapped"]?.text)
        var strict = TextLine(order: .fields(["note", "titel"]))
        #expect(try strict.text(record) == #"note: "x""#)
        strict.ignoresMissed = false
        #expect(throws: ClickstreamError.self) { try strict.text(record) }
    }
}
