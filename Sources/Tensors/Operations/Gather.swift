extension Tensor {
    /// Rows (positions along axis 0) in the given order; repeats are allowed, negative positions count from the end.
    ///
    /// The gradient of a leaf keeps only the rows that were used (`Gradient.rows`); repeated rows are summed in their order.
    public func gatherRows(_ rows: [Int]) throws(TensorError) -> Tensor {
        let span = OperationSpan("gather_rows")
        defer { span.end() }
        guard rank >= 1 else {
            throw TensorError(.noRows, operands: [self])
        }
        let size = shape.dims[0]
        var indices: [Int32] = []
        indices.reserveCapacity(rows.count)
        try EarlyEnd.pieces(rows.count, "gather_rows") { range throws(TensorError) in
            for row in rows[range] {
                let position = row < 0 ? row.addingReportingOverflow(size).partialValue : row
                guard position >= 0, position < size, let index = Int32(exactly: position) else {
                    throw TensorError(.index, "gather_rows", "row \(row) is outside 0..<\(size)", operands: [self])
                }
                indices.append(index)
            }
        }
        let result = try self.rows(at: indices)
        return Tensor.recording("gather_rows", result, inputs: [self]) { [indices] dy, _ in
            [.rows(RowGradient(indices: indices, values: dy, rowCount: size))]
        }
    }

    /// Rows at indices that are known to be in range, without a gradient.
    private func rows(at indices: [Int32]) throws(TensorError) -> Tensor {
        let source = try contiguous()
        let inner = Array(shape.dims.dropFirst())
        let result = try Tensor.uninitialized(Shape([indices.count] + inner), dtype, "gather_rows")
        let columns = inner.reduce(1, *)
        func gather<T: FloatingElement>(_ type: T.Type) {
            indices.withUnsafeBufferPointer {
                Kernels.gatherRows(source.buffer(T.self), ids: $0, columns: columns, into: result.mutableBuffer(T.self))
            }
        }
        // Indices are in range, so each row lies inside the contiguous source; both storages live until the end.
        if dtype.isFloating {
            try EarlyEnd.allowing("gather_rows", result.count) { gather(dtype.element) }
        } else {
            let bytes = columns * dtype.size
            let from = source.storage.pointer + source.layout.offset * dtype.size
            try EarlyEnd.pieces(indices.count, width: columns, "gather_rows") { range in
                for i in range {
                    result.storage.pointer.advanced(by: i * bytes).copyMemory(from: from + Int(indices[i]) * bytes, byteCount: bytes)
                }
            }
        }
        withExtendedLifetime((source, result)) {}
        return result
    }

    /// Positions along any axis, in the given order.
    public func gather(_ positions: [Int], dim: Int) throws(TensorError) -> Tensor {
        let axis = try Axis.resolve(dim, rank: rank, "gather", of: self)
        if axis == 0 { return try gatherRows(positions) }
        return try transpose(0, axis).gatherRows(positions).transpose(0, axis)
    }

    /// result[i…, j] = self[i…, index[i…, j]] along `dim`, as torch.gather; `index` has this tensor's shape except along `dim`.
    public func takeAlong(_ index: Tensor, dim: Int) throws(TensorError) -> Tensor {
        let span = OperationSpan("take_along")
        defer { span.end() }
        let axis = try Axis.resolve(dim, rank: rank, "take_along", of: self)
        guard index.dtype == .i32, index.rank == rank,
            (0..<rank).allSatisfy({ $0 == axis || index.shape.dims[$0] == shape.dims[$0] })
        else {
            throw TensorError(.takeAlong(axis), operands: [self, index])
        }
        let moved = try transpose(axis, -1), places = try index.transpose(axis, -1)
        let width = shape.dims[axis], picks = index.shape.dims[axis]
        let outer = places.shape.dims.dropLast().reduce(1, *)
        let chosen = try places.elements(Int32.self, "take_along")
        var flat: [Int] = []
        flat.reserveCapacity(chosen.count)
        try EarlyEnd.pieces(outer * picks, "take_along") { range throws(TensorError) in
            for i in range {
                let raw = Int(chosen[i])
                let position = raw < 0 ? raw + width : raw
                guard position >= 0, position < width else {
                    throw TensorError(.index, "take_along", "\(raw) is outside an axis of size \(width)", operands: [self, index])
                }
                flat.append(i / picks * width + position)
            }
        }
        return try moved.flatten().gatherRows(flat).reshape(places.shape.dims).transpose(axis, -1)
    }

    /// The elements where `mask` (bool, this shape or one that broadcasts to it) holds, in row-major order, as a 1-d tensor.
    public func maskedSelect(_ mask: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan("masked_select")
        defer { span.end() }
        guard mask.dtype == .bool else {
            throw TensorError(.maskType("masked_select"), operands: [self, mask])
        }
        guard mask.shape.broadcasts(to: shape) else {
            throw TensorError(.maskShape("masked_select", shape), operands: [self, mask])
        }
        return try flatten().gatherRows(mask.view(mask.layout.expanded(to: shape)).places("masked_select"))
    }

    /// Where a bool tensor holds, in row-major order.
    func places(_ operation: String) throws(TensorError) -> [Int] {
        let flags = try elements(Bool.self, operation)
        var places: [Int] = []
        try EarlyEnd.pieces(flags.count, operation) { for i in $0 where flags[i] { places.append(i) } }
        return places
    }

    /// Tensors joined along an axis; all other sizes must agree.
    public static func concat(_ tensors: [Tensor], dim: Int = 0) throws(TensorError) -> Tensor {
        let span = OperationSpan("concat")
        defer { span.end() }
        guard let first = tensors.first else {
            throw TensorError(.nothingToJoin("concat"))
        }
        let axis = try Axis.resolve(dim, rank: first.rank, "concat", of: first)
        let dtype = tensors.reduce(first.dtype) { DType.promoted($0, $1.dtype) }
        var dims = first.shape.dims
        dims[axis] = 0
        for tensor in tensors {
            let fits = tensor.rank == first.rank && (0..<first.rank).allSatisfy { $0 == axis || tensor.shape.dims[$0] == dims[$0] }
            guard fits else {
                throw TensorError(.concat(axis), operands: [first, tensor])
            }
            let (size, overflow) = dims[axis].addingReportingOverflow(tensor.shape.dims[axis])
            dims[axis] = overflow ? .max : size
        }
        var parts: [Tensor] = []
        for tensor in tensors { parts.append(try tensor.to(dtype)) }
        let result = try uninitialized(Shape(dims), dtype, "concat")
        let sizes = parts.map { $0.shape.dims[axis] }
        var start = 0
        for (part, size) in zip(parts, sizes) {
            try result.fill(from: part, at: result.layout.sliced(axis: axis, start: start, step: 1, count: size), "concat")
            start += size
        }
        return recordingDense("concat", result, inputs: parts) { dy, needs in
            var start = 0
            return sizes.enumerated().map { i, size in
                defer { start += size }
                return needs[i] ? dy.view(dy.layout.sliced(axis: axis, start: start, step: 1, count: size)) : nil
            }
        }
    }

    /// Tensors of one shape joined along a new axis.
    public static func stack(_ tensors: [Tensor], dim: Int = 0) throws(TensorError) -> Tensor {
        let span = OperationSpan("stack")
        defer { span.end() }
        guard let first = tensors.first else { throw TensorError(.nothingToJoin("stack")) }
        if let other = tensors.first(where: { $0.shape != first.shape }) {
            throw TensorError(.stack, operands: [first, other])
        }
        let axis = try Axis.resolve(dim, rank: first.rank, "stack", of: first, inserting: true)
        var rows: [Tensor] = []
        for tensor in tensors { rows.append(try tensor.unsqueeze(axis)) }
        return try concat(rows, dim: axis)
    }
}
