extension Tensor {
    /// This value in row-major order: itself if it already is, else a copy. Keeps no node.
    package func contiguous() throws(TensorError) -> Tensor {
        if isContiguous { return detach() }
        return try copied("contiguous")
    }

    /// A copy in row-major order with storage of its own. Keeps no node.
    package func copied(_ operation: String = "copy") throws(TensorError) -> Tensor {
        let span = OperationSpan("copy")
        defer { span.end() }
        let result = try Tensor.uninitialized(shape, dtype, operation)
        try result.fill(from: self, at: result.layout, operation)
        return result
    }

    /// The same as `copyElements` for the maker of a new tensor, whom the user may interrupt.
    func fill(from source: Tensor, at target: Layout, _ operation: String) throws(TensorError) {
        try EarlyEnd.allowing(operation, source.count) { copyElements(from: source, at: target) }
    }

    /// Writes `source`'s elements to the places that `target` names in this storage, which no one else may see yet.
    func copyElements(from source: Tensor, at target: Layout) {
        // Only sizes matter for a copy: 4-byte types move as UInt32, and so on.
        switch dtype {
        case .f32, .i32: copy(UInt32.self, source, target)
        case .f64: copy(UInt64.self, source, target)
        case .bool: copy(UInt8.self, source, target)
        }
    }

    private func copy<T: BitwiseCopyable>(_ type: T.Type, _ source: Tensor, _ target: Layout) {
        // Both layouts have the same shape and address only elements inside their storages, retained by `self` and `source`.
        let from = source.storage.pointer.assumingMemoryBound(to: T.self) + source.layout.offset
        let to = storage.pointer.assumingMemoryBound(to: T.self) + target.offset
        defer { withExtendedLifetime((self, source)) {} }
        let (left, right) = target.collapsed([source.layout])
        if left.shape.count == 0 { return }
        if dtype.isFloating, transposeMatrices(left, right[0], source) { return }
        let run = left.shape.dims.last ?? 1
        let toStep = left.strides.last ?? 1, fromStep = right[0].strides.last ?? 1
        Odometer.run(Array(left.shape.dims.dropLast()), [Array(left.strides.dropLast()), Array(right[0].strides.dropLast())]) { offsets in
            let to = to + offsets[0], from = from + offsets[1]
            EarlyEnd.ranges(run) { range in
                let to = to + range.lowerBound * toStep, from = from + range.lowerBound * fromStep
                if toStep == 1, fromStep == 1 {
                    to.update(from: from, count: range.count)
                } else {
                    for i in 0..<range.count { to[i * toStep] = from[i * fromStep] }
                }
            }
        }
    }

    /// Copies whole transposed matrices by the kernel for that; false if the layouts are not such.
    private func transposeMatrices(_ to: Layout, _ from: Layout, _ source: Tensor) -> Bool {
        let rank = to.shape.rank
        guard rank >= 2 else { return false }
        let rows = to.shape.dims[rank - 1], columns = to.shape.dims[rank - 2]
        guard to.strides[rank - 1] == 1, to.strides[rank - 2] == rows, from.strides[rank - 2] == 1, from.strides[rank - 1] == columns else {
            return false
        }
        func run<T: FloatingElement>(_ type: T.Type) {
            let x = source.storage.pointer.assumingMemoryBound(to: T.self) + from.offset
            let y = storage.pointer.assumingMemoryBound(to: T.self) + to.offset
            Odometer.run(Array(to.shape.dims.dropLast(2)), [Array(to.strides.dropLast(2)), Array(from.strides.dropLast(2))]) { offsets in
                // rows * columns elements each, in source and target without gaps.
                Kernels.transpose(
                    UnsafeBufferPointer(start: x + offsets[1], count: rows * columns), rows: rows, columns: columns,
                    into: UnsafeMutableBufferPointer(start: y + offsets[0], count: rows * columns))
            }
        }
        run(dtype.element)
        return true
    }

    /// The same values as another dtype. To i32 fractions are cut off; what does not fit is an error. To bool: whether it is not 0.
    ///
    /// Gradients flow between f32 and f64.
    public func to(_ target: DType) throws(TensorError) -> Tensor {
        if target == dtype { return self }
        let result = try converted(to: target)
        guard target.isFloating, dtype.isFloating else { return result }
        let dtype = dtype
        return Tensor.recording("to", result, inputs: [self]) { dy, _ throws(TensorError) in [.dense(try dy.to(dtype))] }
    }

    private func converted(to target: DType) throws(TensorError) -> Tensor {
        let span = OperationSpan("to")
        defer { span.end() }
        let source = try contiguous()
        switch (dtype, target) {
        case (.f32, .f64):
            let result = try Tensor.uninitialized(shape, .f64, "to")
            try EarlyEnd.allowing("to", count) { Kernels.convert(source.buffer(Float.self), into: result.mutableBuffer(Double.self)) }
            return result
        case (.f64, .f32):
            let result = try Tensor.uninitialized(shape, .f32, "to")
            try EarlyEnd.allowing("to", count) { Kernels.convert(source.buffer(Double.self), into: result.mutableBuffer(Float.self)) }
            return result
        case (_, .f32): return try source.converted(Float.self, "to")
        case (_, .f64): return try source.converted(Double.self, "to")
        case (_, .bool): return try source.converted(Bool.self, "to")
        case (_, .i32): return try source.convertedExactly("to")
        }
    }

    private func converted<T: Convertible>(_ type: T.Type, _ operation: String) throws(TensorError) -> Tensor {
        let result = try Tensor.uninitialized(shape, T.dtype, operation)
        try EarlyEnd.allowing(operation, count) { read(into: result.mutableBase(T.self)) }
        return result
    }

    /// This as i32, cut off at the decimal point. A number that does not fit is an error of the operation.
    func convertedExactly(_ operation: String) throws(TensorError) -> Tensor {
        if dtype.isFloating {
            let values = try elements(Double.self, operation)
            try EarlyEnd.pieces(values.count, operation) { range throws(TensorError) in
                for value in values[range] where !(value > -2_147_483_649 && value < 2_147_483_648) {
                    throw TensorError(.numeric, operation, "\(value) does not fit i32", help: "use f32 or f64", operands: [self])
                }
            }
        }
        return try converted(Int32.self, operation)
    }
}
