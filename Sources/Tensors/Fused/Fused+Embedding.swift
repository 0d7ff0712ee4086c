import CKernels

extension Fused {
    /// words[tokenIds] + positions[positionIds] + types[typeIds], [tokens, hidden]; without type ids, type 0 for all.
    ///
    /// The tables are [rows, hidden]. Their gradients hold only the rows that were used.
    public static func embeddingSum(
        words: Tensor, positions: Tensor, types: Tensor, tokenIds: [Int32], positionIds: [Int32], typeIds: [Int32]? = nil
    ) throws(TensorError) -> Tensor {
        let operation = "embedding_sum"
        let span = OperationSpan(operation)
        defer { span.end() }
        let word = try Packed.matrix(words, operation, "the word table"),
            position = try Packed.matrix(positions, operation, "the position table")
        let type = try Packed.matrix(types, operation, "the type table")
        let columns = word.shape[1], rows = tokenIds.count
        guard position.shape[1] == columns, type.shape[1] == columns else {
            throw TensorError(.shape, operation, "the tables differ in their second axis", operands: [words, positions, types])
        }
        let typeIds = typeIds ?? [Int32](repeating: 0, count: rows)
        guard positionIds.count == rows, typeIds.count == rows else {
            throw TensorError(
                .shape, operation, "\(rows) tokens need as many positions and types, not \(positionIds.count) and \(typeIds.count)")
        }
        try Packed.ids(tokenIds, of: word, operation, "token id")
        try Packed.ids(positionIds, of: position, operation, "position")
        try Packed.ids(typeIds, of: type, operation, "token type")

        let y = try Tensor.uninitialized([rows, columns], .f32, operation)
        // All ids are rows of their tables, so every read lies inside; rows of y are disjoint.
        Parallel.rows(rows, grain: max(1, Kernels.grain / max(columns, 1))) {
            for i in $0 {
                let to = y.mutableBase(Float.self) + i * columns
                let first = word.base(Float.self) + Int(tokenIds[i]) * columns
                Float.binary(EFT_ADD, first, 1, position.base(Float.self) + Int(positionIds[i]) * columns, 1, to, columns)
                Float.binary(EFT_ADD, to, 1, type.base(Float.self) + Int(typeIds[i]) * columns, 1, to, columns)
            }
        }
        withExtendedLifetime((word, position, type, y)) {}
        let sizes = (word.shape[0], position.shape[0], type.shape[0])
        return Tensor.recording(operation, y, inputs: [words, positions, types]) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            return [
                needs[0] ? .rows(try rowSums(dy, tokenIds, of: sizes.0)) : nil,
                needs[1] ? .rows(try rowSums(dy, positionIds, of: sizes.1)) : nil,
                needs[2] ? .rows(try rowSums(dy, typeIds, of: sizes.2)) : nil,
            ]
        }
    }

    /// The rows of dy [tokens, hidden] summed by id, in their order: ascending, distinct ids. Every id is in 0..<rowCount.
    private static func rowSums(_ dy: Tensor, _ ids: [Int32], of rowCount: Int) throws(TensorError) -> RowGradient {
        var slots = [Int32](repeating: -1, count: rowCount)
        for id in ids { slots[Int(id)] = 0 }
        var distinct: [Int32] = []
        for id in slots.indices where slots[id] == 0 {
            slots[id] = Int32(clamping: distinct.count)
            distinct.append(Int32(clamping: id))
        }
        let columns = dy.shape[1]
        let sums = try Tensor.zeros([distinct.count, columns])
        let places = ids.map { slots[Int($0)] }
        places.withUnsafeBufferPointer { Kernels.scatterAddRows(dy.elements, ids: $0, columns: columns, into: sums.newElements) }
        withExtendedLifetime(dy) {}
        return RowGradient(indices: distinct, values: sums, rowCount: rowCount)
    }
}
