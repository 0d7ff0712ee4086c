/// Visits a layout's element offsets in row-major order, with as few nested loops as its strides allow.
struct StridedWalk {
    private let outerDims: [Int]
    private let outerStrides: [Int]
    /// Length and step of the innermost run.
    let run: Int
    let step: Int

    /// Offsets are relative to the address of the layout's first element.
    init(_ layout: Layout) {
        let merged = layout.collapsed([]).0
        outerDims = Array(merged.shape.dims.dropLast())
        outerStrides = Array(merged.strides.dropLast())
        run = layout.shape.count == 0 ? 0 : merged.shape.dims.last ?? 1
        step = merged.strides.last ?? 1
    }

    func forEach(_ body: (Int) -> Void) {
        forEachRun { start in
            EarlyEnd.ranges(run) { for i in $0 { body(start + i * step) } }
        }
    }

    /// Calls `body` with the offset at which each innermost run starts.
    func forEachRun(_ body: (Int) -> Void) {
        if run == 0 { return }
        Odometer.run(outerDims, [outerStrides]) { offsets in body(offsets[0]) }
    }
}

/// Counts through the indices of nested loops and keeps several offsets in step.
enum Odometer {
    /// Calls `body` for every index of `dims` in row-major order with each strides' offset, starting at 0. Inside of `EarlyEnd.allowing` it
    /// may leave the rest undone.
    static func run(_ dims: [Int], _ strides: [[Int]], _ body: ([Int]) -> Void) {
        if dims.contains(0) { return }
        let end = EarlyEnd.current
        var index = [Int](repeating: 0, count: dims.count)
        var offsets = [Int](repeating: 0, count: strides.count)
        while !(end?.isDue ?? false) {
            body(offsets)
            var axis = dims.count - 1
            while axis >= 0 {
                index[axis] += 1
                for i in offsets.indices { offsets[i] += strides[i][axis] }
                if index[axis] < dims[axis] { break }
                for i in offsets.indices { offsets[i] -= strides[i][axis] * dims[axis] }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
