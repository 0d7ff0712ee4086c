import Images
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct FrozenCacheTests {
    let texts = [
        "waterproof boots", "Red LEATHER boots, for men!", "zzz unknown-words 123", "boots", "blue running shoes light and waterproof",
    ]

    /// Loss, gradients and updated parameters of some epochs over batches that mix the texts anew.
    private func train(_ model: EmbeddingModel, epochs: Int = 3) throws -> [[Float]] {
        let optimizer = try SGD(model.parameters.filter(\.isTrainable), learningRate: 0.05)
        var bits: [[Float]] = []
        for epoch in 0..<epochs {
            for start in 0..<2 {
                optimizer.zeroGrad()
                let batch = (0..<3).map { texts[(start * 2 + $0 * (epoch + 1)) % texts.count] }
                let (queries, items) = try model.encodeBatch(queries: [batch[0]], items: batch.dropFirst().map(ItemContent.text))
                let loss = try queries.matmul(items.transpose(0, 1)).sum()
                try loss.backward()
                bits.append(loss.floats())
                for parameter in optimizer.parameters { bits.append(try parameter.grad?.dense().floats() ?? []) }
                try optimizer.step()
            }
        }
        return bits + model.parameters.map { $0.tensor.floats() }
    }

    @Test(arguments: [0, 1]) func sameBitsWithAndWithout(_ layers: Int) throws {
        let with = try tinyBert(), without = try tinyBert()
        without.frozenCache.limit = 0
        for model in [with, without] { try model.freeze(layers: layers) }
        #expect(try train(with) == train(without))
        #expect(with.frozenCache.statistics.hits > 0 && with.frozenCache.statistics.texts == texts.count)
        #expect(without.frozenCache.statistics == FrozenCache.Statistics())
    }

    @Test func aFullCacheKeepsWhatItHas() throws {
        let model = try tinyBert(), reference = try tinyBert()
        reference.frozenCache.limit = 0
        for model in [model, reference] { try model.freeze(layers: 1) }
        // Room for some of the texts: 32 floats a token.
        model.frozenCache.limit = 32 * 4 * 12
        #expect(try train(model) == train(reference))
        let counts = model.frozenCache.statistics
        #expect(counts.bytes <= model.frozenCache.limit && counts.texts > 0 && counts.texts < texts.count)
        #expect(counts.hits > 0 && counts.misses > texts.count)
        // Texts that are not asked for again make room in the end.
        model.frozenCache.limit = 32 * 4 * 5
        let kept = try #require(["boots", "shoes", "red", "men", "blue"].first { model.tokenize([$0]).length(0) == 3 })
        _ = try model.forwardQuery(kept)
        for _ in 0..<20 { _ = try model.forwardQuery("light boots") }
        #expect(model.frozenCache.statistics.bytes <= model.frozenCache.limit)
        let before = model.frozenCache.statistics.hits
        _ = try model.forwardQuery("light boots")
        #expect(model.frozenCache.statistics.hits == before + 1)
    }

    @Test func otherWeightsEmptyIt() throws {
        let model = try tinyBert()
        try model.freeze(layers: 1)
        func vector() throws -> [Float] { try model.forwardQuery("red boots").floats() }
        let first = try vector()
        #expect(try vector() == first && model.frozenCache.statistics.hits == 1)

        // A new value of a frozen parameter.
        let bias = try #require(model.parameters.first { $0.name == "encoder.layer.0.output.dense.bias" })
        let old = bias.tensor
        try bias.assign(old + 0.5)
        let changed = try vector()
        #expect(changed != first && model.frozenCache.statistics.misses == 2)
        try bias.assign(old)
        #expect(try vector() == first)

        // Training the layers after all, in place.
        model.unfreeze()
        #expect(model.frozenCache.statistics.texts == 0)
        try model.freeze(layers: 1)
        _ = try vector()
        bias.isTrainable = true
        let optimizer = try SGD([bias], learningRate: 1)
        bias.grad = .dense(try Tensor.ones(bias.shape))
        try optimizer.step()
        bias.isTrainable = false
        let trained = try vector()
        model.frozenCache.limit = 0
        #expect(try trained != first && trained == vector())
    }

    @Test func anotherNumberOfLayersEmptiesIt() throws {
        let model = try tinyBert()
        try model.freeze(layers: 0)
        _ = try model.forwardQuery("red boots")
        try model.freeze(layers: 1)
        let vector = try model.forwardQuery("red boots").floats()
        #expect(model.frozenCache.statistics.hits == 0)
        model.frozenCache.limit = 0
        #expect(try model.forwardQuery("red boots").floats() == vector)
    }
}

/// Layers whose inner results are computed again for the gradient.
@Suite struct CheckpointTests {
    @Test(arguments: [0.0, 0.3], [nil, 1]) func sameGradientBits(_ dropout: Double, _ frozen: Int?) throws {
        let folder = TemporaryFolder.self
        func gradients(_ checkpoints: Bool) throws -> [[Float]] {
            let place = try folder.init()
            let model = try tinyBert(dropout: dropout, in: place)
            if let frozen { try model.freeze(layers: frozen) }
            model.train()
            model.checkpointsLayers = checkpoints
            var bits: [[Float]] = []
            // Twice without forgetting: the second pass adds to the first one's gradients. Two passes in one loss share their leaves.
            for _ in 0..<2 {
                let (queries, items) = try model.encodeBatch(queries: ["red boots"], items: ["boots for men", "blue shoes"])
                let loss = try queries.matmul(items.transpose(0, 1)).sum() + model.forwardQuery("light shoes").sum()
                try loss.backward()
                bits.append(loss.floats())
            }
            return try bits + model.parameters.map { try $0.grad?.dense().floats() ?? [] }
        }
        #expect(try gradients(true) == gradients(false))
    }

    @Test func anUpdateInBetweenIsAnError() throws {
        let model = try tinyBert()
        model.checkpointsLayers = true
        let loss = try model.forwardQuery("red boots").sum()
        let weight = try #require(model.parameters.first { $0.name == "encoder.layer.1.output.dense.weight" })
        try weight.assign(weight.tensor.detach() * 2)
        #expect(throws: TensorError.self) { try loss.backward() }
    }
}
