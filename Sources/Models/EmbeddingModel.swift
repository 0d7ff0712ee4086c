import Statement
import Tensors

/// A text-embedding model: tokenizer, BERT encoder, pooling and, where the directory asks for it, normalisation.
///
/// One model serves queries and items alike; `queryPrefix` and `itemPrefix` are put before the texts of `forwardQuery`,
/// `forwardItems` and `encodeBatch`. After loading, dropout is off and every parameter is trainable.
public final class EmbeddingModel: EmbeddingsModelInterface {
    /// Where the model was loaded from.
    public let directory: String
    public let configuration: BertConfiguration
    public let tokenizer: WordPieceTokenizer
    public var pooling: Pooling { modules.pooling }
    public var normalizes: Bool { modules.normalizes }
    /// Longest text in tokens, `[CLS]` and `[SEP]` among them; the rest is cut off.
    public let maxLength: Int
    /// Put before a query, such as `query: ` for E5 models.
    @Undoable public var queryPrefix: String
    /// Put before an item, such as `passage: ` for E5 models.
    @Undoable public var itemPrefix: String
    @Undoable public private(set) var isTraining = false
    /// Where the masks of dropout come from; set it to repeat a run.
    @Undoable public var dropoutState = DropoutState(seed: 0)

    let encoder: BertEncoder
    let denseLayers: [SentenceDense]
    let modules: SentenceModules
    let files: DirectoryFiles

    init(_ parts: DirectoryParts) {
        directory = parts.files.path
        configuration = parts.encoder.configuration
        tokenizer = parts.tokenizer
        maxLength = parts.maxLength
        queryPrefix = parts.modules.queryPrefix
        itemPrefix = parts.modules.itemPrefix
        encoder = parts.encoder
        denseLayers = parts.denseLayers
        modules = parts.modules
        files = parts.files
    }

    /// Length of a vector.
    public var dimension: Int { denseLayers.last?.description.outputs ?? configuration.hiddenSize }

    /// Token ids of each text, `[CLS]` and `[SEP]` included, at most `maxLength` of them.
    public func tokenize(_ texts: [String]) -> TokenBatch {
        tokenizer.encode(texts, maxLength: maxLength, threads: Parallel.threads)
    }

    // MARK: Training state

    public func train() { isTraining = true }
    public func eval() { isTraining = false }

    /// Makes the embeddings and the lowest `layers` encoder layers constants: no gradient, no dropout, no update.
    ///
    /// Embeddings are frozen for 0 layers too. At least one layer must stay trainable. Earlier freezes are not undone.
    public func freeze(layers: Int) throws(ModelError) { try encoder.stack.freeze(layers: layers) }

    /// Makes all parameters trainable.
    public func unfreeze() { encoder.unfreeze() }

    /// Outputs of the frozen layers that are kept from text to text: its size and how often it helped.
    public var frozenCache: FrozenCache { encoder.stack.frozenCache }

    /// Whether training keeps only each layer's input and computes the rest again for the gradient: the same bits for less memory and
    /// about a third more time.
    public var checkpointsLayers: Bool {
        get { encoder.stack.checkpointsLayers }
        set { encoder.stack.checkpointsLayers = newValue }
    }

    /// All parameters, in the order and under the names of Hugging Face's `BertModel`; then those of dense layers, by their folders.
    public var parameters: [Parameter] { encoder.parameters + denseLayers.flatMap(\.parameters) }

    /// Name, shape and state of each parameter.
    public func parameterTable() -> [ParameterDescription] {
        parameters.map { ParameterDescription(name: $0.name, shape: $0.shape, isTrainable: $0.isTrainable) }
    }
}
