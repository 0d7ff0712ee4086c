/// Drives kernels of two operands over broadcast shapes: the two innermost axes go to the kernel, outer ones are counted through here.
enum Elementwise {
    /// The operation on detached operands of one dtype.
    static func binary(_ name: String, _ kernel: ElementKernel, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let shape = try broadcastShape(name, a, b)
        guard a.dtype.isFloating else { return try integer(name, kernel, a, b, shape) }
        let result = try Tensor.uninitialized(shape, a.dtype, name)
        try floating(a.dtype.element, name, kernel, a, b, result)
        return result
    }

    private static func floating<T: FloatingElement>(
        _ type: T.Type, _ name: String, _ kernel: ElementKernel, _ a: Tensor, _ b: Tensor, _ out: Tensor
    ) throws(TensorError) {
        let to = out.mutableBase(T.self)
        defer { withExtendedLifetime((a, b, out)) {} }
        // Most operands are plain, or one is a number: no need to plan loops.
        if a.isContiguous, b.isContiguous, a.count == out.count || a.count == 1, b.count == out.count || b.count == 1 {
            let x = RowOperand(base: a.base(T.self), rowStride: 0, step: a.count == out.count ? 1 : 0)
            let y = RowOperand(base: b.base(T.self), rowStride: 0, step: b.count == out.count ? 1 : 0)
            return try EarlyEnd.allowing(name, out.count) { kernel.run(x, y, into: to, rows: 1, columns: out.count) }
        }
        try blocks(name, T.self, a, b, out.shape) { a, b, offset, rows, columns in
            kernel.run(a, b, into: to + offset, rows: rows, columns: columns)
        }
    }

    private static func integer(
        _ name: String, _ kernel: ElementKernel, _ a: Tensor, _ b: Tensor, _ shape: Shape
    ) throws(TensorError) -> Tensor {
        try a.withExpanded(to: shape, Int32.self, name) { x throws(TensorError) in
            try b.withExpanded(to: shape, Int32.self, name) { y throws(TensorError) in
                try Tensor.build(shape, as: Int32.self, name) { out throws(TensorError) in
                    try EarlyEnd.pieces(out.count, name) { range throws(TensorError) in
                        for i in range {
                            guard let value = kernel.integer(x[i], y[i]) else {
                                let divides = name == BinaryOperation.floorDivide.name || name == BinaryOperation.remainder.name
                                let problem = divides && y[i] == 0 ? "integer division by zero" : "no i32 result for \(x[i]) and \(y[i])"
                                throw TensorError(.numeric, name, problem, help: "convert to f64", operands: [a, b])
                            }
                            out[i] = value
                        }
                    }
                }
            }
        }
    }

    static func broadcastShape(_ name: String, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Shape {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw TensorError(.broadcast(name, a.shape, b.shape), operands: [a, b])
        }
        return shape
    }

    /// Calls `body` for every block of rows and columns of the broadcast `shape`, with the operands' rows and the block's place
    /// in a row-major result. Both operands must hold elements of type T.
    ///
    /// - Throws: also interrupted, between two blocks or inside of a kernel.
    static func blocks<T: TensorElement>(
        _ name: String, _ type: T.Type, _ a: Tensor, _ b: Tensor, _ shape: Shape,
        _ body: (_ a: RowOperand<T>, _ b: RowOperand<T>, _ offset: Int, _ rows: Int, _ columns: Int) -> Void
    ) throws(TensorError) {
        if shape.count == 0 { return }
        var a = a, b = b
        var (out, sides) = plan(a, b, shape)
        // Kernels step by 0 or 1 along a row: an operand that strides otherwise is copied once.
        let copies = sides.map { !(0...1 ~= ($0.strides.last ?? 1)) }
        if copies[0] || copies[1] {
            if copies[0] { a = try a.copied("contiguous") }
            if copies[1] { b = try b.copied("contiguous") }
            (out, sides) = plan(a, b, shape)
        }
        let rank = out.shape.rank
        let columns = rank > 0 ? out.shape.dims[rank - 1] : 1, rows = rank > 1 ? out.shape.dims[rank - 2] : 1
        // Layouts address only elements inside storages that `a` and `b` retain until after the loop.
        let starts = (a.base(T.self), b.base(T.self))
        defer { withExtendedLifetime((a, b)) {} }
        func operand(_ start: UnsafePointer<T>, _ layout: Layout) -> RowOperand<T> {
            RowOperand(base: start, rowStride: rank > 1 ? layout.strides[rank - 2] : 0, step: layout.strides.last ?? 1)
        }
        let strides = [out, sides[0], sides[1]].map { Array($0.strides.dropLast(2)) }
        try EarlyEnd.allowing(name, shape.count) {
            Odometer.run(Array(out.shape.dims.dropLast(2)), strides) { offsets in
                body(operand(starts.0 + offsets[1], sides[0]), operand(starts.1 + offsets[2], sides[1]), offsets[0], rows, columns)
            }
        }
    }

    private static func plan(_ a: Tensor, _ b: Tensor, _ shape: Shape) -> (Layout, [Layout]) {
        Layout(contiguous: shape).collapsed([a.layout.expanded(to: shape), b.layout.expanded(to: shape)])
    }
}

extension Tensor {
    /// `withElements` of this stretched to `shape`, for loops that are not worth a kernel.
    func withExpanded<T: TensorElement, R>(
        to shape: Shape, _ type: T.Type, _ operation: String, _ body: (UnsafeBufferPointer<T>) throws(TensorError) -> R
    ) throws(TensorError) -> R {
        try shape.check(operation, dtype)
        return try view(layout.expanded(to: shape)).withElements(T.self, body)
    }
}
