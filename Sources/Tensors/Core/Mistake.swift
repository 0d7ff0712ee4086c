/// What is said of operands that do not fit an operation. The operations say it of shapes, `eft check` of what is known of them before
/// anything runs: sizes and shapes come as text, an unknown one as "?".
package struct Mistake: Hashable, Sendable {
    package let kind: TensorError.Kind
    package let operation: String
    package let message: String
    package let help: String?

    init(_ kind: TensorError.Kind, _ operation: String, _ message: String, help: String? = nil) {
        self.kind = kind
        self.operation = operation
        self.message = message
        self.help = help
    }
}

extension TensorError {
    init(_ mistake: Mistake, operands: [Tensor] = []) {
        self.init(mistake.kind, mistake.operation, mistake.message, help: mistake.help, operands: operands)
    }
}

/// Axes and broadcasting.
extension Mistake {
    package typealias Text = CustomStringConvertible

    private static let aligned = "sizes, aligned at the last axis, must be equal or 1"

    /// `axis` is not in `-limit..<limit`, limit being the number of axes, or one more where an axis is put in.
    package static func noAxis(_ operation: String, _ axis: Int, limit: Int) -> Mistake {
        let range = limit == 0 ? "a 0-d tensor has no axes" : "axes are \(-limit)...\(limit - 1)"
        return Mistake(.index, operation, "no axis \(axis): \(range)")
    }

    package static func axisTwice(_ operation: String, _ axis: Int) -> Mistake {
        Mistake(.value, operation, "axis \(axis) is given twice")
    }

    package static func broadcast(_ operation: String, _ a: some Text, _ b: some Text) -> Mistake {
        Mistake(.shape, operation, "shapes \(a) and \(b) do not broadcast", help: aligned)
    }

    package static let condition = Mistake(
        .shape, "where", "the condition's shape does not broadcast with the values'", help: aligned)

    package static func maskShape(_ operation: String, _ shape: (some Text)? = String?.none) -> Mistake {
        Mistake(
            .shape, operation, "the mask's shape does not fit the tensor's",
            help: shape.map { "the mask must have the tensor's shape \($0)" })
    }

    package static func maskType(_ operation: String) -> Mistake {
        Mistake(.dtype, operation, "the mask must be bool", help: "compare first, as in x > 0")
    }
}

/// Products.
extension Mistake {
    package static let scalarMatmul = Mistake(.shape, "matmul", "a 0-d operand has no axis to sum over", help: "use * for a scalar")
    package static let integerMatmul = Mistake(.dtype, "matmul", "needs f32 or f64", help: "convert with .to(f32)")
    package static let matmulLeading = Mistake(
        .shape, "matmul", "leading axes do not broadcast", help: "all axes but the last two, aligned at the right, must be equal or 1")

    /// The sizes that should be one, of operands whose last two axes are these, and the fix.
    package static func matmulInner<Size: Text & Equatable>(_ a: [Size], _ b: [Size]) -> Mistake {
        let left = a.last.map { "\($0)" } ?? "", right = b.suffix(2).first.map { "\($0)" } ?? ""
        let help =
            if b.count >= 2, a.last == b.last {
                "transpose the right operand: a @ b.T"
            } else if a.count >= 2, b.count >= 2, a.suffix(2).first == b.suffix(2).first {
                "transpose the left operand: a.T @ b"
            } else {
                "the last axis on the left (\(left)) is summed with the \(b.count == 1 ? "only" : "second last") axis on the right"
            }
        return Mistake(.shape, "matmul", "inner sizes differ: \(left) and \(right)", help: help)
    }

    package static let dot = Mistake(
        .shape, "dot", "needs two vectors of one length", help: "use a @ b for matrices, (a * b).sum(dim = -1) for rows of vectors")
    package static let outer = Mistake(.shape, "outer", "needs two vectors")
    package static let bmm = Mistake(.shape, "bmm", "needs [b, m, k] and [b, k, n]", help: "use a @ b where axes broadcast")
    package static let cdist = Mistake(.shape, "cdist", "needs rows of one length: [..., n, d] and [..., m, d]")
    package static let linear = Mistake(
        .shape, "linear", "the input's last axis must be the weight's second: input [..., in], weight [out, in]")

    package static func linearBias(_ size: some Text) -> Mistake {
        Mistake(.shape, "linear", "the bias must have shape [\(size)]")
    }

    package static let attention = Mistake(
        .shape, "scaled_dot_product_attention", "needs q [..., n, d], k [..., m, d] and v [..., m, e]")
    package static let layerNorm = Mistake(
        .shape, "layer_norm", "weight and bias must have the size of the input's last axis")

    package static func cosineAxis(_ dim: Int) -> Mistake {
        Mistake(
            .shape, "cosine_similarity", "both sides need the same axis \(dim)",
            help: "compare vectors of one size; `dim` names the axis of the vectors")
    }
}

/// Losses.
extension Mistake {
    package static let crossEntropy = Mistake(
        .shape, "cross_entropy", "needs logits [n, classes] and targets [n]",
        help: "one row of scores and one class number for each of n items")
    package static let crossEntropyTargets = Mistake(
        .dtype, "cross_entropy", "targets are class numbers of type i32", help: "convert with .to(i32)")
    package static let logitsAndTargets = Mistake(
        .shape, "binary_cross_entropy_with_logits", "logits and targets must have one shape")

    package static func oneShape(_ operation: String) -> Mistake { Mistake(.shape, operation, "both sides must have one shape") }
}

/// Views and selections.
extension Mistake {
    package static func reshape(_ count: some Text, _ shape: some Text) -> Mistake {
        Mistake(
            .shape, "reshape", "\(count) elements do not fill shape \(shape)",
            help: "the sizes must multiply to \(count); one of them may be -1")
    }

    package static func reshapeSizes(_ shape: some Text) -> Mistake {
        Mistake(.value, "reshape", "sizes must not be negative, and only one may be -1: \(shape)")
    }

    package static func permuteCount(_ given: Int, _ rank: Int) -> Mistake {
        Mistake(.value, "permute", "names \(given) axes of \(rank)")
    }

    package static func permuteTwice(_ order: [Int]) -> Mistake { Mistake(.value, "permute", "an axis is named twice in \(order)") }

    package static func expand(_ shape: some Text, _ target: some Text) -> Mistake {
        Mistake(.shape, "expand", "\(shape) does not stretch to \(target)", help: aligned)
    }

    package static func squeeze(_ axis: Int, _ size: some Text) -> Mistake {
        Mistake(.shape, "squeeze", "axis \(axis) has size \(size), not 1", help: "squeeze() without an axis drops all of size 1")
    }

    package static func flattenOrder(_ start: Int, _ end: Int) -> Mistake {
        Mistake(.value, "flatten", "axis \(start) comes after axis \(end)")
    }

    package static func indexCount(_ given: Int, _ rank: Int) -> Mistake {
        Mistake(.index, "index", "\(given) indices for \(rank) axes", help: "one index for each axis at most; `none` adds an axis")
    }

    package static func outside(_ position: Int, _ size: Int) -> Mistake {
        Mistake(
            .index, "index", "\(position) is outside an axis of size \(size)",
            help: size == 0 ? "the axis is empty" : "valid indices are \(-size) to \(size - 1)")
    }

    package static let twoEllipses = Mistake(.index, "index", "only one ellipsis is allowed")

    package static func sliceStep(_ step: Int) -> Mistake { Mistake(.value, "index", "a slice's step must not be \(step)") }

    package static func axisMask(_ size: some Text) -> Mistake {
        Mistake(.shape, "index", "a mask of this axis must be bool[\(size)]", help: "a mask of the tensor's whole shape goes alone")
    }

    package static let noRows = Mistake(.shape, "gather_rows", "a 0-d tensor has no rows")

    package static func takeAlong(_ axis: Int) -> Mistake {
        Mistake(.shape, "take_along", "the index must be i32 and have the tensor's sizes except along axis \(axis)")
    }

    package static func concat(_ axis: Int) -> Mistake {
        Mistake(.shape, "concat", "sizes differ beside axis \(axis)", help: "only the size along the joined axis may differ")
    }

    package static let stack = Mistake(.shape, "stack", "all tensors must have one shape", help: "concat joins along an axis that is there")
    package static func nothingToJoin(_ operation: String) -> Mistake { Mistake(.value, operation, "needs at least one tensor") }
    package static func noMatrix(_ operation: String) -> Mistake { Mistake(.shape, operation, "needs a matrix [..., rows, columns]") }

    package static func repeatCounts(_ counts: [Int], _ rank: Int) -> Mistake {
        Mistake(.value, "repeat", "needs a count of 0 or more for each of the \(rank) axes, not \(counts)")
    }

    package static func splitSizes(_ sizes: [Int], _ dim: Int, _ size: Int) -> Mistake {
        Mistake(.value, "split", "the sizes \(sizes) do not add up to axis \(dim) of size \(size)")
    }

    package static func topk(_ k: Int, _ size: Int) -> Mistake {
        Mistake(.value, "topk", "k = \(k) is not in 0...\(size)", help: "the axis has \(size) elements")
    }

    package static func item(_ count: Int) -> Mistake {
        Mistake(
            .value, "item", "needs a tensor with one element, this one has \(count)",
            help: count == 0 ? nil : "reduce it first (sum, mean, max) or index one element")
    }

    package static func backward(_ count: Int, _ shape: some Text) -> Mistake {
        Mistake(
            .shape, "backward", "needs one element, this tensor has \(count)",
            help: "reduce it first (mean or sum), or pass a cotangent of shape \(shape)")
    }

    package static let oneHotType = Mistake(.dtype, "one_hot", "needs class numbers of type i32")
}
