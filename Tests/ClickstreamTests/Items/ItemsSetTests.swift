import Testing

@testable import Clickstream

@Suite struct ItemsSetTests {
    let items: ItemsSet

    init() throws {
        items = try ItemsSet(rows: [
            .init(id: "a", item: "red boots"), .init(id: "b", item: "bag"), .init(id: "a", item: "new red boots"),
        ])
    }

    /// D1: building any set failed, as rows were appended to a text instead of a list.
    @Test func anIDMayHaveSeveralRows() throws {
        #expect(items.rowIndices(of: "a") == [0, 2])
        #expect(items.ids == ["a", "b"])
        let found = try items.items(ids: ["b", "a"])
        #expect(found.items == ["bag", "red boots", "new red boots"])
        #expect(found.ids == ["b", "a", "a"])
    }

    @Test func aMissingIDIsNamed() throws {
        let error = #expect(throws: ClickstreamError.self) { try items.rows(ids: ["a", "q"]) }
        #expect(error?.kind == .index)
        #expect(error?.condition == "ID q is missed")
        #expect(try items.rows(ids: ["q", "b"], ignoreMissed: true).map(\.item) == ["bag"])
    }

    @Test func takesFieldsOfRecords() throws {
        let set = try ItemsSet(records: [["sku": "1", "title": "hat"]], itemFieldName: "title", idFieldName: "sku")
        // D38: the id column may have any name.
        #expect(try set.items(ids: ["1"]).items == ["hat"])
        let error = #expect(throws: ClickstreamError.self) {
            try ItemsSet(records: [["sku": "1"]], itemFieldName: "title", idFieldName: "sku")
        }
        #expect(error?.message == "record has no field 'title': fields sku (record 0)")
    }

    @Test func fieldNamesAreNotEmpty() throws {
        #expect(throws: ClickstreamError(.value, "id_field_name should be non-empty string")) {
            try ItemsSet(rows: [], idFieldName: "")
        }
        #expect(throws: ClickstreamError(.value, "item_field_name should be non-empty string")) {
            try ItemsSet(rows: [], itemFieldName: "")
        }
        var copy = items
        #expect(throws: ClickstreamError(.value, "item_field_name should be a non-empty string")) { try copy.setItemFieldName("") }
        #expect(throws: ClickstreamError(.value, "id_field_name should be a non-empty string")) { try copy.setIDFieldName("") }
    }

    @Test func slicesAndIndices() throws {
        #expect(try items.items(indices: [2, 0]) == ["new red boots", "red boots"])
        #expect(throws: ClickstreamError.self) { try items.items(indices: [3]) }
        #expect(items.items(from: 1) == ["bag", "new red boots"])
        #expect(items.items(from: 1, to: 2) == ["bag"])
        #expect(items.items(from: -5, to: 99).count == 3)
        #expect(items.items(from: 9, to: 2) == [])
    }

    @Test func splitsByName() throws {
        var sets = DatasetDict(train: 1, test: 2)
        #expect(sets.keys == ["train", "test"])
        #expect(try sets.dataset("test") == 2)
        sets["train"] = nil
        let error = #expect(throws: ClickstreamError.self) { try sets.dataset("train") }
        #expect(error?.message == "DatasetDict has no 'train': it has 'test'")
    }
}
