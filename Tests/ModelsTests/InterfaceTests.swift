import Images
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct InterfaceTests {
    func close(_ a: Tensor, _ b: Tensor) -> Bool {
        a.shape == b.shape && zip(a.floats(), b.floats()).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test func oneModelServesBothSides() throws {
        let model = try tinyBert()
        #expect(model.sameQueryAndItems)
        #expect(model.queryModelParameters.count == model.itemsModelParameters.count)
        let items: [ItemContent] = ["red boots", "socks", "red boots"]
        let (queries, vectors) = try model.encodeBatch(queries: ["boots", "socks"], items: items)
        #expect(close(try model.forwardItems(items), vectors))
        #expect(close(try Tensor.concat([model.forwardQuery("boots"), model.forwardQuery("socks")], dim: 0), queries))
        #expect(queries.requiresGrad && vectors.requiresGrad)
        let error = #expect(throws: ModelError.self) { try model.forwardItems([]) }
        #expect(error?.problem == "items list must not be empty")
        let none = try model.encodeBatch(queries: [], items: [])
        #expect(none.queries.shape == [0, 32] && none.items.shape == [0, 32])
        #expect(try model.forwardQuery("").shape == [1, 32])
    }

    /// A text that a batch holds three times gets the gradient of all three.
    @Test func gradientsOfRepeatedTextsAddUp() throws {
        let (a, b) = (try tinyBert(), try tinyBert())
        try a.encodeBatch(queries: ["red"], items: ["red", "red"]).items.sum().backward()
        try b.forwardQuery("red").sum().backward()
        for (x, y) in zip(a.parameters, b.parameters) {
            let (twice, once) = (try x.grad?.dense().floats() ?? [], try y.grad?.dense().floats() ?? [])
            #expect(zip(twice, once).allSatisfy { abs($0 - 2 * $1) <= 1e-4 * max(1, abs($1)) }, "\(x.name)")
        }
    }

    @Test func prefixesGoBeforeTexts() throws {
        let model = try tinyBert()
        let plain = try tinyBert()
        model.queryPrefix = "query: "
        model.itemPrefix = "passage: "
        #expect(close(try model.forwardQuery("boots"), try plain.forwardQuery("query: boots")))
        #expect(close(try model.forwardItems(["boots"]), try plain.forwardItems(["passage: boots"])))
        #expect(close(try model.encode(["boots"]), try plain.encode(["boots"])))
        let e5 = try EmbeddingModel.e5(Fixtures.url("tiny_bert").path)
        #expect(e5.queryPrefix == "query: " && e5.itemPrefix == "passage: " && e5.pooling == .mean && e5.normalizes)
    }

    @Test func twoTowers() throws {
        let (query, items) = (try tinyBert(), try tinyBert("tiny_bert_items"))
        let model = try TwoTowerModel(query: query, items: items)
        #expect(!model.sameQueryAndItems)
        let (q, v) = try model.encodeBatch(queries: ["boots"], items: ["boots", "red"])
        #expect(close(q, try query.forwardQuery("boots")))
        #expect(close(v, try items.forwardItems(["boots", "red"])))
        #expect(!close(q, try items.forwardQuery("boots")))
        try model.fixQueryModel(layers: 1)
        #expect(model.queryModelParameters.contains { !$0.isTrainable } && model.itemsModelParameters.allSatisfy { $0.isTrainable })
        model.unfixQueryModel()
        model.train()
        #expect(query.isTraining && items.isTraining && model.isTraining)
        #expect(throws: ModelError.self) { try TwoTowerModel(query: query, items: query) }
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("towers").path
        try model.save(to: path)
        let again = try TwoTowerModel.load(path)
        #expect(close(try again.forwardQuery("boots"), q))
        #expect(close(try again.forwardItems(["boots", "red"]), v))
    }
}
