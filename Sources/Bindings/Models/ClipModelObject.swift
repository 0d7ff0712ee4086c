import Images
import Language
import Models
import Tensors

/// A CLIP model as scripts hold it.
final class ClipModelObject: HostObject, ModelHolder, @unchecked Sendable {
    let model: ClipModel
    var interface: any EmbeddingsModelInterface { model }

    override func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visitParameters(visit) }

    init(_ model: ClipModel) { self.model = model }

    override var typeName: String { "TextToImageCLIPModel" }
    override var description: String {
        let (text, vision) = (model.configuration.text.layers, model.configuration.vision.layers)
        let trainable = model.parameters.count { $0.isTrainable }
        return """
            TextToImageCLIPModel(\(text) text layers, \(vision) image layers, dimension \(model.dimension), at most \(model.maxLength) tokens, \
            images of \(model.configuration.imageSize) px\(model.normalizes ? ", normalised" : ""), \
            \(trainable) of \(model.parameters.count) parameters trainable)
            """
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] {
        [
            "dimension", "max_length", "text_layers", "image_layers", "image_size", "training", "directory", "same_query_and_items",
            "is_named_inputs", "frozen_cache_mib",
        ]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "dimension": .int(model.dimension)
        case "max_length": .int(model.maxLength)
        case "text_layers": .int(model.configuration.text.layers)
        case "image_layers": .int(model.configuration.vision.layers)
        case "image_size": .int(model.configuration.imageSize)
        case "training": .bool(model.isTraining)
        case "directory": .string(model.directory)
        case "same_query_and_items": .bool(model.sameQueryAndItems)
        case "is_named_inputs": .bool(model.isNamedInputs)
        case "frozen_cache_mib": .int(model.frozenCaches.reduce(0) { Swift.max($0, $1.limit >> 20) })
        default: nil
        }
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        guard name == "frozen_cache_mib" else { return false }
        let limit = try ModelObject.cacheLimit(value)
        for cache in model.frozenCaches { cache.limit = limit }
        return true
    }

    /// A row of the table of functions, and the methods.
    static let functions = [
        Builtin(
            "TextToImageCLIPModel", "(name: str, max_length: int | none = none) -> TextToImageCLIPModel",
            doc: """
                A CLIP model by its name in the model folder, or a directory in Hugging Face or sentence-transformers layout: queries are texts, \
                items images (f32[3, size, size], as `load_image` makes them), each with a tower and an optimizer of its own.
                """,
            example: "TextToImageCLIPModel(clip.directory).image_size == 32"
        ) { call in .host(ClipModelObject(try ClipModel.load(try call.string(0), maxLength: try call.optionalInt(1)))) }
    ]

    static let methods = Namespace(
        "TextToImageCLIPModel", doc: "Methods of a CLIP model.",
        ModelNamespace.shared + ModelNamespace.encoder("clip") + [
            Builtin(
                "encode", "(items: list | str | tensor, batch_size: int = 32, normalize: bool | none = none) -> tensor",
                shape: .encode([.f32], "items"),
                doc: """
                    Vectors of texts and images, f32[n, d], without gradient; of one text or image its vector. Normalised if the model's \
                    directory says so or if asked: the product of normalised vectors is their cosine, by which CLIP compares.
                    """,
                example: "clip.encode([\"a red shoe\", zeros(3, clip.image_size, clip.image_size)]).shape == (2, clip.dimension)"
            ) { call in
                let isList = call[0].asItems != nil
                let contents = try isList ? call.contents(0) : [ItemContent(call[0], place: "encode: the item")]
                let interpreter = call.interpreter
                let vectors = try receiver(call).encode(contents, batchSize: try call.int(1), normalize: call[2].asBool) {
                    try interpreter.checkInterrupt()
                }
                return .tensor(isList ? vectors : try vectors.reshape([vectors.shape[1]]))
            },
            Builtin(
                "parameters", "() -> Table", doc: "Name, shape and state of each parameter, those of the text tower first.",
                example: "clip.parameters()[\"name\"][0] == \"text_model.embeddings.token_embedding.weight\""
            ) { call in
                ModelNamespace.table(try receiver(call).parameters)
            },
        ])

    private static func receiver(_ call: borrowing BuiltinCall) throws -> ClipModel {
        try call.receiver(as: ClipModelObject.self).model
    }
}
