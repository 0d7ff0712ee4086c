/// What was wrong with a model directory, a tokenizer file, a weight file or an argument, as data.
///
/// `description` renders the parts as one sentence: what happened, where (file, field, tensor), what was expected, what was
/// found, and what to do about it.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// No model of that name, and no such directory.
        case unknownModel
        case missingFile
        case unreadableFile
        /// A file that is not what its name says: broken JSON, a damaged header, a field of the wrong type.
        case malformed
        /// Fewer bytes than the header of the file promises.
        case truncated
        /// A well-formed file that describes something this library does not run.
        case unsupported
        case missingTensor
        case wrongShape
        case wrongDType
        case writeFailed
        /// An argument of a call (a number of layers, a batch size) outside its range.
        case invalidArgument
    }

    public let kind: Kind
    /// The problem itself, without place and remedy.
    public let problem: String
    /// Path of the file, where there is one.
    public let file: String?
    /// Path of the JSON field inside the file (`model.type`), where there is one.
    public let field: String?
    /// Name of the tensor, where there is one.
    public let tensor: String?
    public let expected: String?
    public let found: String?
    /// What the user can do.
    public let help: String?

    public init(
        _ kind: Kind, _ problem: String, file: String? = nil, field: String? = nil, tensor: String? = nil, expected: String? = nil,
        found: String? = nil, help: String? = nil
    ) {
        self.kind = kind
        self.problem = problem
        self.file = file
        self.field = field
        self.tensor = tensor
        self.expected = expected
        self.found = found
        self.help = help
    }

    public var description: String {
        var text = ""
        if let file { text += file + ": " }
        if let field { text += "\(field): " }
        if let tensor { text += "tensor \(tensor): " }
        text += problem
        if let expected { text += "; expected \(expected)" }
        if let found { text += expected == nil ? "; found \(found)" : ", found \(found)" }
        if let help { text += ". " + help }
        return text
    }
}
