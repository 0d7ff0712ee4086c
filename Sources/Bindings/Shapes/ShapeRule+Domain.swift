import Language
import Tensors

/// What models and the parts of the fine-tuner make.
extension ShapeRule {
    /// A vector for each text, or of one text the vector alone; how long it is, only the model knows.
    /// An image counts as a text here; `parameter` is where the texts are given.
    static func encode(_ dtypes: Set<DType>, _ parameter: String = "texts") -> ShapeRule {
        ShapeRule { call in
            switch call[parameter] {
            case .constant(.string), .typed(.str), .tensor, .typed(.tensor): return TensorSketch(dtypes, [.unknown]).fact
            case .items, .typed(.list): return TensorSketch(dtypes, [.unknown, .unknown]).fact
            case let texts:
                return TensorSketch(dtypes, texts.parts.map { [.size($0.count), .unknown] }).fact
            }
        }
    }

    /// A soft choice among the elements of the first axis, summed to one number.
    static let softExtreme = ShapeRule { call in
        let x = try call.tensor("x")
        _ = try x.axis(0, "softmax")
        return x.real.with(axes: []).fact
    }

    /// One number made of all elements.
    static let total = ShapeRule { call in try call.tensor("x").real.with(axes: []).fact }
}
