import Images
import Language
import Tensors

/// Items as the language writes them: a text, or a tensor of an image's pixels.
extension ItemContent {
    /// A text or a tensor [channels, height, width] of floats; `place` says where it stands, as in `forward_items: item 3`.
    init(_ value: Value, place: String) throws {
        switch value {
        case .string(let text): self = .text(text.text)
        case .host(let object as TensorObject): self = .image(try PixelValues(object.tensor, place: place))
        default: throw ScriptError.type("\(place) must be a text or an image's tensor, not \(value.typeNameWithArticle)")
        }
    }

    /// The text, or the pixels as f32[channels, height, width].
    var value: Value {
        get throws {
            switch self {
            case .text(let text): .string(text)
            case .image(let pixels): .tensor(try pixels.tensor)
            }
        }
    }
}

extension PixelValues {
    /// The values of a tensor [channels, height, width] of floats, without its gradient.
    init(_ tensor: Tensor, place: String) throws {
        let dims = tensor.shape.dims
        guard tensor.dtype.isFloating, dims.count == 3,
            let pixels = PixelValues(channels: dims[0], height: dims[1], width: dims[2], values: try tensor.to(.f32).floats())
        else {
            throw ScriptError.type(
                "\(place) is \(tensor.signature); an image is f32[3, height, width]",
                help:
                    "load_image(path, model) makes the tensor of an image's file; of several images in one tensor, list(images) are the items"
            )
        }
        self = pixels
    }

    /// f32[channels, height, width]
    var tensor: Tensor { get throws { try Tensor(numbers, shape: Shape(shape)) } }
}

extension BuiltinCall {
    /// The items in a list, texts or images.
    func contents(_ position: Int) throws -> [ItemContent] {
        let name = "\(builtin.name): item"
        return try items(position).enumerated().map { try ItemContent($1, place: "\(name) \($0)") }
    }
}
