import Foundation
import Images
import Tensors

/// A model whose vectors a function turns into others, with parameters of its own: a projection, a normalisation, a small network.
///
/// The function's parameters are found by running it once and following the result back to its leaves; they are trained with the
/// encoder's. Freezing layers concerns the encoder.
public final class HeadModel: EmbeddingsModelInterface {
    /// Vectors [n, d] to vectors [n, e], row by row.
    public typealias Head = (Tensor) throws -> Tensor

    public let encoder: any EmbeddingsModelInterface
    /// The function's parameters, in the order in which they were made.
    public let headParameters: [Parameter]
    public let dimension: Int
    /// Tells the function from others, for checkpoints; empty where it cannot be told.
    public let headFingerprint: String
    private let head: Head

    /// Puts a function on a model of one tower. Parameters without a name of their own are called `head.0`, `head.1`, ….
    public init(_ encoder: any EmbeddingsModelInterface, fingerprint: String = "", head: @escaping Head) throws {
        guard encoder.sameQueryAndItems else {
            throw ModelError(
                .invalidArgument, "the encoder has two towers",
                help: "Put a head on either tower: two_towers(query = model_head(…), items = …)")
        }
        let probe = try head(Tensor.ones([2, encoder.dimension]))
        guard probe.rank == 2, probe.shape[0] == 2, probe.shape[1] > 0 else {
            throw ModelError(
                .wrongShape, "the head must turn vectors [n, \(encoder.dimension)] into vectors [n, e]", expected: "[2, e] for n = 2",
                found: "\(probe.shape)")
        }
        self.encoder = encoder
        self.head = head
        headFingerprint = fingerprint
        dimension = probe.shape[1]
        headParameters = probe.parameters
        for (index, parameter) in headParameters.enumerated() where parameter.name.isEmpty { parameter.name = "head.\(index)" }
        if let twice = Dictionary(grouping: headParameters, by: \.name).first(where: { $1.count > 1 }) {
            throw ModelError(.invalidArgument, "two parameters of the head have the same name", found: twice.key)
        }
    }

    public var sameQueryAndItems: Bool { true }
    public var queryModelParameters: [Parameter] { encoder.queryModelParameters + headParameters }
    public var itemsModelParameters: [Parameter] { encoder.itemsModelParameters + headParameters }
    public var isNamedInputs: Bool { encoder.isNamedInputs }
    public var frozenCaches: [FrozenCache] { encoder.frozenCaches }
    public var isTraining: Bool { encoder.isTraining }
    public var dropoutStates: [DropoutState] {
        get { encoder.dropoutStates }
        set { encoder.dropoutStates = newValue }
    }

    public func fixQueryModel(layers: Int) throws { try encoder.fixQueryModel(layers: layers) }
    public func unfixQueryModel() { encoder.unfixQueryModel() }
    public func fixItemModel(layers: Int) throws { try encoder.fixItemModel(layers: layers) }
    public func unfixItemModel() { encoder.unfixItemModel() }
    public func train() { encoder.train() }
    public func eval() { encoder.eval() }

    public func forwardQuery(_ query: String) throws -> Tensor { try apply(encoder.forwardQuery(query)) }
    public func forwardItems(_ items: [ItemContent]) throws -> Tensor { try apply(encoder.forwardItems(items)) }

    public func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        let vectors = try encoder.encodeBatch(queries: queries, items: items)
        return (try apply(vectors.queries), try apply(vectors.items))
    }

    private func apply(_ vectors: Tensor) throws -> Tensor {
        guard vectors.shape[0] > 0 else { return try Tensor.zeros([0, dimension], dtype: vectors.dtype) }
        let result = try head(vectors)
        guard result.shape == [vectors.shape[0], dimension] else {
            throw ModelError(
                .wrongShape, "the head must give one vector per row", expected: "[\(vectors.shape[0]), \(dimension)]",
                found: "\(result.shape)")
        }
        return result
    }

    /// Writes the encoder as `encoder` and the head's parameters as `head.safetensors` below the directory. The function itself is code,
    /// which has to be given again when loading.
    public func save(to directory: String) throws {
        try AtomicFile.writeDirectory(URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)) { folder in
            try encoder.save(to: folder.appendingPathComponent(Self.encoderFolder).path)
            try SafetensorsWriter.write(
                try headParameters.map { try StoredTensor($0.name, $0.tensor) }, metadata: [("format", "pt")],
                to: folder.appendingPathComponent(Self.headFile))
        }
    }

    /// Loads what `save` wrote, with the same function. Throws unless its parameters have the names and shapes of the stored ones.
    public static func load(_ directory: String, fingerprint: String = "", head: @escaping Head) throws -> HeadModel {
        let folder = URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)
        let encoder = try EmbeddingModel.load(folder.appendingPathComponent(encoderFolder).path)
        let model = try HeadModel(encoder, fingerprint: fingerprint, head: head)
        let file = try SafetensorsFile(folder.appendingPathComponent(headFile))
        let names = Set(model.headParameters.map(\.name))
        guard Set(file.names) == names else {
            throw ModelError(
                .missingTensor, "the head has other parameters than the one that was saved", file: file.path,
                expected: file.names.sorted().joined(separator: ", "), found: names.sorted().joined(separator: ", "),
                help: "Give the function that the model was made with")
        }
        for parameter in model.headParameters {
            let value = try file.tensor(parameter.name)
            guard value.shape == parameter.shape else {
                throw ModelError(
                    .wrongShape, "the head's parameter has another shape than the saved one", file: file.path, tensor: parameter.name,
                    expected: "\(value.shape)", found: "\(parameter.shape)", help: "Give the function that the model was made with")
            }
            try parameter.assign(value)
        }
        return model
    }

    /// Whether a directory holds what `save` writes.
    public static func isStored(in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: (directory as NSString).expandingTildeInPath + "/" + headFile)
    }

    private static let encoderFolder = "encoder"
    private static let headFile = "head.safetensors"
}
