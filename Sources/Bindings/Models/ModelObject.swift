import Images
import Language
import Models
import Tensors

/// An embedding model as scripts hold it.
final class ModelObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: EmbeddingModel
    var interface: any EmbeddingsModelInterface { model }

    override func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visitParameters(visit) }

    init(_ model: EmbeddingModel) { self.model = model }

    override var typeName: String { "EmbeddingModel" }
    override var description: String {
        let layers = model.configuration.layers
        let trainable = model.parameters.count { $0.isTrainable }
        return """
            EmbeddingModel(\(layers) layers, dimension \(model.dimension), at most \(model.maxLength) tokens, \(model.pooling) pooling\
            \(model.normalizes ? ", normalised" : ""), \(trainable) of \(model.parameters.count) parameters trainable)
            """
    }
    override var methods: Namespace { ModelNamespace.methods }
    override var attributeNames: [String] {
        [
            "dimension", "max_length", "layers", "training", "directory", "query_prefix", "item_prefix", "pooling", "same_query_and_items",
            "is_named_inputs", "frozen_cache", "frozen_cache_mib",
        ]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "dimension": .int(model.dimension)
        case "max_length": .int(model.maxLength)
        case "layers": .int(model.configuration.layers)
        case "training": .bool(model.isTraining)
        case "directory": .string(model.directory)
        case "query_prefix": .string(model.queryPrefix)
        case "pooling": .string(model.pooling.rawValue)
        case "same_query_and_items": .bool(model.sameQueryAndItems)
        case "is_named_inputs": .bool(model.isNamedInputs)
        case "item_prefix": .string(model.itemPrefix)
        case "frozen_cache": frozenCache
        case "frozen_cache_mib": .int(model.frozenCache.limit >> 20)
        default: nil
        }
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        if name == "frozen_cache_mib" {
            model.frozenCache.limit = try Self.cacheLimit(value)
            return true
        }
        guard name == "query_prefix" || name == "item_prefix" else { return false }
        guard let text = value.asString else { throw ScriptError.type("\(name) must be a str, not \(value.typeNameWithArticle)") }
        if name == "query_prefix" { model.queryPrefix = text } else { model.itemPrefix = text }
        return true
    }

    /// The bytes of a cache whose size is given in MiB.
    static func cacheLimit(_ value: Value) throws -> Int {
        guard let size = value.asInt, (0...1 << 30).contains(size) else {
            throw ScriptError.value("frozen_cache_mib must be a number of MiB from 0 (off) up, not \(value.repr)")
        }
        return size << 20
    }

    /// How the cache of the frozen layers' outputs does, as a dict.
    private var frozenCache: Value {
        let counts = model.frozenCache.statistics
        return .dict([
            ("hits", .int(counts.hits)), ("misses", .int(counts.misses)), ("hit_rate", counts.hitRate.map(Value.float) ?? .none),
            ("texts", .int(counts.texts)), ("mib", .float(Double(counts.bytes) / 0x1p20)),
        ])
    }
}

/// A model of two towers as scripts hold it.
final class TwoTowerObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: TwoTowerModel
    var interface: any EmbeddingsModelInterface { model }

    override func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visitParameters(visit) }

    init(_ model: TwoTowerModel) { self.model = model }

    override var typeName: String { "TwoTowerModel" }
    override var description: String {
        "TwoTowerModel(dimension \(model.dimension), \(model.queryModelParameters.count) query and \(model.itemsModelParameters.count) items parameters)"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] {
        ["query_model", "items_model", "dimension", "training", "same_query_and_items", "is_named_inputs"]
    }

    static let methods = Namespace("TwoTowerModel", doc: "Methods of a model of two towers.", ModelNamespace.shared)

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "query_model": Self.value(model.queryModel)
        case "items_model": Self.value(model.itemsModel)
        case "dimension": .int(model.dimension)
        case "training": .bool(model.isTraining)
        case "same_query_and_items": .bool(model.sameQueryAndItems)
        case "is_named_inputs": .bool(model.isNamedInputs)
        default: nil
        }
    }

    private static func value(_ tower: any EmbeddingsModelInterface) -> Value {
        switch tower {
        case let model as EmbeddingModel: .host(ModelObject(model))
        case let model as HeadModel: .host(HeadModelObject(model))
        default: .none
        }
    }
}

/// A model with a head as scripts hold it.
final class HeadModelObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: HeadModel
    var interface: any EmbeddingsModelInterface { model }

    override func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visitParameters(visit) }

    init(_ model: HeadModel) { self.model = model }

    override var typeName: String { "HeadModel" }
    override var description: String {
        "HeadModel(dimension \(model.encoder.dimension) to \(model.dimension), \(model.headParameters.count) parameters in the head)"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["dimension", "training", "head_parameters", "same_query_and_items", "is_named_inputs"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "dimension": .int(model.dimension)
        case "training": .bool(model.isTraining)
        case "head_parameters": .list(model.headParameters.map { .host(TensorObject($0)) })
        case "same_query_and_items": .bool(model.sameQueryAndItems)
        case "is_named_inputs": .bool(model.isNamedInputs)
        default: nil
        }
    }

    static let methods = Namespace(
        "HeadModel", doc: "Methods of a model with a head.",
        ModelNamespace.shared + [
            Builtin(
                "parameters", "() -> Table", doc: "Name, shape and state of each parameter, the head's last.",
                example: "model_head(model, v => v[:, :4]).parameters()[\"name\"] == model.parameters()[\"name\"]"
            ) { call in
                ModelNamespace.table(try call.receiver(as: HeadModelObject.self).model.itemsModelParameters)
            },
            Builtin(
                "encode", "(texts: list[str] | str, batch_size: int = 32) -> tensor", shape: .encode(TensorSketch.anyType),
                doc: "Vectors of the texts, as items, f32[n, d], without gradient.",
                example: "model_head(model, v => v[:, :4]).encode([\"boots\"]).shape == (1, 4)"
            ) { call in
                let single = call[0].asString
                let texts = try single.map { [$0] } ?? call.strings(0)
                let size = try call.int(1)
                guard size > 0 else { throw ScriptError.value("encode: batch_size must be a positive int, not \(size)") }
                let model = try call.receiver(as: HeadModelObject.self).model
                let interpreter = call.interpreter
                let wasTraining = model.isTraining
                model.eval()
                defer { if wasTraining { model.train() } }
                let vectors = try noGrad {
                    var blocks: [Tensor] = []
                    for start in stride(from: 0, to: texts.count, by: size) {
                        try interpreter.checkInterrupt()
                        blocks.append(
                            try model.encodeBatch(queries: [], items: texts[start..<min(start + size, texts.count)].map(ItemContent.text))
                                .items)
                    }
                    return try blocks.isEmpty ? Tensor.zeros([0, model.dimension]) : Tensor.concat(blocks, dim: 0)
                }
                return .tensor(single == nil ? vectors : try vectors.reshape([vectors.shape[1]]))
            },
        ])
}
