import Language
import Models

/// An embedding model as scripts hold it.
final class ModelObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: EmbeddingModel
    var interface: any EmbeddingsModelInterface { model }

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
    override var attributeNames: [String] { ["dimension", "max_length", "layers", "training", "directory", "query_prefix", "item_prefix"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "dimension": .int(model.dimension)
        case "max_length": .int(model.maxLength)
        case "layers": .int(model.configuration.layers)
        case "training": .bool(model.isTraining)
        case "directory": .string(model.directory)
        case "query_prefix": .string(model.queryPrefix)
        case "item_prefix": .string(model.itemPrefix)
        default: nil
        }
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        guard name == "query_prefix" || name == "item_prefix" else { return false }
        guard let text = value.asString else { throw ScriptError.type("\(name) must be a str, not \(value.typeNameWithArticle)") }
        if name == "query_prefix" { model.queryPrefix = text } else { model.itemPrefix = text }
        return true
    }
}

/// A model of two towers as scripts hold it.
final class TwoTowerObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: TwoTowerModel
    var interface: any EmbeddingsModelInterface { model }

    init(_ model: TwoTowerModel) { self.model = model }

    override var typeName: String { "TwoTowerModel" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["query_model", "items_model"] }

    private static let methods = Namespace("TwoTowerModel", doc: "Methods of a model of two towers.", ModelNamespace.shared)

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "query_model": .host(ModelObject(model.queryModel))
        case "items_model": .host(ModelObject(model.itemsModel))
        default: nil
        }
    }
}
