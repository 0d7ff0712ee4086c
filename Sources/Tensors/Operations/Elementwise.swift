/// Drives kernels of two operands over broadcast shapes: inner runs go to the kernel, outer axes are counted through here.
enum Elementwise {
    static func binary(_ name: String, _ function: BinaryFunction, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let shape = try broadcastShape(name, a, b)
        let result = try Tensor.uninitialized(shape, a.dtype, name)
        switch a.dtype {
        case .f32: try floating(Float.self, function, a, b, result)
        case .f64: try floating(Double.self, function, a, b, result)
        case .i32, .bool:
            let x = a.view(a.layout.expanded(to: shape)).int32s(), y = b.view(b.layout.expanded(to: shape)).int32s()
            return try Tensor.build(shape, as: Int32.self, name) { out throws(TensorError) in
                for i in out.indices {
                    guard let value = function.apply(x[i], y[i]) else {
                        let divides = function == .floorDivide || function == .remainder
                        throw TensorError(
                            .numeric, name, divides && y[i] == 0 ? "integer division by zero" : "i32 overflow: \(x[i]) and \(y[i])",
                            help: "convert to f64", operands: [a, b])
                    }
                    out[i] = value
                }
            }
        }
        return result
    }

    private static func floating<T: FloatingElement>(
        _ type: T.Type, _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, _ out: Tensor
    ) throws(TensorError) {
        try runs(a, b, out.shape) { a, aStep, b, bStep, offset, n in
            function.run(
                a.assumingMemoryBound(to: T.self), aStep, b.assumingMemoryBound(to: T.self), bStep, out.mutableBase(T.self) + offset, n)
        }
    }

    static func broadcastShape(_ name: String, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Shape {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw TensorError(
                .shape, name, "shapes \(a.shape) and \(b.shape) do not broadcast",
                help: "sizes, aligned at the last axis, must be equal or 1", operands: [a, b])
        }
        return shape
    }

    /// Calls `body` for every innermost run of the broadcast `shape` with both operands' addresses and steps (0 or 1),
    /// the run's position in a row-major result, and its length. Both operands must have one dtype.
    static func runs(
        _ a: Tensor, _ b: Tensor, _ shape: Shape,
        _ body: (_ a: UnsafeRawPointer, _ aStep: Int, _ b: UnsafeRawPointer, _ bStep: Int, _ offset: Int, _ n: Int) -> Void
    ) throws(TensorError) {
        if shape.count == 0 { return }
        var a = a, b = b
        var (out, sides) = plan(a, b, shape)
        // Kernels step by 0 or 1: an operand that strides otherwise is copied once.
        let copiesA = !(0...1 ~= (sides[0].strides.last ?? 1)), copiesB = !(0...1 ~= (sides[1].strides.last ?? 1))
        if copiesA || copiesB {
            if copiesA { a = try a.copied("contiguous") }
            if copiesB { b = try b.copied("contiguous") }
            (out, sides) = plan(a, b, shape)
        }
        let size = a.dtype.size
        let n = out.shape.dims.last ?? 1
        let aStep = sides[0].strides.last ?? 1, bStep = sides[1].strides.last ?? 1
        // Layouts address only elements inside storages that `a` and `b` retain until after the loop.
        let aStart = UnsafeRawPointer(a.storage.pointer) + a.layout.offset * size
        let bStart = UnsafeRawPointer(b.storage.pointer) + b.layout.offset * size
        defer { withExtendedLifetime((a, b)) {} }
        Odometer.run(
            Array(out.shape.dims.dropLast()),
            [Array(out.strides.dropLast()), Array(sides[0].strides.dropLast()), Array(sides[1].strides.dropLast())]
        ) { offsets in
            body(aStart + offsets[1] * size, aStep, bStart + offsets[2] * size, bStep, offsets[0], n)
        }
    }

    private static func plan(_ a: Tensor, _ b: Tensor, _ shape: Shape) -> (Layout, [Layout]) {
        Layout(contiguous: shape).collapsed([a.layout.expanded(to: shape), b.layout.expanded(to: shape)])
    }
}
