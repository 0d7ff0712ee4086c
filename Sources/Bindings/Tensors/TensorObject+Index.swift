import Language
import Tensors

/// Reads `t[0]`, `t[1:3, ::2]`, `t[..., -1]`, `t[:, none]`, `t[mask]`, `t[[3, 0, 3]]`.
enum TensorIndexing {
    static func value(_ tensor: Tensor, _ key: IndexKey) throws -> Value {
        if case .value(let value) = key, let selector = try selector(value), selector.rank > 0 {
            return .tensor(try select(tensor, by: selector))
        }
        let keys: [IndexKey] = if case .tuple(let keys) = key { keys } else { [key] }
        return .tensor(try tensor.index(try keys.map(index)))
    }

    private static func select(_ tensor: Tensor, by selector: Tensor) throws -> Tensor {
        if selector.dtype == .bool { return try tensor.maskedSelect(selector) }
        let rows = try tensor.gatherRows(selector.int32s(for: "index").map(Int.init))
        return try rows.reshape(selector.shape.dims + tensor.shape.dims.dropFirst())
    }

    private static func index(_ key: IndexKey) throws -> TensorIndex {
        switch key {
        case .ellipsis: return .ellipsis
        case .slice(let start, let stop, let step):
            return .slice(start: try bound(start), stop: try bound(stop), step: try bound(step) ?? 1)
        case .tuple: throw ScriptError.type("a tuple inside a tensor's index", help: "write the indices side by side: t[i, j]")
        case .value(let value):
            switch value {
            case .int(let position): return .index(position)
            case .none: return .newAxis
            default: return try positions(value)
            }
        }
    }

    /// A list or tensor for one axis.
    private static func positions(_ value: Value) throws -> TensorIndex {
        guard let selector = try selector(value) else {
            throw ScriptError.type(
                "a tensor is indexed by ints, slices, `none`, `...`, a list of ints or a mask, not \(value.typeNameWithArticle)")
        }
        if selector.dtype == .bool { return .mask(selector) }
        switch selector.rank {
        case 0: return .index(Int(try selector.item()))
        case 1: return .rows(try selector.int32s(for: "index").map(Int.init))
        default:
            throw ScriptError(
                .shape, "an index of one axis among others must be 1-d, not \(selector.signature)",
                help: "alone, as in t[i], it may have any shape")
        }
    }

    /// Positions or a mask as a tensor of i32 or bool; nil for anything but a tensor or list.
    private static func selector(_ value: Value) throws -> Tensor? {
        switch value {
        case .host(let object as TensorObject):
            let tensor = object.tensor
            guard !tensor.dtype.isFloating else {
                throw ScriptError.type("a tensor is indexed by i32 or bool, not \(tensor.dtype)", help: "convert the index with `.to(i32)`")
            }
            return tensor
        case .list(let list):
            if list.items.isEmpty { return try Tensor([Int32](), shape: [0]) }
            let tensor = try Tensor(data: value)
            guard !tensor.dtype.isFloating else {
                throw ScriptError.type("a list that indexes a tensor holds ints or bools, not floats", help: "convert them with `int(x)`")
            }
            return tensor
        default: return nil
        }
    }

    private static func bound(_ value: Value?) throws -> Int? {
        guard let value, !value.isNone else { return nil }
        if case .host(let object as TensorObject) = value, object.tensor.dtype == .i32, object.tensor.rank == 0 {
            return Int(try object.tensor.item())
        }
        guard let bound = value.asInt else { throw ScriptError.type("the bounds of a slice are ints, not \(value.typeNameWithArticle)") }
        return bound
    }
}
