import Clickstream
import Testing

@testable import FineTuning

@Suite struct MetricValueTests {
    @Test func prefixes() throws {
        var metric = try MetricValue("loss", 0.5)
        metric.addPrefix("train")
        #expect(metric == (try MetricValue("train_loss", 0.5)))
        #expect(try MetricValue("x", .nan).value.isNaN)
        let error = #expect(throws: FineTuningError.self) { try MetricValue("", 1) }
        #expect(error?.condition == "MetricValue's name should not be empty")
    }

    /// D12: the reference took a text in one place and an item in the other, so that no query worked in both.
    @Test func retrieverTakesItemsAndFieldsOnly() throws {
        let retriever = TextQueryRetriever()
        let query = Query.item(TextQueryItem(text: "boots", fields: ["lang": "en"]))
        #expect(try retriever.modelInput(query) == "boots")
        #expect(try retriever.id(of: query) == "boots")
        #expect(try retriever.storageMetadata(of: query) == ["text": "boots", "lang": "en"])
        #expect(try retriever.payload(of: query) == nil)
        #expect(try retriever.modelInput(.fields(["text": "bag"])) == "bag")
        let error = #expect(throws: FineTuningError.self) { try retriever.modelInput(.text("boots")) }
        #expect(error?.message == "Query object does not have dict attribute: 'boots'")
        #expect(throws: FineTuningError.self) { try retriever.modelInput(.fields(["title": "bag"])) }
    }
}
