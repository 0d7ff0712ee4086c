import Foundation
import Tensors

@testable import Models

/// BERT written out in plain tensor operations, one text at a time, in float64: the oracle of the packed, fused encoder.
struct ComposedBert {
    let configuration: BertConfiguration
    let pooling: Pooling
    let normalizes: Bool
    /// Leaves by the names of Hugging Face.
    var weights: [String: Tensor]

    init(_ model: EmbeddingModel) throws {
        configuration = model.configuration
        pooling = model.pooling
        normalizes = model.normalizes
        weights = try Dictionary(
            uniqueKeysWithValues: model.parameters.map { ($0.name, try $0.tensor.detach().to(.f64).requiringGrad()) })
    }

    func weight(_ name: String) throws -> Tensor {
        guard let tensor = weights[name] else { throw ModelError(.missingTensor, "not in the oracle", tensor: name) }
        return tensor
    }

    func dense(_ x: Tensor, _ name: String) throws -> Tensor {
        try x.matmul(weight(name + ".weight").transpose(0, 1)) + weight(name + ".bias")
    }

    func norm(_ x: Tensor, _ name: String) throws -> Tensor {
        let centred = try x - x.mean(dim: [-1], keepdim: true)
        let variance = try centred.pow(2).mean(dim: [-1], keepdim: true)
        let unit = try centred / (variance + configuration.layerNormEpsilon).sqrt()
        return try unit * weight(name + ".weight") + weight(name + ".bias")
    }

    /// The vector of one text, [1, hidden].
    func callAsFunction(_ ids: [Int32]) throws -> Tensor {
        let rows = ids.map(Int.init)
        var x = try weight("embeddings.word_embeddings.weight").gatherRows(rows)
        x = try x + weight("embeddings.position_embeddings.weight").gatherRows(Array(rows.indices))
        x = try x + weight("embeddings.token_type_embeddings.weight").gatherRows([0])
        x = try norm(x, "embeddings.LayerNorm")
        for layer in 0..<configuration.layers { x = try self.layer(x, "encoder.layer.\(layer).") }
        let pooled =
            switch pooling {
            case .mean: try x.mean(dim: [0], keepdim: true)
            case .cls: try x.gatherRows([0])
            case .max: try x.max(dim: [0], keepdim: true)
            case .meanSquareRootLength: try x.sum(dim: [0], keepdim: true) / Double(ids.count).squareRoot()
            case .pooler: try dense(x.gatherRows([0]), "pooler.dense").tanh()
            }
        return normalizes ? try pooled / (pooled * pooled).sum(dim: [-1], keepdim: true).sqrt() : pooled
    }

    func layer(_ x: Tensor, _ name: String) throws -> Tensor {
        let (length, heads) = (x.shape[0], configuration.heads)
        let size = configuration.hiddenSize / heads
        func split(_ part: String) throws -> Tensor {
            try dense(x, name + "attention.self." + part).reshape([length, heads, size]).transpose(0, 1)
        }
        let scores = try split("query").matmul(split("key").transpose(1, 2)) / Double(size).squareRoot()
        let context = try scores.softmax(dim: -1).matmul(split("value")).transpose(0, 1).reshape([length, heads * size])
        let attended = try norm(dense(context, name + "attention.output.dense") + x, name + "attention.output.LayerNorm")
        let inner = try dense(attended, name + "intermediate.dense")
        let active =
            switch configuration.activation {
            case .gelu: try inner.gelu()
            case .geluTanh: try inner.geluTanh()
            case .relu: try inner.relu()
            case .silu: try inner.silu()
            case .quickGelu: try inner * (inner * 1.702).sigmoid()
            }
        return try norm(dense(active, name + "output.dense") + attended, name + "output.LayerNorm")
    }
}
