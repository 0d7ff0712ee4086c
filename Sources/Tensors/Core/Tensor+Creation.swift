extension Tensor {
    /// A tensor of the values in row-major order; their number must be the shape's count.
    public init<T: TensorElement>(_ values: [T], shape: Shape) throws(TensorError) {
        guard shape.dims.allSatisfy({ $0 >= 0 }), shape.count == values.count else {
            throw TensorError(.shape, "tensor", "\(values.count) values do not fill shape \(shape), which takes \(shape.count)")
        }
        self = try Tensor.build(shape, as: T.self, "tensor") { buffer in _ = buffer.update(from: values) }
    }

    /// A 1-d tensor of the values.
    public init<T: TensorElement>(_ values: [T]) throws(TensorError) { try self.init(values, shape: [values.count]) }

    /// A 0-d tensor.
    public init(scalar: Double, dtype: DType = .f32) throws(TensorError) { self = try .full([], scalar, dtype: dtype) }

    public static func zeros(_ shape: Shape, dtype: DType = .f32) throws(TensorError) -> Tensor {
        try zeros(shape, dtype, isKept: false)
    }

    /// - Parameter isKept: see `MemoryPool.allocate`.
    static func zeros(_ shape: Shape, _ dtype: DType, isKept: Bool) throws(TensorError) -> Tensor {
        let result = try uninitialized(shape, dtype, "zeros", isKept: isKept)
        // All dtypes' zero is all-zero bytes; the storage is new and this call's own.
        result.storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: result.storage.byteCount)
        return result
    }

    public static func ones(_ shape: Shape, dtype: DType = .f32) throws(TensorError) -> Tensor { try full(shape, 1, dtype: dtype) }

    /// Every element is `value`, rounded to the dtype; for i32 it must be a whole number in range, for bool anything but 0 is true.
    public static func full(_ shape: Shape, _ value: Double, dtype: DType = .f32) throws(TensorError) -> Tensor {
        switch dtype {
        case .f32: try build(shape, as: Float.self, "full") { $0.update(repeating: Float(value)) }
        case .f64: try build(shape, as: Double.self, "full") { $0.update(repeating: value) }
        case .bool: try build(shape, as: Bool.self, "full") { $0.update(repeating: value != 0) }
        case .i32:
            if let exact = Int32(exactly: value) {
                try build(shape, as: Int32.self, "full") { $0.update(repeating: exact) }
            } else {
                throw TensorError(.value, "full", "\(value) is not an i32", help: "use dtype f32 or f64")
            }
        }
    }

    /// `start, start + step, …` below `end` (above it for a negative step), each computed as start + i * step.
    public static func arange(_ start: Double, _ end: Double, step: Double = 1, dtype: DType = .f32) throws(TensorError) -> Tensor {
        guard step != 0, step.isFinite, start.isFinite, end.isFinite else {
            throw TensorError(.value, "arange", "needs finite bounds and a step that is not 0, got \(start), \(end), step \(step)")
        }
        let length = ((end - start) / step).rounded(.up)
        let count = length <= 0 ? 0 : Int(exactly: length) ?? .max
        let values = try build([count], as: Double.self, "arange") { buffer in
            for i in buffer.indices { buffer[i] = start + Double(i) * step }
        }
        return try values.to(dtype)
    }

    public static func arange(_ count: Int, dtype: DType = .i32) throws(TensorError) -> Tensor {
        try arange(0, Double(count), dtype: dtype)
    }

    /// Identity matrix.
    public static func eye(_ rows: Int, _ columns: Int? = nil, dtype: DType = .f32) throws(TensorError) -> Tensor {
        let columns = columns ?? rows
        guard dtype != .f64 else {
            return try build([rows, columns], as: Double.self, "eye") { buffer in
                buffer.update(repeating: 0)
                for i in 0..<Swift.min(rows, columns) { buffer[i * columns + i] = 1 }
            }
        }
        return try build([rows, columns], as: Float.self, "eye") { buffer in
            buffer.update(repeating: 0)
            for i in 0..<Swift.min(rows, columns) { buffer[i * columns + i] = 1 }
        }.to(dtype)
    }
}
