import Foundation
import Language
import Tensors

/// Tensors that are made of numbers and shapes.
extension ShapeRule {
    static let data = ShapeRule { call in
        try DataSketch.tensor(call["data"], name: "data", dtype: call["dtype"].isNone ? nil : call["dtype"].dtypes).fact
    }

    /// A `*shape`, and a `dtype` where there is one.
    static let filled = ShapeRule { call in
        let hasType = call.signature.parameters.contains { $0.name == "dtype" }
        return TensorSketch(hasType ? call["dtype"].dtypes : [.f32], made(call["shape"].shape)).fact
    }

    static let full = ShapeRule { call in TensorSketch(call["dtype"].dtypes, made(call["shape"].parts.map { $0.map(\.size) })).fact }
    static let wholeNumbers = ShapeRule { call in TensorSketch([.i32], made(call["shape"].shape)).fact }
    static let permutation = ShapeRule { call in TensorSketch([.i32], made([call["n"].size])).fact }

    static let eye = ShapeRule { call in
        let columns: ShapeAxis =
            switch call["columns"].optionalSize {
            case .none: call["rows"].size
            case .size(let size): size
            case .unknown: .unknown
            }
        return TensorSketch(call["dtype"].dtypes, made([call["rows"].size, columns])).fact
    }

    static let linspace = ShapeRule { call in TensorSketch(call["dtype"].dtypes, made([call["steps"].size])).fact }

    static let arange = ShapeRule { call in
        let given = ["start", "end", "step"].map { call[$0] }
        let dtypes: Set<DType> = call["dtype"].isNone ? Set(counting(given)) : call["dtype"].dtypes
        guard let first = given[0].number, let step = given[2].number, given[1].isNone || given[1].number != nil else {
            return TensorSketch(dtypes, [.unknown]).fact
        }
        let (start, end) = given[1].number.map { (first, $0) } ?? (0, first)
        let length = ((end - start) / step).rounded(.up)
        guard step != 0, length.isFinite else { return TensorSketch(dtypes, [.unknown]).fact }
        return TensorSketch(dtypes, [length <= 0 ? .size(0) : Int(exactly: length).map { .size($0) } ?? .unknown]).fact
    }

    /// What a range counts in, if its bounds and step are these.
    private static func counting(_ numbers: [ArgumentFact]) -> [DType] {
        var isWhole = true
        for number in numbers {
            switch number {
            case .constant(.float), .typed(.float): return [.f32]
            case .constant(.int), .constant(.none), .typed(.int), .size: break
            default: isWhole = false
            }
        }
        return isWhole ? [.i32] : [.i32, .f32]
    }

    /// Negative sizes make no tensor.
    private static func made(_ sizes: [ShapeAxis]?) -> [ShapeAxis]? {
        sizes?.map { if case .size(let size) = $0, size < 0 { .unknown } else { $0 } }
    }

    /// The tensor itself, as a constant or as a leaf.
    static let leaf = ShapeRule { call in try call.subjectTensor().fact }

    // MARK: What tensors are turned into

    static let item = ShapeRule { call in
        let x = try call.subjectTensor()
        if let count = x.count, count != 1 { throw ShapeFailure(.item(count), [x]) }
        guard x.dtypes.count == 1, let dtype = x.dtypes.first else { return .unknown }
        return .typed(dtype.isFloating ? .float : dtype == .i32 ? .int : .bool)
    }

    static let numel = ShapeRule { call in try .size(call.subjectTensor().count.map { .size($0) } ?? .unknown) }

    static let backward = ShapeRule { call in
        let x = try call.subjectTensor()
        if call["cotangent"].isNone, let count = x.count, count != 1 { throw ShapeFailure(.backward(count, x.axes?.text ?? ""), [x]) }
        return .constant(.none)
    }
}
