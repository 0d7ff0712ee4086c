/// An elementwise comparison of two broadcasting operands; the result is bool.
public enum Comparison: String, Sendable, CaseIterable {
    case less, lessEqual = "less_equal", greater, greaterEqual = "greater_equal", equal, notEqual = "not_equal"

    func callAsFunction(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan(rawValue)
        defer { span.end() }
        let dtype = DType.promoted(a, b)
        let x = try a.detach().to(dtype), y = try b.detach().to(dtype)
        let shape = try Elementwise.broadcastShape(rawValue, x, y)
        let result = try Tensor.uninitialized(shape, .bool, rawValue)
        let to = result.mutableBase(Bool.self)
        defer { withExtendedLifetime(result) {} }
        switch dtype {
        case .f32: try compareFloating(Float.self, x, y, shape, to)
        case .f64: try compareFloating(Double.self, x, y, shape, to)
        case .i32: try compareIntegers(x, y, shape, to)
        case .bool: return try self(x.to(.i32), y.to(.i32))
        }
        return result
    }

    private func compareFloating<T: FloatingElement>(
        _ type: T.Type, _ a: Tensor, _ b: Tensor, _ shape: Shape, _ out: UnsafeMutablePointer<Bool>
    ) throws(TensorError) {
        try Elementwise.blocks(rawValue, T.self, a, b, shape) { a, b, offset, rows, columns in
            // A Bool is a byte of 0 or 1, as the kernel writes.
            out.withMemoryRebound(to: UInt8.self, capacity: offset + rows * columns) {
                kernel(a, b, into: $0 + offset, rows: rows, columns: columns)
            }
        }
    }

    private func compareIntegers(_ a: Tensor, _ b: Tensor, _ shape: Shape, _ out: UnsafeMutablePointer<Bool>) throws(TensorError) {
        try Elementwise.blocks(rawValue, Int32.self, a, b, shape) { a, b, offset, rows, columns in
            Odometer.run([rows], [[1]]) { row in
                let x = a.base + row[0] * a.rowStride, y = b.base + row[0] * b.rowStride, to = out + offset + row[0] * columns
                EarlyEnd.ranges(columns) { for c in $0 { to[c] = holds(x[c * a.step], y[c * b.step]) } }
            }
        }
    }

    private var kernel: CompareKernel {
        switch self {
        case .less: Kernels.less
        case .lessEqual: Kernels.lessEqual
        case .greater: Kernels.greater
        case .greaterEqual: Kernels.greaterEqual
        case .equal: Kernels.equal
        case .notEqual: Kernels.notEqual
        }
    }

    private func holds(_ a: Int32, _ b: Int32) -> Bool {
        switch self {
        case .less: a < b
        case .lessEqual: a <= b
        case .greater: a > b
        case .greaterEqual: a >= b
        case .equal: a == b
        case .notEqual: a != b
        }
    }

    func callAsFunction(_ a: Tensor, _ b: Double) throws(TensorError) -> Tensor {
        try self(a, BinaryOperation.scalar(b, beside: a))
    }
}

extension Tensor {
    public func less(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.less(self, other) }
    public func less(_ other: Double) throws(TensorError) -> Tensor { try Comparison.less(self, other) }
    public func lessEqual(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.lessEqual(self, other) }
    public func lessEqual(_ other: Double) throws(TensorError) -> Tensor { try Comparison.lessEqual(self, other) }
    public func greater(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.greater(self, other) }
    public func greater(_ other: Double) throws(TensorError) -> Tensor { try Comparison.greater(self, other) }
    public func greaterEqual(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.greaterEqual(self, other) }
    public func greaterEqual(_ other: Double) throws(TensorError) -> Tensor { try Comparison.greaterEqual(self, other) }
    public func equal(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.equal(self, other) }
    public func equal(_ other: Double) throws(TensorError) -> Tensor { try Comparison.equal(self, other) }
    public func notEqual(_ other: Tensor) throws(TensorError) -> Tensor { try Comparison.notEqual(self, other) }
    public func notEqual(_ other: Double) throws(TensorError) -> Tensor { try Comparison.notEqual(self, other) }

    /// Both hold; elements other than 0 count as true.
    public func logicalAnd(_ other: Tensor) throws(TensorError) -> Tensor { try logical("logical_and", other) { $0 && $1 } }
    /// Either holds; elements other than 0 count as true.
    public func logicalOr(_ other: Tensor) throws(TensorError) -> Tensor { try logical("logical_or", other) { $0 || $1 } }
    public func logicalNot() throws(TensorError) -> Tensor { try to(.bool).equal(Tensor(scalar: 0, dtype: .bool)) }

    private func logical(_ name: String, _ other: Tensor, _ combine: (Bool, Bool) -> Bool) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        let shape = try Elementwise.broadcastShape(name, self, other)
        return try to(.bool).withExpanded(to: shape, Bool.self, name) { a throws(TensorError) in
            try other.to(.bool).withExpanded(to: shape, Bool.self, name) { b throws(TensorError) in
                try Tensor.build(shape, as: Bool.self, name) { out throws(TensorError) in
                    try EarlyEnd.pieces(out.count, name) { for i in $0 { out[i] = combine(a[i], b[i]) } }
                }
            }
        }
    }

    /// `a` where the condition holds, else `b`; all three broadcast.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan("where")
        defer { span.end() }
        let dtype = DType.promoted(a, b)
        let x = try a.to(dtype), y = try b.to(dtype), mask = try condition.detach().to(.bool)
        let pair = try Elementwise.broadcastShape("where", x, y)
        guard let shape = Shape.broadcast(pair, mask.shape) else {
            throw TensorError(.condition, operands: [condition, a, b])
        }
        let result: Tensor
        switch dtype {
        case .f32: result = try select(Float.self, shape, mask, x, y)
        case .f64: result = try select(Double.self, shape, mask, x, y)
        case .i32: result = try select(Int32.self, shape, mask, x, y)
        case .bool: result = try select(Bool.self, shape, mask, x, y)
        }
        return recordingDense("where", result, inputs: [x, y]) { dy, needs throws(TensorError) in
            let zero = try Tensor(scalar: 0, dtype: dy.dtype)
            return [
                needs[0] ? try Tensor.where(mask, dy, zero) : nil,
                needs[1] ? try Tensor.where(mask, zero, dy) : nil,
            ]
        }
    }

    private static func select<T: TensorElement>(
        _ type: T.Type, _ shape: Shape, _ mask: Tensor, _ a: Tensor, _ b: Tensor
    ) throws(TensorError) -> Tensor {
        try mask.withExpanded(to: shape, Bool.self, "where") { mask throws(TensorError) in
            try a.withExpanded(to: shape, T.self, "where") { a throws(TensorError) in
                try b.withExpanded(to: shape, T.self, "where") { b throws(TensorError) in
                    try build(shape, as: T.self, "where") { out throws(TensorError) in
                        try EarlyEnd.pieces(out.count, "where") { choose(mask, a, b, out, $0) }
                    }
                }
            }
        }
    }

    /// All four have equal counts.
    @inline(never)
    private static func choose<T: TensorElement>(
        _ mask: UnsafeBufferPointer<Bool>, _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ out: UnsafeMutableBufferPointer<T>,
        _ range: Range<Int>
    ) {
        guard let mask = mask.baseAddress, let a = a.baseAddress, let b = b.baseAddress, let to = out.baseAddress else { return }
        // Both are read, so that the choice is a blend and not a branch to guess.
        for i in range {
            let (x, y) = (a[i], b[i])
            to[i] = mask[i] ? x : y
        }
    }

    /// Elements limited to min...max; nil leaves that side open. The gradient is 0 where a limit was applied.
    public func clamp(min: Double? = nil, max: Double? = nil) throws(TensorError) -> Tensor {
        let span = OperationSpan("clamp")
        defer { span.end() }
        var values = detach()
        if let min { values = try Tensor.maximum(values, min) }
        if let max { values = try Tensor.minimum(values, max) }
        let input = detach()
        return Tensor.recordingDense("clamp", values, inputs: [self]) { dy, _ throws(TensorError) in
            var inside = try input.equal(input)
            if let min { inside = try inside.logicalAnd(input.greaterEqual(min)) }
            if let max { inside = try inside.logicalAnd(input.lessEqual(max)) }
            return [try Tensor.where(inside, dy, Tensor(scalar: 0, dtype: dy.dtype))]
        }
    }

    /// Where an element is nan. False for i32 and bool.
    public func isNaN() throws(TensorError) -> Tensor { try notEqual(self) }

    /// Where an element is infinite. False for i32 and bool.
    public func isInfinite() throws(TensorError) -> Tensor { try dtype == .bool ? to(.i32).isInfinite() : abs64().equal(.infinity) }

    /// Where an element is neither nan nor infinite.
    public func isFiniteElementwise() throws(TensorError) -> Tensor {
        try dtype == .bool ? to(.i32).isFiniteElementwise() : abs64().less(.infinity)
    }

    /// |x|, whose smallest i32 does not fit i32.
    private func abs64() throws(TensorError) -> Tensor { try (dtype == .i32 ? to(.f64) : detach()).abs() }

    /// Whether every |a - b| ≤ atol + rtol |b|, broadcasting; infinities of one sign are close, nan only if `equalNaN`.
    public static func allClose(
        _ a: Tensor, _ b: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
    ) throws(TensorError) -> Bool {
        let x = try a.detach().to(.f64), y = try b.detach().to(.f64)
        let bound = try y.abs() * rtol + atol
        // An infinite bound would let everything pass.
        var close = try (x - y).abs().lessEqual(bound).logicalAnd(y.isFiniteElementwise()).logicalOr(x.equal(y))
        if equalNaN { close = try close.logicalOr(x.isNaN().logicalAnd(y.isNaN())) }
        return try close.all().item() != 0
    }
}
