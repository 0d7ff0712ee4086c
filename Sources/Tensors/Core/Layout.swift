/// Where a tensor's elements lie in its storage: element (i, j, …) is at `offset + i * strides[0] + j * strides[1] + …`.
///
/// Views are other layouts over the same storage. Strides may be 0 (an expanded axis) or negative (a reversed one).
struct Layout: Hashable, Sendable {
    let shape: Shape
    let strides: [Int]
    let offset: Int

    init(_ shape: Shape, strides: [Int], offset: Int) {
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// Row-major from the start of the storage.
    init(contiguous shape: Shape) { self.init(shape, strides: shape.contiguousStrides, offset: 0) }

    /// Whether the elements are in row-major order without gaps.
    var isContiguous: Bool {
        var step = 1
        for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
            let size = shape.dims[axis]
            if size == 0 { return true }
            if size != 1 {
                // Without elements there is nothing out of order, whatever the other strides.
                if strides[axis] != step { return shape.dims[..<axis].contains(0) }
                step *= size
            }
        }
        return true
    }

    func permuted(_ order: [Int]) -> Layout {
        Layout(Shape(order.map { shape.dims[$0] }), strides: order.map { strides[$0] }, offset: offset)
    }

    func swapped(_ i: Int, _ j: Int) -> Layout {
        var order = Array(0..<shape.rank)
        order.swapAt(i, j)
        return permuted(order)
    }

    /// Stretched to `target` with strides of 0; `shape.broadcasts(to: target)` must hold.
    func expanded(to target: Shape) -> Layout {
        if target == shape { return self }
        let extra = target.rank - shape.rank
        let strides = (0..<target.rank).map { axis in
            axis < extra || (shape.dims[axis - extra] == 1 && target.dims[axis] != 1) ? 0 : self.strides[axis - extra]
        }
        return Layout(target, strides: strides, offset: offset)
    }

    func inserting(axis: Int) -> Layout {
        var dims = shape.dims, strides = strides
        strides.insert(axis < dims.count ? strides[axis] * max(dims[axis], 1) : 1, at: axis)
        dims.insert(1, at: axis)
        return Layout(Shape(dims), strides: strides, offset: offset)
    }

    func removing(axis: Int) -> Layout {
        var dims = shape.dims, strides = strides
        dims.remove(at: axis)
        strides.remove(at: axis)
        return Layout(Shape(dims), strides: strides, offset: offset)
    }

    /// `count` elements of `axis` from `start` on, `step` apart; all of them must exist.
    func sliced(axis: Int, start: Int, step: Int, count: Int) -> Layout {
        var dims = shape.dims, strides = strides
        dims[axis] = count
        // `offset` stays inside the storage also for an empty slice that starts at the end.
        let offset = count == 0 ? offset : offset + start * strides[axis]
        strides[axis] = count <= 1 ? strides[axis] : strides[axis] * step
        return Layout(Shape(dims), strides: strides, offset: offset)
    }

    /// The same elements in the same order under another shape of the same count, or nil if that takes a copy.
    func reshaped(_ target: Shape) -> Layout? {
        if isContiguous { return Layout(target, strides: target.contiguousStrides, offset: offset) }
        // Groups of old axes that are contiguous among themselves can be regrouped freely.
        let merged = collapsed([]).0
        var strides = [Int](repeating: 0, count: target.rank)
        var group = merged.shape.rank - 1
        var left = group >= 0 ? merged.shape.dims[group] : 1
        var step = group >= 0 ? merged.strides[group] : 1
        for axis in stride(from: target.rank - 1, through: 0, by: -1) {
            let size = target.dims[axis]
            if size == 1 {
                strides[axis] = step
                continue
            }
            while left == 1, group > 0 {
                group -= 1
                left = merged.shape.dims[group]
                step = merged.strides[group]
            }
            guard left % size == 0 else { return nil }
            strides[axis] = step
            left /= size
            step *= size
        }
        return Layout(target, strides: strides, offset: offset)
    }

    /// Merges neighbouring axes wherever every one of the layouts steps through them evenly, and drops axes of size 1.
    ///
    /// All layouts must have this shape. The result walks the same elements in the same order with fewer loops.
    func collapsed(_ others: [Layout]) -> (Layout, [Layout]) {
        var dims: [Int] = []
        var strides = [[Int]](repeating: [], count: others.count + 1)
        for axis in 0..<shape.rank {
            let size = shape.dims[axis]
            if size == 1 { continue }
            let steps = [self.strides[axis]] + others.map { $0.strides[axis] }
            if let last = dims.last, zip(strides, steps).allSatisfy({ $0.0[dims.count - 1] == $0.1 * size }) {
                dims[dims.count - 1] = last * size
                for i in strides.indices { strides[i][dims.count - 1] = steps[i] }
            } else {
                dims.append(size)
                for i in strides.indices { strides[i].append(steps[i]) }
            }
        }
        let merged = Shape(dims)
        return (
            Layout(merged, strides: strides[0], offset: offset),
            others.indices.map { Layout(merged, strides: strides[$0 + 1], offset: others[$0].offset) }
        )
    }
}
