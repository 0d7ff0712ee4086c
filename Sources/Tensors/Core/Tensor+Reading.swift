extension Tensor {
    /// The elements in row-major order, converted if the dtype is another.
    public func floats() -> [Float] { read(Float.self) }
    /// The elements in row-major order, converted if the dtype is another.
    public func doubles() -> [Double] { read(Double.self) }
    /// The elements in row-major order; fractions are cut off, values out of range take the nearest bound, nan is 0.
    public func int32s() -> [Int32] { read(Int32.self) }
    /// Which elements are not 0, in row-major order.
    public func bools() -> [Bool] { read(Bool.self) }

    /// The only element of a tensor that has one.
    public func item() throws(TensorError) -> Double {
        guard count == 1 else {
            throw TensorError(.item(count), operands: [self])
        }
        return doubles()[0]
    }

    private func read<T: Convertible>(_ type: T.Type) -> [T] {
        let count = count
        return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let out = buffer.baseAddress else { return }
            read(into: out)
            initialized = count
        }
    }

    /// `doubles()` for those whom the user may interrupt.
    package func doubles(for operation: String) throws(TensorError) -> [Double] { try elements(Double.self, operation) }
    /// `int32s()` for those whom the user may interrupt.
    package func int32s(for operation: String) throws(TensorError) -> [Int32] { try elements(Int32.self, operation) }
    /// `bools()` for those whom the user may interrupt.
    package func bools(for operation: String) throws(TensorError) -> [Bool] { try elements(Bool.self, operation) }

    /// The elements in row-major order, converted if the dtype is another, for those whom the user may interrupt: `floats()`, `doubles()` and
    /// the like go on to their end.
    func elements<T: Convertible>(_ type: T.Type, _ operation: String) throws(TensorError) -> [T] {
        var result: [T] = []
        try EarlyEnd.allowing(operation, count) { result = read(type) }
        return result
    }

    /// Writes the elements to `out`, which has room for all of them.
    func read<T: Convertible>(into out: UnsafeMutablePointer<T>) {
        switch dtype {
        case .f32: read(Float.self, into: out) { T(converting: Double($0)) }
        case .f64: read(Double.self, into: out) { T(converting: $0) }
        case .i32: read(Int32.self, into: out) { T(converting: Double($0)) }
        case .bool: read(Bool.self, into: out) { T(converting: $0 ? 1 : 0) }
        }
    }

    private func read<S: TensorElement, T: Convertible>(_ source: S.Type, into out: UnsafeMutablePointer<T>, _ convert: (S) -> T) {
        // The layout addresses only elements inside the storage, which `self` retains.
        let start = base(S.self)
        withExtendedLifetime(storage) {
            if isContiguous {
                EarlyEnd.ranges(count) { range in
                    if let same = start as? UnsafePointer<T> {
                        (out + range.lowerBound).initialize(from: same + range.lowerBound, count: range.count)
                    } else {
                        for i in range { out[i] = convert(start[i]) }
                    }
                }
            } else {
                var i = 0
                StridedWalk(layout).forEach { offset in
                    out[i] = convert(start[offset])
                    i += 1
                }
            }
        }
    }
}

/// Types that a tensor's elements can be read as.
protocol Convertible: TensorElement {
    init(converting value: Double)
}

extension Float: Convertible { init(converting value: Double) { self.init(value) } }
extension Double: Convertible { init(converting value: Double) { self = value } }
extension Bool: Convertible { init(converting value: Double) { self = value != 0 } }
extension Int32: Convertible {
    init(converting value: Double) {
        self = value.isNaN ? 0 : value <= -2_147_483_648 ? .min : value >= 2_147_483_647 ? .max : Int32(value)
    }
}

extension Tensor: CustomStringConvertible {
    /// `f32[2, 3] [[1.0, 2.0, 3.0], [4.0, …]]`, long axes shortened to three elements at each end.
    public var description: String {
        let text: (Int) -> String
        switch dtype {
        case .f32:
            let values = floats()
            text = { "\(values[$0])" }
        case .f64:
            let values = doubles()
            text = { "\(values[$0])" }
        case .i32:
            let values = int32s()
            text = { "\(values[$0])" }
        case .bool:
            let values = bools()
            text = { "\(values[$0])" }
        }
        func nested(_ axis: Int, _ start: Int) -> String {
            guard axis < rank else { return text(start) }
            let inner = Shape(Array(shape.dims[(axis + 1)...])).count
            let size = shape.dims[axis]
            let shown = size <= 6 ? Array(0..<size) : [0, 1, 2, -1, size - 3, size - 2, size - 1]
            return "[" + shown.map { $0 < 0 ? "…" : nested(axis + 1, start + $0 * inner) }.joined(separator: ", ") + "]"
        }
        return "\(signature) \(nested(0, 0))"
    }
}
