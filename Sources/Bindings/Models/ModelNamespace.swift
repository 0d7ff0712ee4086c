import Language
import Models
import Tensors

/// Loading, using and saving embedding models.
enum ModelNamespace {
    static let functions = Namespace(
        "models", doc: "Embedding models.",
        [
            Builtin(
                "load_model", "(name: str) -> EmbeddingModel",
                doc: "An embedding model by its name in the model folder, or a directory in Hugging Face / sentence-transformers layout."
            ) { call in
                .host(ModelObject(try EmbeddingModel.load(try call.string(0))))
            },
            Builtin(
                "two_towers", "(query: EmbeddingModel, items: EmbeddingModel) -> TwoTowerModel",
                doc: "A model that encodes queries and items separately, each tower with an optimizer of its own."
            ) { call in
                .host(TwoTowerObject(try TwoTowerModel(query: try model(call, 0), items: try model(call, 1))))
            },
        ])

    static let methods = Namespace(
        "EmbeddingModel", doc: "Methods of an embedding model.",
        shared + [
            Builtin(
                "encode", "(texts: list[str] | str, batch_size: int = 32, normalize: bool | none = none) -> tensor",
                doc: "Vectors of the texts, f32[n, d], without gradient; normalised as the model's directory says unless told otherwise."
            ) { call in
                let single = call[0].asString
                let texts = try single.map { [$0] } ?? call.strings(0)
                let interpreter = call.interpreter
                let vectors = try receiver(call).encode(texts, batchSize: try call.int(1), normalize: call[2].asBool) {
                    try interpreter.checkInterrupt()
                }
                return .tensor(single == nil ? vectors : try vectors.reshape([vectors.shape[1]]))
            },
            Builtin(
                "tokenize", "(texts: list[str] | str) -> list",
                doc: "Token ids of each text, with the special tokens; of one text, its ids alone."
            ) { call in
                let single = call[0].asString
                let batch = try receiver(call).tokenize(try single.map { [$0] } ?? call.strings(0))
                let ids = (0..<batch.count).map { Value.list(batch[$0].map { .int(Int($0)) }) }
                return single == nil ? .list(ids) : ids.first ?? .list([Value]())
            },
            Builtin("freeze", "(layers: int) -> none", doc: "Makes the embeddings and the lowest `layers` layers constants.") { call in
                try receiver(call).freeze(layers: try call.int(0))
                return .none
            },
            Builtin("unfreeze", "() -> none", doc: "Makes all parameters trainable.") { call in
                try receiver(call).unfreeze()
                return .none
            },
            Builtin("parameters", "() -> Table", doc: "Name, shape and state of each parameter.") { call in
                let rows = try receiver(call).parameterTable().map { row -> [Value] in
                    [.string(row.name), .tuple(row.shape.dims.map { .int($0) }), .bool(row.isTrainable)]
                }
                return .host(TableObject(columns: ["name", "shape", "trainable"], rows: rows))
            },
        ])

    /// Methods of every model that the fine-tuner takes.
    static let shared: [Builtin] = [
        Builtin("train", "() -> none", doc: "Switches dropout on, in the layers that are not frozen.") { call in
            try interface(call).train()
            return .none
        },
        Builtin("eval", "() -> none", doc: "Switches dropout off, the state after loading.") { call in
            try interface(call).eval()
            return .none
        },
        Builtin("forward_query", "(query: str) -> tensor", doc: "The query's vector, f32[1, d], with gradient.") { call in
            .tensor(try interface(call).forwardQuery(try call.string(0)))
        },
        Builtin("forward_items", "(items: list[str]) -> tensor", doc: "The items' vectors, f32[n, d], with gradient.") { call in
            .tensor(try interface(call).forwardItems(try call.strings(0)))
        },
        Builtin(
            "encode_batch", "(queries: list[str], items: list[str]) -> tuple",
            doc: "The vectors of queries and items with gradient, every distinct text encoded once."
        ) { call in
            let (queries, items) = try interface(call).encodeBatch(queries: try call.strings(0), items: try call.strings(1))
            return .tuple([.tensor(queries), .tensor(items)])
        },
        Builtin(
            "save", "(directory: str) -> none",
            doc: "Writes the model as a directory that sentence-transformers loads; it appears whole or not at all."
        ) { call in
            try interface(call).save(to: try call.string(0))
            return .none
        },
    ]

    private static func receiver(_ call: borrowing BuiltinCall) throws -> EmbeddingModel { try call.receiver(as: ModelObject.self).model }

    private static func model(_ call: borrowing BuiltinCall, _ position: Int) throws -> EmbeddingModel {
        try call.host(position, as: ModelObject.self).model
    }

    private static func interface(_ call: borrowing BuiltinCall) throws -> any EmbeddingsModelInterface {
        guard case .host(let object) = call.receiver, let model = (object as? any ModelHolder)?.interface else {
            throw ScriptError.type("\(call.builtin.name)() needs a model, not \(call.receiver.typeNameWithArticle)")
        }
        return model
    }
}

/// A host object that the fine-tuner can take a model from.
protocol ModelHolder: HostObject {
    var interface: any EmbeddingsModelInterface { get }
}
