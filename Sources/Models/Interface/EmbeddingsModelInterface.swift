import Images
import Tensors

/// What the fine-tuner asks of a model: two towers (perhaps one and the same) that turn queries and items into vectors.
///
/// Embedding Studio's interface of the same name: queries are texts, items texts or images. Vectors carry gradients unless computed inside `noGrad`.
public protocol EmbeddingsModelInterface: AnyObject {
    /// Length of a vector.
    var dimension: Int { get }
    /// Whether queries and items go through one model, so that one optimizer serves both.
    var sameQueryAndItems: Bool { get }
    /// Parameters of the tower for queries, frozen ones among them.
    var queryModelParameters: [Parameter] { get }
    /// Parameters of the tower for items, frozen ones among them.
    var itemsModelParameters: [Parameter] { get }
    /// Whether the towers take named inputs rather than positional ones.
    var isNamedInputs: Bool { get }

    /// What is kept of the frozen layers' outputs: a cache for each encoder.
    var frozenCaches: [FrozenCache] { get }

    /// Freezes the embeddings and the lowest `layers` encoder layers. Earlier freezes are not undone.
    /// Throws when the tower has no more than `layers` layers.
    func fixQueryModel(layers: Int) throws
    func unfixQueryModel()
    func fixItemModel(layers: Int) throws
    func unfixItemModel()

    /// [1, d]
    func forwardQuery(_ query: String) throws -> Tensor
    /// [n, d], in the order of `items`; an empty list is an error.
    func forwardItems(_ items: [ItemContent]) throws -> Tensor
    /// [q, d] and [n, d]: the same values as `forwardQuery` and `forwardItems`, but every distinct text and image is encoded once.
    /// Either list may be empty.
    func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor)

    /// Whether items are found by the cosine of the vectors rather than by their product; the two differ where vectors are not normalised.
    var isSearchedByCosine: Bool { get }

    /// Switches dropout on, in the layers that are not frozen.
    func train()
    /// Switches dropout off, the state after loading.
    func eval()
    var isTraining: Bool { get }
    /// Where the masks of dropout come from, one state for each tower; set them to repeat a step.
    var dropoutStates: [DropoutState] { get set }

    /// Writes the model as a directory, which appears whole or not at all.
    func save(to directory: String) throws
}

extension EmbeddingsModelInterface {
    public var isSearchedByCosine: Bool { false }
}

/// A row of the table of parameters.
public struct ParameterDescription: Equatable, Sendable {
    public let name: String
    public let shape: Shape
    public let isTrainable: Bool
}
