import Clickstream
import Images
import Language
import Models
import Tensors

/// Loading, using and saving embedding models.
enum ModelNamespace {
    static let functions = Namespace(
        "models", doc: "Embedding models.",
        [
            Builtin(
                "load_model",
                """
                (name: str, pooling: str | none = none, max_length: int | none = none, query_prefix: str | none = none, \
                item_prefix: str | none = none) -> EmbeddingModel
                """,
                doc: """
                    An embedding model by its name in the model folder, or a directory in Hugging Face / sentence-transformers layout: BERT, MiniLM, \
                    BGE, GTE, E5. `pooling` (mean, cls, max, mean_sqrt_len_tokens, pooler), `max_length` and the prefixes override what the \
                    directory says; E5 models get "query: " and "passage: " by themselves. A CLIP directory gives a TextToImageCLIPModel; \
                    `TextToImageCLIPModel(name)` tells the checker so, too.
                    """,
                example: "load_model(model.directory).dimension == model.dimension"
            ) { call in
                let name = try call.string(0)
                if TwoTowerModel.isStored(in: name) || HeadModel.isStored(in: name) {
                    throw ScriptError.value(
                        "\(name) holds a model made of parts",
                        help: "load_two_towers(directory), or model_head(directory, fn) with the function that the head was made with")
                }
                if ClipModel.isStored(in: name) {
                    guard !call.isGiven(1), !call.isGiven(3), !call.isGiven(4) else {
                        throw ScriptError.value(
                            "load_model: pooling and prefixes are for models of texts, and \(name) is a CLIP model", help: "leave them out")
                    }
                    return .host(ClipModelObject(try ClipModel.load(name, maxLength: try call.optionalInt(2))))
                }
                let model = try EmbeddingModel.load(
                    name, pooling: try call.isGiven(1) ? pooling(call, 1) : nil, maxLength: try call.optionalInt(2))
                if let prefix = try call.optionalString(3) { model.queryPrefix = prefix }
                if let prefix = try call.optionalString(4) { model.itemPrefix = prefix }
                return .host(ModelObject(model))
            },
            Builtin(
                "TextToTextBertModel", "(name: str, max_length: int = 512) -> EmbeddingModel",
                doc: "A BERT model whose vectors are its pooler's: tanh of a dense layer on the vector of [CLS].",
                example: "TextToTextBertModel(model.directory).pooling == \"pooler\""
            ) { call in
                .host(ModelObject(try EmbeddingModel.load(try call.string(0), pooling: .pooler, maxLength: try call.int(1))))
            },
            Builtin(
                "TextToTextE5Model", "(name: str, max_length: int = 512) -> EmbeddingModel",
                doc: "An E5 model: the mean of a text's tokens, normalised; \"query: \" before queries and \"passage: \" before items.",
                example: "TextToTextE5Model(model.directory).query_prefix == \"query: \""
            ) { call in .host(ModelObject(try EmbeddingModel.e5(try call.string(0), maxLength: try call.int(1)))) },
            Builtin(
                "model_head", "(encoder: any, head: fn) -> HeadModel",
                doc: """
                    A model whose vectors a function makes of the encoder's: `model_head(model, v => v @ w)`, where `w = parameter(…)`. The \
                    function's parameters are found by running it once, and trained with the encoder's. Given a directory in which such a model \
                    was saved, loads it: the function is code and has to be the same.
                    """,
                example: "model_head(model, v => v[:, :4]).dimension == 4"
            ) { call in
                let function = ScriptFunction(interpreter: call.interpreter, function: try call.function(1))
                let head: HeadModel.Head = { try function.tensor([.tensor($0)], what: "head") }
                let fingerprint = function.fingerprint
                guard let directory = call[0].asString else {
                    return .host(HeadModelObject(try HeadModel(FineTuningNamespace.model(call, 0), fingerprint: fingerprint, head: head)))
                }
                return .host(
                    HeadModelObject(
                        HeadModel.isStored(in: directory)
                            ? try HeadModel.load(directory, fingerprint: fingerprint, head: head)
                            : try HeadModel(EmbeddingModel.load(directory), fingerprint: fingerprint, head: head)))
            },
            Builtin(
                "two_towers", "(query: any, items: any) -> TwoTowerModel",
                doc: """
                    A model that encodes queries and items separately, each tower (a model, or a model with a head) with an optimizer of its own. \
                    What both share, such as one encoder with a head for queries only, is trained with the items.
                    """,
                example: "not two_towers(model, load_model(model.directory)).same_query_and_items"
            ) { call in
                .host(
                    TwoTowerObject(
                        try TwoTowerModel(query: FineTuningNamespace.model(call, 0), items: FineTuningNamespace.model(call, 1))))
            },
            Builtin(
                "load_two_towers", "(directory: str) -> TwoTowerModel",
                doc: "The two-tower model that was saved in a directory. Towers with heads are loaded one by one, with `model_head`.",
                example: """
                    two_towers(model, load_model(model.directory)).save(f"{folder}/towers"); \
                    assert load_two_towers(f"{folder}/towers").dimension == model.dimension
                    """
            ) { call in .host(TwoTowerObject(try TwoTowerModel.load(try call.string(0)))) },
        ] + ClipModelObject.functions)

    static let methods = Namespace(
        "EmbeddingModel", doc: "Methods of an embedding model.",
        shared + encoder("model") + [
            Builtin(
                "encode", "(texts: list[str] | str, batch_size: int = 32, normalize: bool | none = none) -> tensor", shape: .encode([.f32]),
                doc: "Vectors of the texts, f32[n, d], without gradient; normalised as the model's directory says unless told otherwise.",
                example: "model.encode([\"red shoes\", \"boots\"]).shape == (2, model.dimension)"
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
                "freeze", "(layers: int) -> none", doc: "Makes the embeddings and the lowest `layers` layers constants.",
                example: "model.freeze(1); assert not model.parameters()[\"trainable\"][0]"
            ) { call in
                try receiver(call).freeze(layers: try call.int(0))
                return .none
            },
            Builtin(
                "unfreeze", "() -> none", doc: "Makes all parameters trainable.",
                example: "model.freeze(1); model.unfreeze(); assert all(model.parameters()[\"trainable\"])"
            ) { call in
                try receiver(call).unfreeze()
                return .none
            },
            Builtin(
                "parameters", "() -> Table", doc: "Name, shape and state of each parameter.",
                example: "model.parameters()[\"name\"][0] == \"embeddings.word_embeddings.weight\""
            ) { call in
                table(try receiver(call).parameters)
            },
        ])

    /// Methods of the models that are encoders themselves; the examples call theirs `name`.
    static func encoder(_ name: String) -> [Builtin] {
        [
            Builtin(
                "tokenize", "(texts: list[str] | str) -> list",
                doc: "Token ids of each text, with the special tokens; of one text, its ids alone.",
                example: "len(\(name).tokenize([\"red shoes\"])) == 1"
            ) { call in
                let single = call[0].asString
                let batch = try layered(call).tokenize(try single.map { [$0] } ?? call.strings(0))
                let ids = (0..<batch.count).map { Value.list(batch[$0].map { .int(Int($0)) }) }
                return single == nil ? .list(ids) : ids.first ?? .list([Value]())
            },
            Builtin(
                "checkpoint_layers", "(on: bool) -> none",
                doc: "Whether training keeps only each layer's input and computes the rest again for the gradient: same bits, less memory.",
                example: "\(name).checkpoint_layers(true) is none"
            ) { call in
                try layered(call).checkpointsLayers = try call.bool(0)
                return .none
            },
        ]
    }

    private static func layered(_ call: borrowing BuiltinCall) throws -> any LayeredEncoder {
        guard let model = try interface(call) as? any LayeredEncoder else {
            throw ScriptError.type("\(call.builtin.name)() needs an encoder, not \(call.receiver.typeNameWithArticle)")
        }
        return model
    }

    /// Methods of every model that the fine-tuner takes.
    static let shared: [Builtin] = [
        Builtin(
            "get_query_model_params", "() -> Table", doc: "Name, shape and state of each parameter of the tower for queries.",
            example: "model.get_query_model_params()[\"name\"] == model.parameters()[\"name\"]"
        ) { call in
            table(try interface(call).queryModelParameters)
        },
        Builtin(
            "get_items_model_params", "() -> Table", doc: "Name, shape and state of each parameter of the tower for items.",
            example: "model.get_items_model_params()[\"name\"] == model.parameters()[\"name\"]"
        ) { call in
            table(try interface(call).itemsModelParameters)
        },
        Builtin(
            "get_query_model_inputs", "(text: str = \"query\") -> dict",
            doc: "What the tower for queries reads of a text, as an example: input_ids and attention_mask, i32[1, tokens].",
            example: "model.get_query_model_inputs(\"boots\")[\"input_ids\"].tolist() == model.tokenize([\"boots\"])"
        ) { call in try inputs(of: interface(call), try call.string(0), isItem: false) },
        Builtin(
            "get_items_model_inputs", "(text: str = \"item\") -> dict",
            doc:
                "What the tower for items reads of a text, as an example: input_ids and attention_mask, i32[1, tokens]; of images, pixel_values.",
            example: "model.get_items_model_inputs(\"boots\")[\"attention_mask\"].shape[0] == 1"
        ) { call in try inputs(of: interface(call), try call.string(0), isItem: true) },
        Builtin(
            "fix_query_model", "(layers: int) -> none",
            doc: "Makes the embeddings and the lowest layers of the tower for queries constants.",
            example: "model.fix_query_model(1); assert not model.parameters()[\"trainable\"][0]"
        ) { call in
            try interface(call).fixQueryModel(layers: try call.int(0))
            return .none
        },
        Builtin(
            "unfix_query_model", "() -> none", doc: "Makes all parameters of the tower for queries trainable.",
            example: "model.fix_query_model(1); model.unfix_query_model(); assert all(model.parameters()[\"trainable\"])"
        ) { call in
            try interface(call).unfixQueryModel()
            return .none
        },
        Builtin(
            "fix_item_model", "(layers: int) -> none", doc: "Makes the embeddings and the lowest layers of the tower for items constants.",
            example: "model.fix_item_model(1); assert not model.parameters()[\"trainable\"][0]"
        ) { call in
            try interface(call).fixItemModel(layers: try call.int(0))
            return .none
        },
        Builtin(
            "unfix_item_model", "() -> none", doc: "Makes all parameters of the tower for items trainable.",
            example: "model.fix_item_model(1); model.unfix_item_model(); assert all(model.parameters()[\"trainable\"])"
        ) { call in
            try interface(call).unfixItemModel()
            return .none
        },
        Builtin(
            "train", "() -> none", doc: "Switches dropout on, in the layers that are not frozen.",
            example: "model.train(); assert model.training"
        ) { call in
            try interface(call).train()
            return .none
        },
        Builtin(
            "eval", "() -> none", doc: "Switches dropout off, the state after loading.",
            example: "model.eval(); assert not model.training"
        ) { call in
            try interface(call).eval()
            return .none
        },
        Builtin(
            "forward_query", "(query: str) -> tensor[1, d]", doc: "The query's vector, f32[1, d], with gradient.",
            example: "model.forward_query(\"boots\").shape == (1, model.dimension)"
        ) { call in
            let query = try call.string(0)
            if query.isEmpty { Warnings.emit("forward_query: the query is empty") }
            return .tensor(try interface(call).forwardQuery(query))
        },
        Builtin(
            "forward_items", "(items: list[str | tensor]) -> tensor[n, d]",
            doc: "The items' vectors, f32[n, d], with gradient; the items are texts, or images where the model takes them.",
            example: "model.forward_items([\"boots\", \"hat\"]).shape == (2, model.dimension)"
        ) { call in
            .tensor(try interface(call).forwardItems(try call.contents(0)))
        },
        Builtin(
            "encode_batch", "(queries: list[str], items: list[str | tensor]) -> tuple[tensor[n, d], tensor[m, d]]",
            doc: "The vectors of queries and items with gradient, every distinct text and image encoded once.",
            example: "model.encode_batch([\"boots\"], [\"hat\", \"boots\"])[1].shape == (2, model.dimension)"
        ) { call in
            let (queries, items) = try interface(call).encodeBatch(queries: try call.strings(0), items: try call.contents(1))
            return .tuple([.tensor(queries), .tensor(items)])
        },
        Builtin(
            "save", "(directory: str) -> none",
            doc: "Writes the model as a directory that sentence-transformers loads; it appears whole or not at all.",
            example: "model.save(f\"{folder}/out\"); assert load_model(f\"{folder}/out\").dimension == model.dimension"
        ) { call in
            try interface(call).save(to: try call.string(0))
            return .none
        },
    ]

    /// A text as the encoder of one side reads it.
    private static func inputs(of model: any EmbeddingsModelInterface, _ text: String, isItem: Bool) throws -> Value {
        switch model {
        case let model as EmbeddingModel:
            let batch = model.tokenize([(isItem ? model.itemPrefix : model.queryPrefix) + text])
            let ids = try Tensor(Array(batch[0]), shape: [1, batch[0].count])
            return .dict([("input_ids", .tensor(ids)), ("attention_mask", .tensor(try Tensor.ones([1, batch[0].count], dtype: .i32)))])
        case let model as ClipModel:
            let size = model.configuration.imageSize
            if isItem { return .dict([("pixel_values", .tensor(try Tensor.zeros([1, model.configuration.channels, size, size])))]) }
            let batch = model.tokenize([text])
            return .dict([("input_ids", .tensor(try Tensor(Array(batch[0]), shape: [1, batch[0].count])))])
        case let model as HeadModel: return try inputs(of: model.encoder, text, isItem: isItem)
        case let model as TwoTowerModel: return try inputs(of: isItem ? model.itemsModel : model.queryModel, text, isItem: isItem)
        default: throw ScriptError.type("this model does not say what it reads")
        }
    }

    private static func receiver(_ call: borrowing BuiltinCall) throws -> EmbeddingModel { try call.receiver(as: ModelObject.self).model }

    private static func pooling(_ call: borrowing BuiltinCall, _ position: Int) throws -> Pooling {
        let name = try call.string(position)
        if let pooling = Pooling(rawValue: name) { return pooling }
        throw ScriptError.value(
            "load_model: pooling must be mean, cls, max, mean_sqrt_len_tokens or pooler, not \(name.debugDescription)")
    }

    static func table(_ parameters: [Parameter]) -> Value {
        let rows = parameters.map { row -> [Value] in
            [.string(row.name), .tuple(row.shape.dims.map { .int($0) }), .bool(row.isTrainable)]
        }
        return .host(TableObject(columns: ["name", "shape", "trainable"], rows: rows))
    }

    private static func interface(_ call: borrowing BuiltinCall) throws -> any EmbeddingsModelInterface {
        guard case .host(let object) = call.receiver, let model = (object as? any ModelHolder)?.interface else {
            throw ScriptError.type("\(call.builtin.name)() needs a model, not \(call.receiver.typeNameWithArticle)")
        }
        return model
    }
}

/// A model with a tokenizer and layers of its own.
private protocol LayeredEncoder: AnyObject {
    var checkpointsLayers: Bool { get set }
    func tokenize(_ texts: [String]) -> TokenBatch
}

extension EmbeddingModel: LayeredEncoder {}
extension ClipModel: LayeredEncoder {}

/// A host object that the fine-tuner can take a model from.
protocol ModelHolder: HostObject {
    var interface: any EmbeddingsModelInterface { get }
}

extension ModelHolder {
    /// Names the memory of the model's parameters.
    func visitParameters(_ visit: (ObjectIdentifier, Int) -> Void) {
        for parameter in interface.allParameters { parameter.visitMemory(visit) }
    }
}
