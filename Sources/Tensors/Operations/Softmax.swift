extension Tensor {
    /// eˣ / Σ eˣ along an axis, computed without overflow.
    public func softmax(dim: Int) throws(TensorError) -> Tensor { try softmax("softmax", dim, logarithm: false) }

    /// log(eˣ / Σ eˣ) along an axis, computed without overflow.
    public func logSoftmax(dim: Int) throws(TensorError) -> Tensor { try softmax("log_softmax", dim, logarithm: true) }

    private func softmax(_ name: String, _ dim: Int, logarithm: Bool) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        let axis = try Axis.resolve(dim, rank: rank, name, of: self)
        let input = try dtype.isFloating ? self : to(.f32)
        let last = rank - 1, columns = shape.dims[axis]
        let x = try input.view(input.layout.swapped(axis, last)).contiguous()
        let y = try Tensor.uninitialized(x.shape, x.dtype, name)
        func forward<T: FloatingElement>(_ type: T.Type) {
            // Both contiguous and of one shape, with rows of `columns` elements.
            if logarithm {
                Kernels.logSoftmax(x.buffer(T.self), columns: columns, into: y.mutableBuffer(T.self))
            } else {
                Kernels.softmax(x.buffer(T.self), columns: columns, into: y.mutableBuffer(T.self))
            }
            withExtendedLifetime((x, y)) {}
        }
        try EarlyEnd.allowing(name, x.count) { forward(x.dtype.element) }
        return Tensor.recordingDense(name, y.view(y.layout.swapped(axis, last)), inputs: [input]) { dy, _ throws(TensorError) in
            let dy = try dy.view(dy.layout.swapped(axis, last)).contiguous()
            let dx = try Tensor.uninitialized(dy.shape, dy.dtype, name)
            func backward<T: FloatingElement>(_ type: T.Type) {
                // As above.
                if logarithm {
                    Kernels.logSoftmaxGradient(dy.buffer(T.self), y: y.buffer(T.self), columns: columns, into: dx.mutableBuffer(T.self))
                } else {
                    Kernels.softmaxGradient(dy.buffer(T.self), y: y.buffer(T.self), columns: columns, into: dx.mutableBuffer(T.self))
                }
                withExtendedLifetime((dy, y, dx)) {}
            }
            try EarlyEnd.allowing(name, dy.count) { backward(dy.dtype.element) }
            return [dx.view(dx.layout.swapped(axis, last))]
        }
    }
}
