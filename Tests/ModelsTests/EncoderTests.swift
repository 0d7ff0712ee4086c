import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct EncoderTests {
    let texts = [
        "waterproof boots", "", "Red LEATHER boots, for men!", "zzz unknown-words 123", "red leather boots for men", "boots",
        "blue running shoes light and waterproof", "boots",
    ]

    @Test func packedEqualsOneByOne() throws {
        for pooling in [Pooling.pooler, .mean, .cls] {
            let model = try tinyBert(pooling: pooling)
            let oracle = try ComposedBert(model)
            let vectors = try model.encode(texts, batchSize: 3).floats()
            for (index, text) in texts.enumerated() {
                let row = vectors[index * 32..<(index + 1) * 32]
                let alone = try model.encode([text]).floats()
                #expect(zip(row, alone).allSatisfy { abs($0 - $1) < 1e-5 }, "\(pooling), \(text)")
                let exact = try oracle(Array(model.tokenize([text])[0])).doubles()
                #expect(zip(row, exact).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(pooling), \(text)")
            }
        }
    }

    @Test(arguments: ["gelu_new", "relu"]) func otherActivations(_ name: String) throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        try edit(directory.appendingPathComponent("config.json")) { $0.replacing("\"gelu\"", with: "\"\(name)\"") }
        let model = try EmbeddingModel.load(directory.path)
        let exact = try ComposedBert(model)(Array(model.tokenize([texts[2]])[0])).doubles()
        #expect(zip(try model.encode([texts[2]]).floats(), exact).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        #expect(try model.encode([texts[2]]).floats() != tinyBert().encode([texts[2]]).floats())
    }

    @Test func orderBatchesAndNormalisation() throws {
        let model = try tinyBert(pooling: .mean)
        let empty = try model.encode([])
        #expect(empty.shape == [0, 32])
        let all = try model.encode(texts, batchSize: 2, normalize: true)
        #expect(all.shape == [8, 32])
        for row in 0..<8 {
            let length = all.floats()[row * 32..<(row + 1) * 32].reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
        #expect(all.floats()[5 * 32..<6 * 32] == all.floats()[7 * 32..<8 * 32])
        #expect(!all.requiresGrad)
        #expect(#expect(throws: ModelError.self) { try model.encode(texts, batchSize: 0) }?.kind == .invalidArgument)
    }

    @Test func longTextsAreCut() throws {
        let model = try tinyBert()
        #expect(model.maxLength == 64)
        let long = String(repeating: "boots ", count: 100)
        #expect(model.tokenize([long]).length(0) == 64)
        #expect(try model.encode([long]).floats() == model.encode([long + "red"]).floats())
    }

    // MARK: Gradients

    /// Weighted sum of the vectors with fixed coefficients: every component and every text counts differently.
    func cotangent(_ rows: Int, dtype: DType) throws -> Tensor {
        try Tensor((0..<rows * 32).map { sin(Double($0) * 0.7 + 0.3) }, shape: [rows, 32]).to(dtype)
    }

    func oracleLoss(_ oracle: ComposedBert, _ batch: TokenBatch) throws -> Tensor {
        let vectors = try Tensor.concat((0..<batch.count).map { try oracle(Array(batch[$0])) }, dim: 0)
        return try (vectors * cotangent(batch.count, dtype: .f64)).sum()
    }

    @Test(arguments: [Pooling.pooler, .mean]) func gradientsOfTheWholeModel(_ pooling: Pooling) throws {
        let model = try tinyBert(pooling: pooling)
        let batch = model.tokenize([texts[0], texts[2], texts[6]])
        try (model.forward(batch) * cotangent(3, dtype: .f32)).sum().backward()
        var oracle = try ComposedBert(model)
        try oracleLoss(oracle, batch).backward()
        for parameter in model.parameters {
            guard let exact = oracle.weights[parameter.name]?.grad?.doubles() else {
                #expect(parameter.grad == nil && parameter.name.hasPrefix("pooler"), "\(parameter.name)")
                continue
            }
            let ours = try #require(parameter.grad, "\(parameter.name)").dense().floats()
            let scale = exact.map(abs).max() ?? 0
            let worst = zip(ours, exact).map { abs(Double($0) - $1) }.max() ?? .infinity
            #expect(worst <= 1e-4 * scale + 1e-5, "\(parameter.name): \(worst) of \(scale)")
        }
        // The oracle's gradients against central differences, in float64.
        for (name, index) in [
            ("embeddings.word_embeddings.weight", Int(batch.ids[1]) * 32 + 3), ("embeddings.position_embeddings.weight", 40),
            ("encoder.layer.0.attention.self.query.weight", 100), ("encoder.layer.0.intermediate.dense.bias", 7),
            ("encoder.layer.1.output.LayerNorm.weight", 5), ("encoder.layer.1.attention.self.value.bias", 9),
        ] {
            let leaf = try oracle.weight(name)
            let exact = try #require(leaf.grad).doubles()[index]
            func loss(_ shift: Double) throws -> Double {
                var values = leaf.doubles()
                values[index] += shift
                oracle.weights[name] = try Tensor(values, shape: leaf.shape)
                return try noGrad { try oracleLoss(oracle, batch).item() }
            }
            let difference = try (loss(1e-5) - loss(-1e-5)) / 2e-5
            oracle.weights[name] = leaf
            #expect(abs(difference - exact) < 1e-6 * max(1, abs(exact)), "\(name)")
        }
    }

    @Test func wordGradientsKeepOnlyTheirRows() throws {
        let model = try tinyBert()
        try model.forwardQuery("red boots").sum().backward()
        let words = try #require(model.parameters.first)
        guard case .rows(let rows) = words.grad else {
            Issue.record("the gradient of the word embeddings is dense")
            return
        }
        #expect(Set(rows.indices) == Set(model.tokenize(["red boots"])[0]))
    }

    // MARK: Freezing

    @Test(arguments: [0, 1]) func freezingTrulyFreezes(_ layers: Int) throws {
        let model = try tinyBert()
        try model.freeze(layers: layers)
        let before = model.parameters.map { $0.tensor.floats() }
        let optimizer = try SGD(model.parameters, learningRate: 0.1, weightDecay: 0.1)
        try model.forward(model.tokenize(texts)).sum().backward()
        let frozen = model.parameters.map { parameter in
            parameter.name.hasPrefix("embeddings.") || (0..<layers).contains { parameter.name.hasPrefix("encoder.layer.\($0).") }
        }
        #expect(model.parameterTable().map(\.isTrainable) == frozen.map { !$0 })
        for (parameter, isFrozen) in zip(model.parameters, frozen) { #expect((parameter.grad == nil) == isFrozen, "\(parameter.name)") }
        try optimizer.step()
        for ((parameter, isFrozen), old) in zip(zip(model.parameters, frozen), before) {
            #expect((parameter.tensor.floats() == old) == isFrozen, "\(parameter.name)")
        }
    }

    /// The same bits, but for the level baseline, where OpenBLAS does a training step's products (`Products`).
    @Test func freezingChangesNoValueAndNoOtherGradient() throws {
        func same(_ x: Tensor?, _ y: Tensor?) throws -> Bool {
            guard let x, let y else { return false }
            return try Kernels.level == .baseline ? Tensor.allClose(x, y, rtol: 1e-4, atol: 1e-4) : x.floats() == y.floats()
        }
        let (free, fixed) = (try tinyBert(), try tinyBert())
        try fixed.freeze(layers: 1)
        let batch = free.tokenize(texts)
        let (a, b) = (try free.forward(batch), try fixed.forward(batch))
        #expect(try same(a, b))
        try a.sum().backward()
        try b.sum().backward()
        for (x, y) in zip(free.parameters, fixed.parameters) where y.isTrainable {
            #expect(try same(x.grad?.dense(), y.grad?.dense()), "\(x.name)")
        }
    }

    @Test func freezesAddUpAndUnfreezeEndsThem() throws {
        let model = try tinyBert()
        try model.fixItemModel(layers: 1)
        try model.fixQueryModel(layers: 0)
        #expect(model.parameterTable().first { $0.name == "encoder.layer.0.output.dense.bias" }?.isTrainable == false)
        let error = #expect(throws: ModelError.self) { try model.fixItemModel(layers: 2) }
        #expect(error?.problem == "Number of fixed layers (2) >= number of existing layers (2)")
        #expect(throws: ModelError.self) { try model.freeze(layers: -1) }
        model.unfixItemModel()
        #expect(model.parameterTable().allSatisfy { $0.isTrainable })
        try model.forwardQuery("boots").sum().backward()
        #expect(model.parameters.first?.grad != nil)
    }

    // MARK: Dropout

    @Test func dropoutOnlyWhileTrainingAndSeeded() throws {
        let folder = try TemporaryFolder()
        let model = try tinyBert(dropout: 0.3, in: folder)
        let plain = try tinyBert().encode(texts).floats()
        let batch = model.tokenize(texts)
        #expect(try model.encode(texts).floats() == plain)
        #expect(!model.isTraining)
        let quiet = try model.forward(batch).floats()
        model.train()
        model.dropoutState = DropoutState(seed: 7)
        let (first, second) = (try model.forward(batch).floats(), try model.forward(batch).floats())
        #expect(first != quiet && first != second)
        #expect(model.dropoutState == DropoutState(seed: 7, step: 2))
        model.dropoutState = DropoutState(seed: 7)
        #expect(try model.forward(batch).floats() == first)
        model.dropoutState = DropoutState(seed: 7, step: 1)
        #expect(try model.forward(batch).floats() == second)
        model.dropoutState = DropoutState(seed: 8)
        #expect(try model.forward(batch).floats() != first)
        // encode never drops, and draws nothing.
        #expect(try model.encode(texts).floats() == plain && model.dropoutState.step == 1)
        model.eval()
        #expect(try model.forward(batch).floats() == quiet)
    }

    /// A frozen layer's output is the same constant in every pass, though layers above it drop.
    @Test func frozenLayersNeverDrop() throws {
        let folder = try TemporaryFolder()
        let model = try tinyBert(dropout: 0.5, in: folder)
        model.train()
        try model.freeze(layers: 1)
        let batch = model.tokenize(texts)
        let encoder = model.encoder
        let quiet = try encoder.stack.constantPart(batch, embed: encoder.embed).floats()
        model.eval()
        #expect(try encoder.stack.constantPart(batch, embed: encoder.embed).floats() == quiet)
        model.train()
        #expect(try model.forward(batch).floats() != model.forward(batch).floats())
    }

    /// Inverted dropout keeps the mean: over many masks the vectors' mean comes near the vectors without dropout's layer.
    @Test func attentionAndHiddenDropoutAreSeparate() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        try edit(directory.appendingPathComponent("config.json")) {
            $0.replacing("\"attention_probs_dropout_prob\": 0.0", with: "\"attention_probs_dropout_prob\": 0.4")
        }
        let model = try EmbeddingModel.load(directory.path)
        #expect(model.configuration.hiddenDropout == 0 && model.configuration.attentionDropout == 0.4)
        let batch = model.tokenize(texts)
        let quiet = try model.forward(batch).floats()
        model.train()
        #expect(try model.forward(batch).floats() != quiet)
    }
}
