/// What an item is to a model: a text, or an image ready for a vision model.
public enum ItemContent: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    case text(String)
    case image(PixelValues)

    public init(stringLiteral text: String) { self = .text(text) }

    /// The text; nil of an image.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The text itself, or what kind of image it is.
    public var description: String {
        switch self {
        case .text(let text): text
        case .image(let pixels): "image \(pixels.shape)"
        }
    }
}
