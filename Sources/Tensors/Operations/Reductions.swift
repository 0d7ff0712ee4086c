/// Reductions over axes. `dim` nil means all axes; `keepdim` leaves reduced axes with size 1.
extension Tensor {
    /// Sum. i32 and bool give i32.
    public func sum(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("sum")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "sum", of: self)
        guard dtype.isFloating else { return try integerSum(axes, keepdim) }
        let result = try RowReduction.sum(detach(), axes)
        let shape = shape
        return try Tensor.recordingDense("sum", result, inputs: [self]) { dy, _ in [dy.view(dy.layout.expanded(to: shape))] }
            .finish(axes, keepdim)
    }

    /// Arithmetic mean; i32 and bool give f32. The mean of nothing is nan.
    public func mean(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("mean")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "mean", of: self)
        let total = try (dtype.isFloating ? self : to(.f32)).sum(dim: axes, keepdim: keepdim)
        return try total / Double(axes.reduce(1) { $0 * shape.dims[$1] })
    }

    /// Largest element; nan if there is one. The gradient goes to its first place.
    public func max(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try extreme("max", dim, keepdim, sign: 1)
    }

    /// Smallest element; nan if there is one. The gradient goes to its first place.
    public func min(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try extreme("min", dim, keepdim, sign: -1)
    }

    /// Position of the first largest element along an axis (of all elements if nil), as i32.
    public func argmax(dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try argExtreme("argmax", dim, keepdim, sign: 1)
    }

    /// Position of the first smallest element along an axis (of all elements if nil), as i32.
    public func argmin(dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try argExtreme("argmin", dim, keepdim, sign: -1)
    }

    /// Variance: squared deviations over n - correction. 1 is the unbiased estimate, as in PyTorch.
    public func `var`(dim: [Int]? = nil, correction: Int = 1, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("var")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "var", of: self)
        let input = try dtype.isFloating ? self : to(.f32)
        let degrees = Double(axes.reduce(1) { $0 * shape.dims[$1] } - correction)
        let centered = try input.detach() - input.detach().mean(dim: axes, keepdim: true)
        let result = try centered.square().sum(dim: axes, keepdim: true) / Swift.max(degrees, 0)
        return try Tensor.recordingDense("var", result, inputs: [input]) { dy, _ throws(TensorError) in
            [try dy * centered * (2 / Swift.max(degrees, 0))]
        }.finish(axes, keepdim)
    }

    /// Standard deviation, the root of `var`; its gradient is 0 where it is 0.
    public func std(dim: [Int]? = nil, correction: Int = 1, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("std")
        defer { span.end() }
        let dim = try Axis.resolve(dim, rank: rank, "std", of: self)
        let variance = try self.var(dim: dim, correction: correction, keepdim: keepdim)
        let root = try variance.detach().sqrt()
        return Tensor.recordingDense("std", root, inputs: [variance]) { dy, _ throws(TensorError) in
            [try Tensor.where(root.equal(0), Tensor(scalar: 0, dtype: dy.dtype), dy / (root * 2))]
        }
    }

    /// Euclidean length √Σx²; its gradient is 0 where it is 0.
    public func norm(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("norm")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "norm", of: self)
        let input = try dtype.isFloating ? self : to(.f32)
        let result = try RowReduction.norm(input.detach(), axes)
        let x = input.detach()
        return try Tensor.recordingDense("norm", result, inputs: [input]) { dy, _ throws(TensorError) in
            [try x * Tensor.where(result.equal(0), Tensor(scalar: 0, dtype: dy.dtype), dy / result)]
        }.finish(axes, keepdim)
    }

    /// log Σ eˣ, computed without overflow.
    public func logsumexp(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("logsumexp")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "logsumexp", of: self)
        let input = try dtype.isFloating ? self : to(.f32)
        let result = try RowReduction.logsumexp(input.detach(), axes)
        let x = input.detach()
        return try Tensor.recordingDense("logsumexp", result, inputs: [input]) { dy, _ throws(TensorError) in
            // Where the result is -inf every term is 0, and so is its share.
            let shares = try Tensor.where(result.equal(-Double.infinity), Tensor(scalar: 0, dtype: dy.dtype), (x - result).exp())
            return [try dy * shares]
        }.finish(axes, keepdim)
    }

    /// Whether any element is not 0.
    public func any(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("any")
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, "any", of: self)
        return try to(.bool).to(.i32).sum(dim: axes, keepdim: keepdim).greater(0)
    }

    /// Whether no element is 0.
    public func all(dim: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("all")
        defer { span.end() }
        // The axes are looked for here, so that an error names this operation.
        let dim = try Axis.resolve(dim, rank: rank, "all", of: self)
        return try any(inverted: dim, keepdim)
    }

    private func any(inverted dim: [Int]?, _ keepdim: Bool) throws(TensorError) -> Tensor {
        try to(.bool).logicalNot().any(dim: dim, keepdim: keepdim).logicalNot()
    }

    /// Running sum along an axis.
    public func cumsum(dim: Int) throws(TensorError) -> Tensor {
        let span = OperationSpan("cumsum")
        defer { span.end() }
        let axis = try Axis.resolve(dim, rank: rank, "cumsum", of: self)
        let input = try dtype == .bool ? to(.i32) : self
        let result = try input.detach().runningSum(axis, reversed: false)
        return Tensor.recordingDense("cumsum", result, inputs: [input]) { dy, _ throws(TensorError) in
            [try dy.runningSum(axis, reversed: true)]
        }
    }
}

extension Tensor {
    /// Removes the reduced axes of size 1 unless they are to stay.
    fileprivate func finish(_ axes: [Int], _ keepdim: Bool) throws(TensorError) -> Tensor {
        if keepdim || axes.isEmpty { return self }
        return try reshape(shape.dims.enumerated().filter { !axes.contains($0.offset) }.map(\.element))
    }

    /// The axes moved to the end and the elements made contiguous: a matrix with one row for each element of the result.
    func rows(reducing axes: [Int]) throws(TensorError) -> (matrix: Tensor, rows: Int, columns: Int, kept: Shape) {
        let others = (0..<rank).filter { !axes.contains($0) }
        let columns = axes.reduce(1) { $0 * shape.dims[$1] }
        let rows = others.reduce(1) { $0 * shape.dims[$1] }
        let moved = try view(layout.permuted(others + axes)).contiguous()
        var kept = shape.dims
        for axis in axes { kept[axis] = 1 }
        return (moved, rows, columns, Shape(kept))
    }

    private func integerSum(_ axes: [Int], _ keepdim: Bool) throws(TensorError) -> Tensor {
        let (matrix, rows, columns, kept) = try to(.i32).rows(reducing: axes)
        let result = try Tensor.build(kept, as: Int32.self, "sum") { out throws(TensorError) in
            try matrix.withElements(Int32.self) { values throws(TensorError) in
                try EarlyEnd.pieces(rows, width: columns, "sum") { range throws(TensorError) in
                    for row in range {
                        var total = 0
                        try EarlyEnd.pieces(columns, "sum") { for i in $0 { total += Int(values[row * columns + i]) } }
                        guard let exact = Int32(exactly: total) else {
                            throw TensorError(
                                .numeric, "sum", "i32 overflow: the sum is \(total)", help: "convert to f64", operands: [self])
                        }
                        out[row] = exact
                    }
                }
            }
        }
        return try result.finish(axes, keepdim)
    }

    private func extreme(_ name: String, _ dim: [Int]?, _ keepdim: Bool, sign: Int) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        let axes = try Axis.resolve(dim, rank: rank, name, of: self)
        let (matrix, rows, columns, kept) = try detach().rows(reducing: axes)
        guard columns > 0 || rows == 0 else {
            throw TensorError(
                .value, name, "nothing to choose from: a reduced axis has size 0",
                help: "look at x.shape first", operands: [self])
        }
        let places = try RowReduction.places(name, matrix, rows, columns, sign)
        var flat: [Int] = []
        flat.reserveCapacity(rows)
        try EarlyEnd.pieces(rows, name) { for row in $0 { flat.append(row * columns + Int(places[row])) } }
        let result = try matrix.flatten().gatherRows(flat).reshape(kept.dims)
        let others = (0..<rank).filter { !axes.contains($0) }
        let moved = Shape((others + axes).map { shape.dims[$0] })
        var back = [Int](repeating: 0, count: rank)
        for (to, from) in (others + axes).enumerated() { back[from] = to }
        return try Tensor.recordingDense(name, result, inputs: [self]) { [flat] dy, _ throws(TensorError) in
            let values = try dy.flatten()
            let spread = RowGradient(indices: flat.map(Int32.init(truncatingIfNeeded:)), values: values, rowCount: rows * columns)
            return [try spread.dense().reshape(moved.dims).permute(back)]
        }.finish(axes, keepdim)
    }

    private func argExtreme(_ name: String, _ dim: Int?, _ keepdim: Bool, sign: Int) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        let axes = try Axis.resolve(dim.map { [$0] }, rank: rank, name, of: self)
        let (matrix, rows, columns, kept) = try detach().rows(reducing: axes)
        guard columns > 0 || rows == 0 else {
            throw TensorError(.value, name, "nothing to choose from: a reduced axis has size 0", operands: [self])
        }
        return try Tensor(RowReduction.places(name, matrix, rows, columns, sign), shape: kept).finish(axes, keepdim)
    }

    private func runningSum(_ axis: Int, reversed: Bool) throws(TensorError) -> Tensor {
        let moved = try view(layout.swapped(axis, rank - 1)).contiguous()
        let width = shape.dims[axis]
        let result: Tensor
        switch dtype {
        case .f32: result = try moved.runningSum(Float.self, width, reversed) { $0 + $1 }
        case .f64: result = try moved.runningSum(Double.self, width, reversed) { $0 + $1 }
        case .i32, .bool:
            result = try moved.runningSum(Int32.self, width, reversed) { total, x throws(TensorError) in
                let (sum, overflow) = total.addingReportingOverflow(x)
                guard !overflow else { throw TensorError(.numeric, "cumsum", "i32 overflow", help: "convert to f64", operands: [self]) }
                return sum
            }
        }
        return result.view(result.layout.swapped(axis, rank - 1))
    }

    private func runningSum<T: TensorElement & Numeric>(
        _ type: T.Type, _ width: Int, _ reversed: Bool, _ add: (T, T) throws(TensorError) -> T
    ) throws(TensorError) -> Tensor {
        try withElements(T.self) { from throws(TensorError) in
            try Tensor.build(shape, as: T.self, "cumsum") { to throws(TensorError) in
                try EarlyEnd.pieces(from.count / Swift.max(width, 1), width: width, "cumsum") { rows throws(TensorError) in
                    for row in rows {
                        var total: T = 0
                        try EarlyEnd.pieces(width, "cumsum") { range throws(TensorError) in
                            for i in range {
                                let at = row * width + (reversed ? width - 1 - i : i)
                                total = try add(total, from[at])
                                to[at] = total
                            }
                        }
                    }
                }
            }
        }
    }
}
