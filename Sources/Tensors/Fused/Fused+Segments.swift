import CKernels

extension Fused {
    /// Mean of each sequence's rows: x [tokens, hidden] to [sequences, hidden]. An empty sequence has the mean 0.
    public static func segmentMean(_ x: Tensor, offsets: [Int]) throws(TensorError) -> Tensor {
        let operation = "segment_mean"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input")
        try Packed.offsets(offsets, rows: input.shape[0], operation)
        let columns = input.shape[1], segments = offsets.count - 1
        let y = try Tensor.uninitialized([segments, columns], .f32, operation)
        each(segments, columns, offsets, [input, y]) { i, range in
            let to = y.mutableBase(Float.self) + i * columns
            Float.reduceRows(EFT_SUM, input.base(Float.self) + range.lowerBound * columns, range.count, columns, columns, to)
            scale(UnsafePointer(to), by: 1 / Float(max(range.count, 1)), into: to, columns)
        }
        return Tensor.recordingDense(operation, y, inputs: [x]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try Tensor.uninitialized([offsets[segments], columns], .f32, operation)
            each(segments, columns, offsets, [dy, dx]) { i, range in
                for row in range {
                    let to = dx.mutableBase(Float.self) + row * columns
                    scale(dy.base(Float.self) + i * columns, by: 1 / Float(range.count), into: to, columns)
                }
            }
            return [dx]
        }
    }

    /// First row of each sequence: x [tokens, hidden] to [sequences, hidden]. No sequence may be empty.
    public static func segmentFirst(_ x: Tensor, offsets: [Int]) throws(TensorError) -> Tensor {
        let operation = "segment_first"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input")
        try Packed.offsets(offsets, rows: input.shape[0], operation)
        if let empty = zip(offsets, offsets.dropFirst()).enumerated().first(where: { $0.element.0 == $0.element.1 }) {
            throw TensorError(.value, operation, "sequence \(empty.offset) has no rows")
        }
        let columns = input.shape[1], segments = offsets.count - 1
        let y = try Tensor.uninitialized([segments, columns], .f32, operation)
        each(segments, columns, offsets, [input, y]) { i, range in
            (y.mutableBase(Float.self) + i * columns).update(from: input.base(Float.self) + range.lowerBound * columns, count: columns)
        }
        return Tensor.recordingDense(operation, y, inputs: [x]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try Tensor.zeros([offsets[segments], columns])
            each(segments, columns, offsets, [dy, dx]) { i, range in
                (dx.mutableBase(Float.self) + range.lowerBound * columns).update(from: dy.base(Float.self) + i * columns, count: columns)
            }
            return [dx]
        }
    }

    private static func scale(_ x: UnsafePointer<Float>, by factor: Float, into y: UnsafeMutablePointer<Float>, _ n: Int) {
        withUnsafePointer(to: factor) { Float.binary(EFT_MUL, x, 1, $0, 0, y, n) }
    }

    /// Calls `body` for each sequence with its rows; the tensors live until all is done, and every sequence writes only its own rows.
    private static func each(_ segments: Int, _ columns: Int, _ offsets: [Int], _ tensors: [Tensor], _ body: (Int, Range<Int>) -> Void) {
        let rows = max((offsets.last ?? 0) / max(segments, 1), 1)
        Parallel.rows(segments, grain: max(1, Kernels.grain / max(rows * columns, 1))) {
            for i in $0 { body(i, offsets[i]..<offsets[i + 1]) }
        }
        withExtendedLifetime(tensors) {}
    }
}
