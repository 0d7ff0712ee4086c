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
        switch dtype {
        case .f32: read(Float.self) { T(converting: Double($0)) }
        case .f64: read(Double.self) { T(converting: $0) }
        case .i32: read(Int32.self) { T(converting: Double($0)) }
        case .bool: read(Bool.self) { T(converting: $0 ? 1 : 0) }
        }
    }

    private func read<S: TensorElement, T: Convertible>(_ source: S.Type, _ convert: (S) -> T) -> [T] {
        let count = count
        // The layout addresses only elements inside the storage, which `self` retains.
        return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let out = buffer.baseAddress else { return }
            let start = base(S.self)
            withExtendedLifetime(storage) {
                if isContiguous {
                    if let same = start as? UnsafePointer<T> {
                        out.initialize(from: same, count: count)
                    } else {
                        for i in 0..<count { out[i] = convert(start[i]) }
                    }
                } else {
                    var i = 0
                    StridedWalk(layout).forEach { offset in
                        out[i] = convert(start[offset])
                        i += 1
                    }
                }
            }
            initialized = count
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
