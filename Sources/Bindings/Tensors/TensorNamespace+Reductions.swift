import Language
import Tensors

extension TensorNamespace {
    private static let over = "dim: any = none, keepdim: bool = false"

    static let reductions: [OperationRow] = [
        OperationRow(
            "sum", over, shape: .sum, doc: "The sum over all elements, or over the axes `dim`.",
            example: "sum(ones(2, 3), dim = 0).tolist() == [2.0, 2.0, 2.0]"
        ) { x, call, first in try x.sum(dim: try call.axes(first), keepdim: try call.bool(first + 1)) },
        OperationRow(
            "mean", over, shape: .moment, doc: "The mean over all elements, or over the axes `dim`.",
            example: "mean(tensor([1.0, 3.0])).item() == 2.0"
        ) {
            x, call, first in try x.mean(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "max", over, shape: .extreme, doc: "The largest element, or the largest along each axis of `dim`.",
            example: "tensor([1.0, 3.0]).max().item() == 3.0"
        ) {
            x, call, first in try x.max(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "min", over, shape: .extreme, doc: "The smallest element, or the smallest along each axis of `dim`.",
            example: "tensor([1.0, 3.0]).min().item() == 1.0"
        ) {
            x, call, first in try x.min(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "var", over + ", correction: int = 1", shape: .moment, doc: "Variance; divided by n - correction.",
            example: "tensor([1.0, 3.0]).var().item() == 2.0"
        ) {
            x, call, first in
            try x.var(dim: try call.axes(first), correction: try call.int(first + 2), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "std", over + ", correction: int = 1", shape: .moment, doc: "Standard deviation.",
            example: "tensor([1.0, 1.0]).std().item() == 0.0"
        ) {
            x, call, first in
            try x.std(dim: try call.axes(first), correction: try call.int(first + 2), keepdim: try call.bool(first + 1))
        },
        OperationRow("norm", over, shape: .moment, doc: "Euclidean length.", example: "norm(tensor([3.0, 4.0])).item() == 5.0") {
            x, call, first in
            try x.norm(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "logsumexp", over, shape: .moment, doc: "log of the sum of exponentials, without overflow.",
            example: "logsumexp(tensor([0.0])).item() == 0.0"
        ) { x, call, first in try x.logsumexp(dim: try call.axes(first), keepdim: try call.bool(first + 1)) },
        OperationRow(
            "all", over, shape: .quantifier, doc: "Whether every element is true.", example: "all(tensor([true, false])).item() == false"
        ) {
            x, call, first in
            try x.all(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow("any", over, shape: .quantifier, doc: "Whether an element is true.", example: "any(tensor([true, false])).item()") {
            x, call, first in
            try x.any(dim: try call.axes(first), keepdim: try call.bool(first + 1))
        },
        OperationRow(
            "argmax", "dim: int | none = none, keepdim: bool = false", shape: .position,
            doc: "Position of the largest element, or along an axis.",
            example: "argmax(tensor([1.0, 3.0])).item() == 1"
        ) { x, call, first in try x.argmax(dim: try call.optionalInt(first), keepdim: try call.bool(first + 1)) },
        OperationRow(
            "argmin", "dim: int | none = none, keepdim: bool = false", shape: .position,
            doc: "Position of the smallest element, or along an axis.",
            example: "argmin(tensor([1.0, 3.0])).item() == 0"
        ) { x, call, first in try x.argmin(dim: try call.optionalInt(first), keepdim: try call.bool(first + 1)) },
        OperationRow(
            "cumsum", "dim: int = -1", shape: .cumsum, doc: "Running sum along an axis.",
            example: "cumsum(tensor([1, 2, 3])).tolist() == [1, 3, 6]"
        ) {
            x, call, first in try x.cumsum(dim: try call.int(first))
        },
        OperationRow(
            "softmax", "dim: int = -1", shape: .softmax, doc: "exp(x) / sum(exp(x)) along an axis.",
            example: "softmax(tensor([0.0, 0.0])).tolist() == [0.5, 0.5]"
        ) { x, call, first in try x.softmax(dim: try call.int(first)) },
        OperationRow(
            "log_softmax", "dim: int = -1", shape: .softmax, doc: "Logarithm of the softmax along an axis.",
            example: "log_softmax(tensor([0.0])).item() == 0.0"
        ) { x, call, first in try x.logSoftmax(dim: try call.int(first)) },
        OperationRow(
            "argsort", "dim: int = -1, descending: bool = false", shape: .argsort,
            doc: "Positions that sort the elements along an axis; stable.",
            example: "argsort(tensor([3.0, 1.0])).tolist() == [1, 0]"
        ) { x, call, first in try x.argsort(dim: try call.int(first), descending: try call.bool(first + 1)) },
        OperationRow(
            "normalize", "dim: int = -1, eps: float = 1e-12", shape: .normalize, doc: "x / max(|x|, eps) along an axis.",
            example: "normalize(tensor([0.0, 2.0])).tolist() == [0.0, 1.0]"
        ) { x, call, first in try x.normalize(dim: try call.int(first), eps: try call.double(first + 1)) },
    ]

    static let shaping: [OperationRow] = [
        OperationRow(
            "reshape", "*shape", shape: .reshape, doc: "The same elements in another shape; one size may be -1.",
            example: "arange(6).reshape(2, -1).shape == (2, 3)", aliases: ["view"]
        ) { x, call, first in try x.reshape(try call.shape(first)) },
        OperationRow(
            "transpose", "i: int, j: int", shape: .transpose, doc: "Two axes exchanged.",
            example: "zeros(2, 3).transpose(0, 1).shape == (3, 2)"
        ) {
            x, call, first in
            try x.transpose(try call.int(first), try call.int(first + 1))
        },
        OperationRow(
            "permute", "*dims", shape: .permute, doc: "The axes in another order.",
            example: "zeros(2, 3, 4).permute(2, 0, 1).shape == (4, 2, 3)"
        ) {
            x, call, first in
            try x.permute(try call.shape(first))
        },
        OperationRow(
            "expand", "*shape", shape: .expand, doc: "Axes of size 1 stretched without copying.",
            example: "ones(1, 2).expand(3, 2).shape == (3, 2)"
        ) {
            x, call, first in try x.expand(try call.shape(first))
        },
        OperationRow(
            "squeeze", "dim: int | none = none", shape: .squeeze, doc: "Without the axis `dim`, whose size is 1, or without all such axes.",
            example: "zeros(1, 3).squeeze(0).shape == (3,)"
        ) {
            x, call, first in try x.squeeze(try call.optionalInt(first))
        },
        OperationRow(
            "unsqueeze", "dim: int", shape: .unsqueeze, doc: "With a new axis of size 1.", example: "zeros(3).unsqueeze(0).shape == (1, 3)"
        ) {
            x, call, first in
            try x.unsqueeze(try call.int(first))
        },
        OperationRow(
            "flatten", "start_dim: int = 0, end_dim: int = -1", shape: .flatten,
            doc: "The axes from start_dim through end_dim made into one.",
            example: "zeros(2, 3).flatten().shape == (6,)"
        ) { x, call, first in try x.flatten(from: try call.int(first), through: try call.int(first + 1)) },
    ]
}
