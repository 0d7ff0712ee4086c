import Language
import Tensors

/// Reads `t[0]`, `t[1:3, ::2]`, `t[..., -1]`, `t[:, none]`, `t[mask]`, `t[[3, 0, 3]]`.
enum TensorIndexing {
    static func value(_ tensor: Tensor, _ key: IndexKey) throws -> Value {
        if case .value(let value) = key, case .host(let object) = value, let mask = object as? TensorObject {
            return .tensor(try select(tensor, by: mask.tensor))
        }
        let keys: [IndexKey] = if case .tuple(let keys) = key { keys } else { [key] }
        return .tensor(try tensor.index(try keys.map(index)))
    }

    private static func select(_ tensor: Tensor, by selector: Tensor) throws -> Tensor {
        switch selector.dtype {
        case .bool: try tensor.maskedSelect(selector)
        case .i32:
            selector.rank == 0
                ? try tensor.index([.index(Int(selector.item()))])
                : try tensor.gatherRows(selector.int32s().map(Int.init)).reshape(selector.shape.dims + tensor.shape.dims.dropFirst())
        case .f32, .f64:
            throw ScriptError.type("a tensor is indexed by i32 or bool, not \(selector.dtype)", help: "convert the index with `.to(i32)`")
        }
    }

    private static func index(_ key: IndexKey) throws -> TensorIndex {
        switch key {
        case .ellipsis: return .ellipsis
        case .slice(let start, let stop, let step):
            return .slice(start: try bound(start), stop: try bound(stop), step: try bound(step) ?? 1)
        case .tuple: throw ScriptError.type("a tuple inside a tensor's index")
        case .value(let value):
            switch value {
            case .int(let position): return .index(position)
            case .none: return .newAxis
            case .list(let list): return .rows(try list.items.map { try position($0) })
            case .host(let object as TensorObject) where object.tensor.dtype == .i32:
                return object.tensor.rank == 0 ? .index(Int(try object.tensor.item())) : .rows(object.tensor.int32s().map(Int.init))
            default:
                throw ScriptError.type(
                    "a tensor is indexed by ints, slices, `none`, `...`, a list of ints or a mask, not \(value.typeNameWithArticle)")
            }
        }
    }

    private static func position(_ value: Value) throws -> Int {
        guard let position = value.asInt else {
            throw ScriptError.type("a list that indexes a tensor holds ints, not \(value.typeNameWithArticle)")
        }
        return position
    }

    private static func bound(_ value: Value?) throws -> Int? {
        guard let value, !value.isNone else { return nil }
        guard let bound = value.asInt else { throw ScriptError.type("the bounds of a slice are ints, not \(value.typeNameWithArticle)") }
        return bound
    }
}
