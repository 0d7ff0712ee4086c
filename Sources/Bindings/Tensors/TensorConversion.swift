import Language
import Statement
import Tensors

extension Tensor {
    /// Numbers, nested lists of numbers, tensors, or lists of tensors; f32 (i32 or bool where all are such) unless a dtype is given.
    init(data: Value, dtype: DType? = nil) throws {
        if case .host(let object) = data, let object = object as? TensorObject {
            self = try dtype.map { try object.tensor.to($0) } ?? object.tensor
            return
        }
        var reader = DataReader()
        let dims = try reader.read(data, depth: 0)
        if !reader.tensors.isEmpty {
            let stacked = try Tensor.stack(reader.tensors, dim: 0)
            let shaped = try stacked.reshape(dims + stacked.shape.dims.dropFirst())
            self = try dtype.map { try shaped.to($0) } ?? shaped
            return
        }
        let target = dtype ?? reader.natural
        switch target {
        case .f32: try self.init(reader.values.map { Float($0) }, shape: Shape(dims))
        case .f64: try self.init(reader.values, shape: Shape(dims))
        case .bool: try self.init(reader.values.map { $0 != 0 }, shape: Shape(dims))
        case .i32:
            let whole = try reader.values.map { value in
                guard let exact = Int32(exactly: value) else {
                    throw DataMistake.notWhole(value)
                }
                return exact
            }
            try self.init(whole, shape: Shape(dims))
        }
    }

    /// The elements as nested lists of numbers; a single number for a 0-d tensor.
    func nestedLists() throws -> Value {
        var level: [Value] =
            switch dtype {
            case .f32, .f64: try doubles(for: "tolist").interruptibly { .float($0) }
            case .i32: try int32s(for: "tolist").interruptibly { .int(Int($0)) }
            case .bool: try bools(for: "tolist").interruptibly { .bool($0) }
            }
        guard rank > 0 else { return level[0] }
        for axis in stride(from: rank - 1, to: 0, by: -1) {
            let size = shape[axis]
            level = try (0..<shape.dims[..<axis].reduce(1, *)).map { row in
                if row & 0xFFF == 0 { try Interruption.check() }
                return .list(Array(level[(row * size)..<((row + 1) * size)]))
            }
        }
        return .list(level)
    }
}

extension Array {
    /// Each element as a value, unless the user ends it.
    fileprivate func interruptibly(_ value: (Element) -> Value) throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for (i, element) in enumerated() {
            if i & 0xFFFF == 0 { try Interruption.check() }
            values.append(value(element))
        }
        return values
    }
}

/// Flattens nested lists into values, checking that all rows are of one length.
private struct DataReader {
    var values: [Double] = []
    var tensors: [Tensor] = []
    private var hasFloat = false
    private var hasInt = false
    private var dims: [Int] = []

    var natural: DType { hasFloat || values.isEmpty ? .f32 : hasInt ? .i32 : .bool }

    mutating func read(_ value: Value, depth: Int) throws -> [Int] {
        var shape: [Int] = []
        try visit(value, depth: depth, shape: &shape)
        return shape
    }

    private mutating func visit(_ value: Value, depth: Int, shape: inout [Int]) throws {
        guard depth < 32 else { throw ScriptError.value("the lists are nested more than 32 deep") }
        guard let items = try value.asItems ?? rangeItems(value) else {
            guard depth == shape.count || shape.isEmpty && values.isEmpty && tensors.isEmpty else { throw ragged }
            return try leaf(value)
        }
        if depth == shape.count {
            guard values.isEmpty && tensors.isEmpty else { throw ragged }
            shape.append(items.count)
        }
        guard depth < shape.count, shape[depth] == items.count else { throw ragged }
        for item in items { try visit(item, depth: depth + 1, shape: &shape) }
    }

    private func rangeItems(_ value: Value) throws -> [Value]? {
        guard case .range(let range) = value else { return nil }
        return try range.items()
    }

    private mutating func leaf(_ value: Value) throws {
        switch value {
        case .float(let number):
            hasFloat = true
            values.append(number)
        case .int(let number):
            hasInt = true
            values.append(Double(number))
        case .bool(let flag): values.append(flag ? 1 : 0)
        case .host(let object as TensorObject): tensors.append(object.tensor)
        default: throw ScriptError.type("a tensor is made of numbers, not \(value.typeNameWithArticle)")
        }
        if !tensors.isEmpty && !values.isEmpty { throw DataMistake.mixed }
    }

    private var ragged: ScriptError { DataMistake.ragged }
}

/// What is said of numbers and lists that make no tensor.
enum DataMistake {
    static let ragged = ScriptError(
        .shape, "tensor: the rows have different lengths", help: "every list at one level needs the same number of items")
    static let mixed = ScriptError.type("a tensor is made of numbers or of tensors, not of both")
    static func notWhole(_ value: Double) -> ScriptError { .value("\(value) is not an i32", help: "use dtype = f32 or f64") }
}

extension BuiltinCall {
    /// A tensor, or a number or list that becomes one.
    func tensor(_ position: Int) throws -> Tensor {
        switch self[position] {
        case .host(let object as TensorObject): return object.tensor
        case .int, .float, .bool, .list, .tuple, .range: return try Tensor(data: self[position])
        default: throw mismatch(position, expected: "a tensor")
        }
    }

    func optionalTensor(_ position: Int) throws -> Tensor? { isGiven(position) ? try tensor(position) : nil }

    /// An axis, a list of axes, or none for all.
    func axes(_ position: Int) throws -> [Int]? {
        switch self[position] {
        case .none: nil
        case .int(let axis): [axis]
        default: try ints(position)
        }
    }

    /// `f32`, `"f32"` or `bool`.
    func dtype(_ position: Int) throws -> DType {
        switch self[position] {
        case .host(let object as DTypeObject): return object.dtype
        case .builtin(let builtin):
            if let dtype = DType(rawValue: builtin.name) { return dtype }
        case .string(let name):
            if let dtype = DType(rawValue: name.text) { return dtype }
            throw ScriptError.value(
                "\(builtin.name)() argument `dtype`: there is no dtype \(self[position].repr)",
                help: ["cpu", "cuda", "mps"].contains(name.text)
                    ? "tensors are always in the machine's memory" : "the dtypes are f32, f64, i32 and bool")
        default: break
        }
        throw mismatch(position, expected: "a dtype: f32, f64, i32 or bool")
    }

    func optionalDType(_ position: Int) throws -> DType? { isGiven(position) ? try dtype(position) : nil }

    /// The sizes of a shape, given one by one (`zeros(2, 3)`) or as one list or tuple (`zeros([2, 3])`), from a `*shape` parameter.
    func shape(_ position: Int) throws -> [Int] {
        let given = try items(position)
        let sizes = given.count == 1 ? given[0].asItems ?? given : given
        return try sizes.map { size in
            guard let size = size.asInt else { throw mismatch(position, expected: "ints") }
            return size
        }
    }
}
