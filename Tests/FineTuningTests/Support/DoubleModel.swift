import Foundation
import Images
import Tensors

@testable import Models

/// A BERT encoder with its pooler in f64, in plain tensor operations: the tower with which the double-precision golden values are met.
final class DoubleModel: EmbeddingsModelInterface {
    private let single: EmbeddingModel
    private let byName: [String: Parameter]
    let parameters: [Parameter]

    /// A copy of the model's weights.
    init(_ model: EmbeddingModel) throws {
        single = model
        parameters = try model.parameters.map { try Parameter($0.name, $0.tensor.detach().to(.f64)) }
        byName = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) })
    }

    let sameQueryAndItems = true
    let isNamedInputs = true
    let frozenCaches: [FrozenCache] = []
    let isTraining = false
    var dropoutStates: [DropoutState] = []
    var dimension: Int { single.dimension }
    var queryModelParameters: [Parameter] { parameters }
    var itemsModelParameters: [Parameter] { parameters }
    func train() {}
    func eval() {}
    func save(to directory: String) throws {}

    private func fix(_ layers: Int) {
        let fixed = ["embeddings."] + (0..<layers).map { "encoder.layer.\($0)." }
        for parameter in parameters where fixed.contains(where: parameter.name.hasPrefix) { parameter.isTrainable = false }
    }

    func fixQueryModel(layers: Int) { fix(layers) }
    func fixItemModel(layers: Int) { fix(layers) }
    func unfixQueryModel() {}
    func unfixItemModel() {}

    func forwardQuery(_ query: String) throws -> Tensor { try vectors([query]) }
    func forwardItems(_ items: [ItemContent]) throws -> Tensor { try vectors(items.map(\.description)) }

    func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        let all = try vectors(queries + items.map(\.description))
        return (try all.gatherRows(Array(queries.indices)), try all.gatherRows(items.indices.map { $0 + queries.count }))
    }

    private func weight(_ name: String) throws -> Tensor {
        guard let parameter = byName[name] else { throw ModelError(.missingTensor, "not in the model", tensor: name) }
        return parameter.tensor
    }

    private func dense(_ x: Tensor, _ name: String) throws -> Tensor {
        try x.matmul(weight(name + ".weight").transpose(0, 1)) + weight(name + ".bias")
    }

    private func norm(_ x: Tensor, _ name: String) throws -> Tensor {
        let centred = try x - x.mean(dim: [-1], keepdim: true)
        let variance = try (centred * centred).mean(dim: [-1], keepdim: true)
        let unit = try centred / (variance + single.configuration.layerNormEpsilon).sqrt()
        return try unit * weight(name + ".weight") + weight(name + ".bias")
    }

    /// [n, hidden]: all texts in one sequence, between which a mask of -1e30 keeps attention apart.
    private func vectors(_ texts: [String]) throws -> Tensor {
        guard !texts.isEmpty else { return try Tensor.zeros([0, dimension], dtype: .f64) }
        let batch = single.tokenize(texts)
        let owner = (0..<batch.count).flatMap { [Int](repeating: $0, count: batch.length($0)) }
        let mask = try Tensor(owner.flatMap { a in owner.map { $0 == a ? 0.0 : -1e30 } }, shape: [owner.count, owner.count])
        var x = try weight("embeddings.word_embeddings.weight").gatherRows(batch.ids.map(Int.init))
        x = try x + weight("embeddings.position_embeddings.weight").gatherRows((0..<batch.count).flatMap { 0..<batch.length($0) })
        x = try norm(x + weight("embeddings.token_type_embeddings.weight").gatherRows([0]), "embeddings.LayerNorm")
        for layer in 0..<single.configuration.layers { x = try self.layer(x, "encoder.layer.\(layer).", mask) }
        return try dense(x.gatherRows(Array(batch.offsets.dropLast())), "pooler.dense").tanh()
    }

    private func layer(_ x: Tensor, _ name: String, _ mask: Tensor) throws -> Tensor {
        let (length, heads) = (x.shape[0], single.configuration.heads)
        let size = dimension / heads
        func split(_ part: String) throws -> Tensor {
            try dense(x, name + "attention.self." + part).reshape([length, heads, size]).transpose(0, 1)
        }
        let scores = try split("query").matmul(split("key").transpose(1, 2)) / Double(size).squareRoot() + mask
        let context = try scores.softmax(dim: -1).matmul(split("value")).transpose(0, 1).reshape([length, heads * size])
        let attended = try norm(dense(context, name + "attention.output.dense") + x, name + "attention.output.LayerNorm")
        let inner = try dense(attended, name + "intermediate.dense").gelu()
        return try norm(dense(inner, name + "output.dense") + attended, name + "output.LayerNorm")
    }
}
