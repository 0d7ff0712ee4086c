import Language
import Tensors

extension TensorNamespace {
    /// The same elements in another order, number or selection.
    static let rearranging: [OperationRow] = [
        OperationRow(
            "flip", "dims: int | list | tuple", shape: .flip, doc: "The elements in reverse order along the axes.",
            example: "tensor([1, 2, 3]).flip(0).tolist() == [3, 2, 1]"
        ) { x, call, first in try x.flip(try call.axes(first) ?? []) },
        OperationRow(
            "roll", "shifts: int, dims: int | none = none",
            shape: .roll,
            doc: "The elements moved on along an axis, those that leave at the end coming in at the start; without an axis, in one row.",
            example: "tensor([1, 2, 3]).roll(1).tolist() == [3, 1, 2]"
        ) { x, call, first in try x.roll(try call.int(first), dim: try call.optionalInt(first + 1)) },
        OperationRow(
            "repeat", "*counts", shape: .`repeat`, doc: "The tensor laid side by side with itself so many times along each axis.",
            example: "tensor([1, 2]).repeat(2, 2).tolist() == [[1, 2, 1, 2], [1, 2, 1, 2]]"
        ) { x, call, first in try x.repeated(try call.shape(first)) },
        OperationRow(
            "split", "size: int | list | tuple, dim: int = 0", result: "list",
            shape: .split, doc: "Parts of `size` elements along an axis, the last perhaps smaller; or parts of the sizes in a list.",
            example: "[len(part) for part in arange(5).split(2)] == [2, 2, 1]",
            value: { x, call, first in
                let dim = try call.int(first + 1)
                let parts =
                    if case .int(let size) = call[first] { try x.split(every: size, dim: dim) } else {
                        try x.split(call.ints(first), dim: dim)
                    }
                return .list(parts.map { .tensor($0) })
            }),
        OperationRow(
            "chunk", "chunks: int, dim: int = 0", result: "list",
            shape: .chunk, doc: "At most so many parts along an axis, as equal as whole elements allow.",
            example: "[len(part) for part in arange(5).chunk(2)] == [3, 2]",
            value: { x, call, first in .list(try x.chunk(try call.int(first), dim: try call.int(first + 1)).map { .tensor($0) }) }),
        OperationRow(
            "tril", "diagonal: int = 0", shape: .triangle, doc: "The elements on and below a diagonal of each matrix, 0 elsewhere.",
            example: "tril(ones(2, 2)).tolist() == [[1.0, 0.0], [1.0, 1.0]]"
        ) { x, call, first in try x.tril(diagonal: try call.int(first)) },
        OperationRow(
            "triu", "diagonal: int = 0", shape: .triangle, doc: "The elements on and above a diagonal of each matrix, 0 elsewhere.",
            example: "triu(ones(2, 2), diagonal = 1).tolist() == [[0.0, 1.0], [0.0, 0.0]]"
        ) { x, call, first in try x.triu(diagonal: try call.int(first)) },
        OperationRow(
            "gather", "dim: int, index: any",
            shape: .gather, doc: "result[i…, j] = x[i…, index[i…, j]] along `dim`; `index` has x's sizes along the other axes.",
            example: "gather(tensor([[1, 2], [3, 4]]), 1, [[1], [0]]).tolist() == [[2], [3]]"
        ) { x, call, first in try x.takeAlong(try call.tensor(first + 1), dim: try call.int(first)) },
        OperationRow(
            "index_select", "dim: int, index: any", shape: .indexSelect,
            doc: "The positions of `index` along an axis, as x[index] does along the first.",
            example: "index_select(tensor([[1, 2], [3, 4]]), 1, [1]).tolist() == [[2], [4]]"
        ) { x, call, first in try x.gather(try positions(call, first + 1), dim: try call.int(first)) },
        OperationRow(
            "masked_fill", "mask: any, value: float", shape: .maskedFill,
            doc: "The elements where the mask does not hold, `value` elsewhere.",
            example: "masked_fill(tensor([1.0, 2.0]), [true, false], 0.0).tolist() == [0.0, 2.0]"
        ) { x, call, first in try x.maskedFill(try call.tensor(first), try call.double(first + 1)) },
        OperationRow(
            "masked_select", "mask: any", shape: .maskedSelect, doc: "The elements where the mask holds, in one row, as x[mask].",
            example: "masked_select(tensor([1.0, 2.0]), [true, false]).tolist() == [1.0]"
        ) { x, call, first in try x.maskedSelect(try call.tensor(first)) },
        OperationRow(
            "topk", "k: int, dim: int = -1, largest: bool = true", result: "tuple",
            shape: .topk, doc: "The k largest (or smallest) elements along an axis and their positions, best first; ties by position.",
            example: "topk(tensor([1.0, 3.0, 2.0]), 2)[1].tolist() == [1, 2]",
            value: { x, call, first in
                let (values, positions) = try x.topk(try call.int(first), dim: try call.int(first + 1), largest: try call.bool(first + 2))
                return .tuple([.tensor(values), .tensor(positions)])
            }),
        OperationRow(
            "sort", "dim: int = -1, descending: bool = false", result: "tuple",
            shape: .sort, doc: "The elements sorted along an axis and the positions they came from; stable, nan counts as largest.",
            example: "tensor([3.0, 1.0]).sort()[0].tolist() == [1.0, 3.0]",
            value: { x, call, first in
                let (values, positions) = try x.sort(dim: try call.int(first), descending: try call.bool(first + 1))
                return .tuple([.tensor(values), .tensor(positions)])
            }),
        OperationRow(
            "one_hot", "num_classes: int | none = none",
            shape: .oneHot,
            doc: "1 at each class number and 0 elsewhere, [..., num_classes]; as many classes as the largest number needs, unless given.",
            example: "one_hot([1, 0]).tolist() == [[0, 1], [1, 0]]"
        ) { x, call, first in try Tensor.oneHot(x, classes: try call.optionalInt(first)) },
    ]

    static func positions(_ call: borrowing BuiltinCall, _ position: Int) throws -> [Int] {
        let index = try call.tensor(position)
        guard index.rank == 1, index.dtype == .i32 || index.count == 0 else {
            throw call.mismatch(position, expected: "a list of ints or an i32 tensor of one axis")
        }
        return try index.int32s(for: "gather").map(Int.init)
    }
}
