/// One entry of an index expression such as `t[1:3, ..., none, -1]`.
public enum TensorIndex: Sendable {
    /// One position, which removes the axis; negative counts from the end.
    case index(Int)
    /// `start:stop:step` as in Python: bounds are limited to the axis, the step may be negative but not 0.
    case slice(start: Int?, stop: Int?, step: Int = 1)
    /// A new axis of size 1.
    case newAxis
    /// As many full axes as are left over.
    case ellipsis
    /// Several positions in any order, repeats allowed.
    case rows([Int])
    /// Positions where a bool tensor holds; alone, it may have the tensor's whole shape.
    case mask(Tensor)

    /// The whole axis.
    public static let all = TensorIndex.slice(start: nil, stop: nil)
}

extension Tensor {
    public subscript(indices: TensorIndex...) -> Tensor { get throws(TensorError) { try index(indices) } }

    /// The part that the entries name, axis by axis; axes not named are kept whole. A view, except for `rows` and `mask`.
    public func index(_ indices: [TensorIndex]) throws(TensorError) -> Tensor {
        let span = OperationSpan("index")
        defer { span.end() }
        if indices.count == 1, case .mask(let mask) = indices[0], mask.rank != 1 { return try maskedSelect(mask) }
        let consumed = indices.count { entry in
            switch entry {
            case .index, .slice, .rows, .mask: true
            case .newAxis, .ellipsis: false
            }
        }
        guard consumed <= rank else {
            throw TensorError(.indexCount(consumed, rank), operands: [self])
        }
        // The part's place in this storage, and in a contiguous tensor of this shape, which the gradient is.
        var places = [layout, Layout(contiguous: shape)]
        var gathers: [(axis: Int, rows: [Int])] = []
        var axis = 0
        var hasEllipsis = false
        for entry in indices {
            switch entry {
            case .index(let i):
                let position = try position(i, size: places[0].shape.dims[axis])
                places = places.map { $0.sliced(axis: axis, start: position, step: 1, count: 1).removing(axis: axis) }
            case .slice(let start, let stop, let step):
                let range = try resolve(start, stop, step, size: places[0].shape.dims[axis])
                places = places.map { $0.sliced(axis: axis, start: range.start, step: step, count: range.count) }
                axis += 1
            case .newAxis:
                places = places.map { $0.inserting(axis: axis) }
                axis += 1
            case .ellipsis:
                guard !hasEllipsis else { throw TensorError(.twoEllipses, operands: [self]) }
                hasEllipsis = true
                axis += rank - consumed
            case .rows(let rows):
                gathers.append((axis, rows))
                axis += 1
            case .mask(let mask):
                gathers.append((axis, try positions(mask, size: places[0].shape.dims[axis])))
                axis += 1
            }
        }
        var result = places[0] == layout ? self : part(at: places[0], gradientAt: places[1])
        for (axis, rows) in gathers { result = try result.gather(rows, dim: axis) }
        return result
    }

    /// A view of this storage; its gradient is zero elsewhere.
    private func part(at place: Layout, gradientAt target: Layout) -> Tensor {
        let shape = shape
        return Tensor.recordingDense("index", view(place), inputs: [self]) { dy, _ throws(TensorError) in
            let full = try Tensor.zeros(shape, dtype: dy.dtype)
            try full.fill(from: dy, at: target, "index")
            return [full]
        }
    }

    private func positions(_ mask: Tensor, size: Int) throws(TensorError) -> [Int] {
        guard mask.dtype == .bool, mask.rank == 1, mask.count == size else {
            throw TensorError(.axisMask(size), operands: [self, mask])
        }
        return try mask.places("index")
    }

    private func position(_ i: Int, size: Int) throws(TensorError) -> Int {
        let position = i < 0 ? i.addingReportingOverflow(size).partialValue : i
        guard position >= 0, position < size else {
            throw TensorError(.outside(i, size), operands: [self])
        }
        return position
    }

    /// First position and number of positions of a Python slice.
    private func resolve(_ start: Int?, _ stop: Int?, _ step: Int, size: Int) throws(TensorError) -> (start: Int, count: Int) {
        guard step != 0, step != .min else { throw TensorError(.sliceStep(step), operands: [self]) }
        let lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1
        func limited(_ bound: Int?, _ fallback: Int) -> Int {
            guard let bound else { return fallback }
            let position = bound < 0 ? bound.addingReportingOverflow(size).partialValue : bound
            return Swift.min(Swift.max(position, lowest), highest)
        }
        let first = limited(start, step > 0 ? lowest : highest), last = limited(stop, step > 0 ? highest : lowest)
        let distance = step > 0 ? last - first : first - last
        let count = distance <= 0 ? 0 : (distance - 1) / Swift.abs(step) + 1
        return (count == 0 ? 0 : first, count)
    }
}
