extension Tensor {
    /// A tensor of the values in row-major order; their number must be the shape's count.
    public init<T: TensorElement>(_ values: [T], shape: Shape) throws(TensorError) {
        guard shape.dims.allSatisfy({ $0 >= 0 }), shape.count == values.count else {
            throw TensorError(.shape, "tensor", "\(values.count) values do not fill shape \(shape), which takes \(shape.count)")
        }
        self = try Tensor.build(shape, as: T.self, "tensor") { buffer throws(TensorError) in
            try EarlyEnd.pieces(values.count, "tensor") { range in
                _ = UnsafeMutableBufferPointer(rebasing: buffer[range]).update(from: values[range])
            }
        }
    }

    /// A 1-d tensor of the values.
    public init<T: TensorElement>(_ values: [T]) throws(TensorError) { try self.init(values, shape: [values.count]) }

    /// A 0-d tensor.
    public init(scalar: Double, dtype: DType = .f32) throws(TensorError) { self = try .full([], scalar, dtype: dtype) }

    public static func zeros(_ shape: Shape, dtype: DType = .f32) throws(TensorError) -> Tensor {
        try zeros(shape, dtype, "zeros")
    }

    /// - Parameter isKept: see `MemoryPool.allocate`.
    static func zeros(_ shape: Shape, _ dtype: DType, _ operation: String, isKept: Bool = false) throws(TensorError) -> Tensor {
        let result = try uninitialized(shape, dtype, operation, isKept: isKept)
        // All dtypes' zero is all-zero bytes; the storage is new and this call's own.
        nonisolated(unsafe) let bytes = result.storage.pointer
        try EarlyEnd.allowing(operation, result.storage.byteCount) {
            Parallel.ranges(result.storage.byteCount, grain: 1 << 16) {
                (bytes + $0.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: $0.count)
            }
        }
        return result
    }

    public static func ones(_ shape: Shape, dtype: DType = .f32) throws(TensorError) -> Tensor { try full(shape, 1, dtype: dtype) }

    /// Every element is `value`, rounded to the dtype; for i32 it must be a whole number in range, for bool anything but 0 is true.
    public static func full(_ shape: Shape, _ value: Double, dtype: DType = .f32) throws(TensorError) -> Tensor {
        switch dtype {
        case .f32: try full(shape, of: Float(value))
        case .f64: try full(shape, of: value)
        case .bool: try full(shape, of: value != 0)
        case .i32:
            if let exact = Int32(exactly: value) {
                try full(shape, of: exact)
            } else {
                throw TensorError(.value, "full", "\(value) is not an i32", help: "use dtype f32 or f64")
            }
        }
    }

    private static func full<T: TensorElement>(_ shape: Shape, of value: T) throws(TensorError) -> Tensor {
        try build(shape, as: T.self, "full") { out throws(TensorError) in
            try EarlyEnd.pieces(out.count, "full") { UnsafeMutableBufferPointer(rebasing: out[$0]).update(repeating: value) }
        }
    }

    /// `start, start + step, …` below `end` (above it for a negative step), each computed as start + i * step.
    public static func arange(_ start: Double, _ end: Double, step: Double = 1, dtype: DType = .f32) throws(TensorError) -> Tensor {
        guard step != 0, step.isFinite, start.isFinite, end.isFinite else {
            throw TensorError(.value, "arange", "needs finite bounds and a step that is not 0, got \(start), \(end), step \(step)")
        }
        let length = ((end - start) / step).rounded(.up)
        let count = length <= 0 ? 0 : Int(exactly: length) ?? .max
        let values = try build([count], as: Double.self, "arange") { buffer throws(TensorError) in
            try EarlyEnd.pieces(buffer.count, "arange") { for i in $0 { buffer[i] = start + Double(i) * step } }
        }
        return try values.to(dtype)
    }

    public static func arange(_ count: Int, dtype: DType = .i32) throws(TensorError) -> Tensor {
        try arange(0, Double(count), dtype: dtype)
    }

    /// Identity matrix.
    public static func eye(_ rows: Int, _ columns: Int? = nil, dtype: DType = .f32) throws(TensorError) -> Tensor {
        let columns = columns ?? rows
        let result = try Tensor.zeros([rows, columns], dtype == .f64 ? .f64 : .f32, "eye")
        func mark<T: FloatingElement>(_ type: T.Type) {
            // New, contiguous, and this call's own.
            for i in 0..<Swift.min(rows, columns) { result.mutableBase(T.self)[i * columns + i] = 1 }
        }
        mark(result.dtype.element)
        return try result.to(dtype)
    }
}
