/// The derivative of a scalar with respect to a tensor.
public enum Gradient: Sendable {
    /// One value for every element.
    case dense(Tensor)
    /// Nonzero only in some rows (positions along axis 0), as for an embedding table of which a batch uses a few words.
    case rows(RowGradient)

    /// The gradient with every element, zeros included.
    public func dense() throws(TensorError) -> Tensor {
        switch self {
        case .dense(let tensor): tensor
        case .rows(let rows): try rows.dense()
        }
    }

    /// This gradient as a tensor of the given dtype.
    func to(_ dtype: DType) throws(TensorError) -> Gradient {
        switch self {
        case .dense(let tensor): .dense(try tensor.to(dtype))
        case .rows(let rows): .rows(RowGradient(indices: rows.indices, values: try rows.values.to(dtype), rowCount: rows.rowCount))
        }
    }

    /// The sum of both; `self` comes first in the order of additions.
    mutating func add(_ other: Gradient) throws(TensorError) {
        switch (self, other) {
        case (.dense(var mine), .dense(let theirs)):
            // A placeholder, so that `mine` holds the only reference if no one else shares the storage.
            self = other
            try mine.accumulate(theirs)
            self = .dense(mine)
        case (.rows(let mine), .rows(let theirs)):
            self = .rows(try mine.joined(with: theirs))
        case (.dense(var mine), .rows(let theirs)):
            self = other
            if !isKnownUniquelyReferenced(&mine.storage) || !mine.isContiguous { mine = try mine.copied("add") }
            try theirs.scatter(into: mine)
            self = .dense(mine)
        case (.rows(let mine), .dense(let theirs)):
            var sum = Gradient.dense(try mine.dense())
            try sum.add(.dense(theirs))
            self = sum
        }
    }
}

/// Gradient rows `values[i]` that belong to positions `indices[i]` of axis 0 of a tensor with `rowCount` rows.
public struct RowGradient: Sendable {
    /// Positions along axis 0. They may repeat until `coalesced()`.
    public let indices: [Int32]
    /// One gradient row for each index, [indices.count, …].
    public let values: Tensor
    /// Size of axis 0 of the tensor that this is the gradient of.
    public let rowCount: Int

    /// Indices must lie in 0..<rowCount and `values` have one row for each.
    package init(indices: [Int32], values: Tensor, rowCount: Int) {
        precondition(values.rank >= 1 && values.shape[0] == indices.count, "one row for each index")
        self.indices = indices
        self.values = values
        self.rowCount = rowCount
    }

    /// Shape of the tensor that this is the gradient of.
    var fullShape: Shape { Shape([rowCount] + values.shape.dims.dropFirst()) }

    public func dense() throws(TensorError) -> Tensor {
        let result = try Tensor.zeros(fullShape, dtype: values.dtype)
        try scatter(into: result)
        return result
    }

    /// The same gradient with ascending, distinct indices. Repeated rows are summed in their order.
    public func coalesced() throws(TensorError) -> RowGradient {
        if zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }) { return self }
        let distinct = Array(Set(indices)).sorted()
        var slots: [Int32: Int32] = [:]
        for (slot, index) in distinct.enumerated() { slots[index] = Int32(slot) }
        let local = RowGradient(indices: indices.map { slots[$0] ?? 0 }, values: values, rowCount: distinct.count)
        return RowGradient(indices: distinct, values: try local.dense(), rowCount: rowCount)
    }

    fileprivate func joined(with other: RowGradient) throws(TensorError) -> RowGradient {
        if indices.isEmpty { return other }
        if other.indices.isEmpty { return self }
        let joined = try Tensor.concat([values, other.values], dim: 0)
        return RowGradient(indices: indices + other.indices, values: joined, rowCount: rowCount)
    }

    /// Adds the rows to `target`, which is contiguous, has the full shape, and is the caller's alone.
    fileprivate func scatter(into target: Tensor) throws(TensorError) {
        let source = try values.contiguous().to(target.dtype)
        add(target.dtype.element, source, target)
    }

    private func add<T: FloatingElement>(_ type: T.Type, _ source: Tensor, _ target: Tensor) {
        let columns = values.shape.dims.dropFirst().reduce(1, *)
        // Indices lie in 0..<rowCount, checked where the gradient is made; both tensors are contiguous and live until the end.
        indices.withUnsafeBufferPointer {
            Kernels.scatterAddRows(source.buffer(T.self), ids: $0, columns: columns, into: target.mutableBuffer(T.self))
        }
        withExtendedLifetime((source, target)) {}
    }
}

extension Tensor {
    /// Adds `other`, of the same shape and dtype, in place if no one else can see this storage, else into a new one.
    mutating func accumulate(_ other: Tensor) throws(TensorError) {
        guard isKnownUniquelyReferenced(&storage), isContiguous, dtype.isFloating, dtype == other.dtype, shape == other.shape else {
            self = try noGrad { () throws(TensorError) in try self + other }
            return
        }
        addElements(dtype.element, try other.contiguous())
    }

    private func addElements<T: FloatingElement>(_ type: T.Type, _ addend: Tensor) {
        // Contiguous, equal counts; the storage is this tensor's alone.
        Kernels.add(buffer(T.self), addend.buffer(T.self), into: mutableBuffer(T.self))
        withExtendedLifetime((self, addend)) {}
    }
}
