import Language
import Tensors

/// An int, or none.
enum OptionalSize {
    case none
    case size(ShapeAxis)
    case unknown
}

/// The axes of a reduction.
enum Dims {
    case all
    case axes([Int])
    /// One, which is not known.
    case one
    case unknown

    var isAll: Bool { if case .all = self { true } else { false } }
}

extension ArgumentFact {
    /// An int, if it is known.
    var int: Int? { if case .size(let value) = size { value } else { nil } }

    /// An int as far as it is known.
    var size: ShapeAxis {
        switch self {
        case .constant(.int(let value)): .size(value)
        case .size(let axis): axis
        default: .unknown
        }
    }

    var optionalSize: OptionalSize {
        switch self {
        case .constant(.none): .none
        case .constant, .size, .typed(.int): .size(size)
        default: .unknown
        }
    }

    var flag: Bool? { if case .constant(.bool(let value)) = self { value } else { nil } }
    var number: Double? { if case .constant(let value) = self { value.asDouble } else { nil } }
    var isNone: Bool { if case .constant(.none) = self { true } else { false } }
    var text: String? { if case .constant(let value) = self { value.asString } else { nil } }

    /// The parts of a list or tuple.
    var parts: [ArgumentFact]? {
        switch self {
        case .list(let parts): parts
        case .constant(let value): value.asItems?.map { .constant($0) }
        default: nil
        }
    }

    var isInt: Bool {
        switch self {
        case .constant(.int), .size, .typed(.int): true
        default: false
        }
    }

    /// The sizes of a shape given one by one or as one list, from a `*shape` parameter; nil if not even their number is known.
    var shape: [ShapeAxis]? {
        guard let given = parts else { return nil }
        guard given.count == 1, !given[0].isInt else { return given.map(\.size) }
        return given[0].parts.map { $0.map(\.size) }
    }

    /// An axis, a list of axes, or none for all.
    var dims: Dims {
        if isNone { return .all }
        if isInt { return int.map { .axes([$0]) } ?? .one }
        guard let parts else { return .unknown }
        let known = parts.compactMap(\.int)
        return known.count == parts.count ? .axes(known) : .unknown
    }

    /// `f32`, `"f32"` or `bool`; any if it is not known.
    var dtypes: Set<DType> {
        guard case .constant(let value) = self else { return TensorSketch.anyType }
        let dtype: DType? =
            switch value {
            case .host(let object as DTypeObject): object.dtype
            case .builtin(let builtin): DType(rawValue: builtin.name)
            case .string(let name): DType(rawValue: name.text)
            default: nil
            }
        return dtype.map { [$0] } ?? TensorSketch.anyType
    }
}

extension ShapeCall {
    /// The tensor that an operation is about; numbers and lists become tensors.
    func subjectTensor() throws -> TensorSketch { try DataSketch.tensor(subject, name: subjectName) }

    func tensor(_ name: String) throws -> TensorSketch { try DataSketch.tensor(self[name], name: name) }

    /// Nil where none is given; where one may be, it is taken to be given, which changes no shape.
    func optionalTensor(_ name: String) throws -> TensorSketch? { self[name].isNone ? nil : try tensor(name) }

    /// The tensors of a list; nil if their number is not known.
    func tensors(_ name: String) -> [TensorSketch]? {
        self[name].parts.map { parts in
            parts.map { part in
                guard case .tensor(let facts) = part else { return .anything(name) }
                return TensorSketch(facts, name: name)
            }
        }
    }

    /// Two operands; a number takes the dtype of the tensor beside it.
    func operands(_ left: String, _ right: String) throws -> (TensorSketch, TensorSketch) {
        let (a, b) = (self[left], self[right])
        return try Operand.pair(a, b, names: (left, right))
    }
}

/// Operands of operators and of functions of two tensors.
enum Operand {
    static func pair(
        _ a: ArgumentFact, _ b: ArgumentFact, names: (String, String)
    ) throws -> (TensorSketch, TensorSketch) {
        if let left = tensor(a, name: names.0) {
            return (left, try beside(left, b, name: names.1) ?? DataSketch.tensor(b, name: names.1))
        }
        if number(b), !number(a), a.parts == nil {
            // The left may be a tensor, and then the number is of its type.
            return (.anything(names.0), TensorSketch(TensorSketch.anyType, [], name: names.1))
        }
        let right = try DataSketch.tensor(b, name: names.1)
        let left = try beside(right, a, name: names.0) ?? DataSketch.tensor(a, name: names.0)
        return (left, right)
    }

    private static func tensor(_ fact: ArgumentFact, name: String) -> TensorSketch? {
        switch fact {
        case .tensor(let facts): TensorSketch(facts, name: name)
        case .typed(.tensor(let type)): TensorSketch(TensorFacts(type), name: name)
        default: nil
        }
    }

    private static func number(_ fact: ArgumentFact) -> Bool {
        switch fact {
        case .constant(.int), .constant(.float), .constant(.bool), .size, .typed(.int), .typed(.float), .typed(.bool): true
        default: false
        }
    }

    /// A number as a 0-d tensor of a type that does not widen `other`; nil for anything else.
    static func beside(_ other: TensorSketch, _ fact: ArgumentFact, name: String) throws -> TensorSketch? {
        guard number(fact) else { return nil }
        func scalar(_ dtypes: Set<DType>) -> TensorSketch { TensorSketch(dtypes, [], name: name) }
        switch fact {
        case .constant(.bool), .typed(.bool): return scalar([.bool])
        case .constant(.float), .typed(.float): return scalar(Set(other.dtypes.map { $0 == .f64 ? .f64 : .f32 }))
        default:
            let whole: Set<DType> = fact.int.map { [Int32(exactly: $0) == nil ? .f64 : .i32] } ?? [.i32, .f64]
            return scalar(Set(other.dtypes.flatMap { $0.isFloating ? [$0] : whole }))
        }
    }
}
