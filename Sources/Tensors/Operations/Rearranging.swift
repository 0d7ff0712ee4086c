/// Operations that give the same elements in another order or number; gradients follow from the views they are made of.
extension Tensor {
    /// The elements in reverse order along the axes.
    public func flip(_ dims: [Int]) throws(TensorError) -> Tensor {
        let axes = try Axis.resolve(dims, rank: rank, "flip", of: self)
        return try index((0..<rank).map { axes.contains($0) ? .slice(start: nil, stop: nil, step: -1) : .all })
    }

    /// The elements moved `shift` places on along an axis (all elements in row-major order if nil); what leaves at the end comes in at
    /// the start.
    public func roll(_ shift: Int, dim: Int? = nil) throws(TensorError) -> Tensor {
        guard let dim else { return try flatten().roll(shift, dim: 0).reshape(shape.dims) }
        let axis = try Axis.resolve(dim, rank: rank, "roll", of: self)
        let size = shape.dims[axis]
        guard size > 0 else { return self }
        let cut = (size - (shift % size + size) % size) % size
        if cut == 0 { return self }
        return try Tensor.concat([slice(axis, cut, size), slice(axis, 0, cut)], dim: axis)
    }

    /// The tensor laid side by side with itself so many times along each axis; axes that `counts` has more of are put in front.
    public func repeated(_ counts: [Int]) throws(TensorError) -> Tensor {
        let extra = counts.count - rank
        guard extra >= 0, counts.allSatisfy({ $0 >= 0 }) else {
            throw TensorError(.repeatCounts(counts, rank), operands: [self])
        }
        let dims = Array(repeating: 1, count: extra) + shape.dims
        let target = Shape(zip(dims, counts).map { $0.multipliedReportingOverflow(by: $1).overflow ? Int.max : $0 * $1 })
        try target.check("repeat", dtype)
        // Each axis beside an axis of its copies, which is stretched.
        let paired = try reshape(dims.flatMap { [1, $0] })
        return try paired.expand(zip(dims, counts).flatMap { [$1, $0] }).reshape(target.dims)
    }

    /// Parts of `sizes` elements along an axis, one after the other; the sizes must add up to the axis.
    public func split(_ sizes: [Int], dim: Int = 0) throws(TensorError) -> [Tensor] {
        let axis = try Axis.resolve(dim, rank: rank, "split", of: self)
        var total = 0
        for size in sizes { total = total.addingReportingOverflow(size).partialValue }
        guard sizes.allSatisfy({ $0 >= 0 }), total == shape.dims[axis] else {
            throw TensorError(.splitSizes(sizes, dim, shape.dims[axis]), operands: [self])
        }
        var parts: [Tensor] = []
        var start = 0
        for size in sizes {
            parts.append(try slice(axis, start, start + size))
            start += size
        }
        return parts
    }

    /// Parts of `size` elements along an axis; the last may be smaller.
    public func split(every size: Int, dim: Int = 0) throws(TensorError) -> [Tensor] {
        let axis = try Axis.resolve(dim, rank: rank, "split", of: self)
        guard size > 0 else { throw TensorError(.value, "split", "the size of a part must be positive, not \(size)", operands: [self]) }
        let length = shape.dims[axis]
        return try split(stride(from: 0, to: length, by: size).map { Swift.min(size, length - $0) }, dim: axis)
    }

    /// At most `count` parts along an axis, as equal as whole elements allow, the last the smallest, as in PyTorch.
    public func chunk(_ count: Int, dim: Int = 0) throws(TensorError) -> [Tensor] {
        let axis = try Axis.resolve(dim, rank: rank, "chunk", of: self)
        guard count > 0 else { throw TensorError(.value, "chunk", "the number of parts must be positive, not \(count)", operands: [self]) }
        return try split(every: Swift.max(1, shape.dims[axis] / count + (shape.dims[axis] % count == 0 ? 0 : 1)), dim: axis)
    }

    private func slice(_ axis: Int, _ start: Int, _ stop: Int) throws(TensorError) -> Tensor {
        try index(Array(repeating: .all, count: axis) + [.slice(start: start, stop: stop)])
    }

    /// The elements where the mask does not hold, `value` elsewhere; the mask broadcasts to this shape.
    public func maskedFill(_ mask: Tensor, _ value: Double) throws(TensorError) -> Tensor {
        guard mask.dtype == .bool else {
            throw TensorError(.maskType("masked_fill"), operands: [self, mask])
        }
        guard mask.shape.broadcasts(to: shape) else {
            throw TensorError(.maskShape("masked_fill"), operands: [self, mask])
        }
        return try Tensor.where(mask, BinaryOperation.scalar(value, beside: self).to(dtype), self)
    }

    /// The elements on and below a diagonal of each matrix of the last two axes, 0 elsewhere; 0 is the main diagonal, 1 the one above.
    public func tril(diagonal: Int = 0) throws(TensorError) -> Tensor { try triangle("tril", diagonal) { $0 <= $1 } }

    /// The elements on and above a diagonal of each matrix of the last two axes, 0 elsewhere.
    public func triu(diagonal: Int = 0) throws(TensorError) -> Tensor { try triangle("triu", diagonal) { $0 >= $1 } }

    private func triangle(_ name: String, _ diagonal: Int, _ isKept: (Int, Int) -> Bool) throws(TensorError) -> Tensor {
        guard rank >= 2 else { throw TensorError(.noMatrix(name), operands: [self]) }
        let (rows, columns) = (shape[-2], shape[-1])
        // Diagonals outside the matrix are all alike, and sums of sizes do not overflow.
        let offset = Swift.min(Swift.max(diagonal, -rows), columns)
        let mask = try Tensor.build([rows, columns], as: Bool.self, name) { out throws(TensorError) in
            try EarlyEnd.pieces(out.count, name) { for i in $0 { out[i] = isKept(i % columns, i / columns + offset) } }
        }
        return try Tensor.where(mask, self, Tensor(scalar: 0, dtype: dtype == .bool ? .bool : dtype))
    }

    /// [..., classes] with 1 at each class number and 0 elsewhere, i32; `classes` is the largest number + 1 unless given: at most
    /// `mostInferredClasses` then, as a stray number would ask for gigabytes.
    public static func oneHot(_ labels: Tensor, classes: Int? = nil) throws(TensorError) -> Tensor {
        guard labels.dtype == .i32 else {
            throw TensorError(.oneHotType, operands: [labels])
        }
        let numbers = try labels.elements(Int32.self, "one_hot").map(Int.init)
        let most = numbers.max() ?? -1
        if classes == nil, most >= mostInferredClasses {
            throw TensorError(
                .value, "one_hot", "class \(most) would make a row of \(most + 1) numbers",
                help: "give num_classes, if there are so many classes", operands: [labels])
        }
        let classes = classes ?? most + 1
        if let bad = numbers.first(where: { $0 < 0 || $0 >= classes }) {
            throw TensorError(.index, "one_hot", "class \(bad) is outside 0..<\(classes)", operands: [labels])
        }
        let result = try zeros(Shape(labels.shape.dims + [classes]), .i32, "one_hot")
        // New, contiguous, with a row for each number, which is inside of it.
        let out = result.mutableBase(Int32.self)
        for (row, number) in numbers.enumerated() { out[row * classes + number] = 1 }
        return result
    }

    private static let mostInferredClasses = 1 << 20
}
