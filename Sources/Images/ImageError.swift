/// What was wrong with an image file, or with the machine that was to read it.
public struct ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        case missingFile
        case unreadable
        /// A file of another format, or one that is damaged.
        case malformed
        /// The library that decodes images is not installed.
        case noLibrary
        case tooLarge
    }

    public let kind: Kind
    public let file: String
    public let problem: String
    public let help: String?

    public init(_ kind: Kind, file: String, _ problem: String, help: String? = nil) {
        (self.kind, self.file, self.problem, self.help) = (kind, file, problem, help)
    }

    public var description: String { "\(file): \(problem)" + (help.map { ". " + $0 } ?? "") }
}
