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
        result.copyElements(from: self, at: result.layout)
        return result
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
            if toStep == 1, fromStep == 1 {
                to.update(from: from, count: run)
            } else {
                for i in 0..<run { to[i * toStep] = from[i * fromStep] }
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
            return try Tensor.build(shape, as: Double.self, "to") { out throws(TensorError) in
                try source.withElements(Float.self) { Kernels.convert($0, into: out) }
            }
        case (.f64, .f32):
            return try Tensor.build(shape, as: Float.self, "to") { out throws(TensorError) in
                try source.withElements(Double.self) { Kernels.convert($0, into: out) }
            }
        case (_, .f32): return try Tensor(source.floats(), shape: shape)
        case (_, .f64): return try Tensor(source.doubles(), shape: shape)
        case (_, .bool): return try Tensor(source.bools(), shape: shape)
        case (_, .i32): return try source.convertedExactly("to")
        }
    }

    /// This as i32, cut off at the decimal point. A number that does not fit is an error of the operation.
    func convertedExactly(_ operation: String) throws(TensorError) -> Tensor {
        if dtype.isFloating, let bad = doubles().first(where: { !($0 > -2_147_483_649 && $0 < 2_147_483_648) }) {
            throw TensorError(.numeric, operation, "\(bad) does not fit i32", help: "use f32 or f64", operands: [self])
        }
        return try Tensor(int32s(), shape: shape)
    }
}
