import Language
import Tensors

/// Matrix products and what is made of them.
extension TensorSketch {
    /// A size in a message about products; one that is not known is like no other.
    private struct Size: Equatable, CustomStringConvertible {
        let axis: ShapeAxis
        var description: String { axis.description }
        static func == (a: Size, b: Size) -> Bool { a.axis == b.axis && a.axis != .unknown }
    }

    private var last: ShapeAxis { axes?.last ?? .unknown }
    private var secondLast: ShapeAxis { axes?.dropLast().last ?? .unknown }
    /// Where the number of axes is not known, it may be enough.
    private func mayHave(_ axes: Int) -> Bool { rank.map { $0 >= axes } ?? true }
    private func mayHaveExactly(_ axes: Int) -> Bool { rank.map { $0 == axes } ?? true }

    func matmul(_ other: TensorSketch) throws -> TensorSketch {
        guard mayHave(1), other.mayHave(1) else { throw ShapeFailure(.scalarMatmul, [self, other]) }
        let promoted = Self.promoted(self, other)
        guard promoted.contains(where: \.isFloating) else { throw ShapeFailure(.integerMatmul, [self, other]) }
        let dtypes = promoted.filter(\.isFloating)
        guard let a = axes, let b = other.axes else { return TensorSketch(dtypes, nil) }
        let summed = b.count == 1 ? b[0] : other.secondLast
        guard !last.differs(from: summed) else {
            throw ShapeFailure(.matmulInner(a.map(Size.init), b.map(Size.init)), [self, other])
        }
        guard let leading = Self.broadcast(Array(a.dropLast(2)), Array(b.dropLast(2))) else {
            throw ShapeFailure(.matmulLeading, [self, other])
        }
        return TensorSketch(dtypes, leading + (a.count == 1 ? [] : [secondLast]) + (b.count == 1 ? [] : [other.last]))
    }

    static func dot(_ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        guard a.mayHaveExactly(1), b.mayHaveExactly(1), !a.last.differs(from: b.last) else { throw ShapeFailure(.dot, [a, b]) }
        return try binary("mul", a, b).with(axes: [])
    }

    static func outer(_ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        guard a.mayHaveExactly(1), b.mayHaveExactly(1) else { throw ShapeFailure(.outer, [a, b]) }
        // Both have an axis, so that neither takes the other's dtype.
        return try binary("mul", a.with(axes: [a.last, .size(1)]), b.with(axes: [.size(1), b.last]))
            .with(axes: [a.last, b.last])
    }

    static func bmm(_ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        guard a.mayHaveExactly(3), b.mayHaveExactly(3), !(a.axes?[0] ?? .unknown).differs(from: b.axes?[0] ?? .unknown) else {
            throw ShapeFailure(.bmm, [a, b])
        }
        return try a.matmul(b)
    }

    static func cdist(_ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        guard a.mayHave(2), b.mayHave(2), !a.last.differs(from: b.last) else { throw ShapeFailure(.cdist, [a, b]) }
        guard let x = a.axes, let y = b.axes else { return TensorSketch(promoted(a, b).real, nil) }
        let gaps = try binary(
            "sub", a.with(axes: x.inserting(.size(1), at: x.count - 1)), b.with(axes: y.inserting(.size(1), at: y.count - 2)))
        return gaps.real.with(axes: gaps.axes.map { $0.dropLast() })
    }

    static func linear(_ x: TensorSketch, _ weight: TensorSketch, _ bias: TensorSketch?) throws -> TensorSketch {
        guard weight.mayHaveExactly(2), x.mayHave(1), !x.last.differs(from: weight.last) else { throw ShapeFailure(.linear, [x, weight]) }
        let outputs = weight.secondLast
        if let bias, !bias.mayHaveExactly(1) || bias.last.differs(from: outputs) {
            throw ShapeFailure(.linearBias(outputs), [x, weight, bias])
        }
        let product = try x.matmul(weight.with(axes: [weight.last, outputs]))
        guard let bias else { return product }
        let sum = try binary("add", product, bias.with(axes: [bias.last.merged(with: outputs)]))
        return sum.with(axes: product.axes.map { $0.dropLast() + [bias.last.merged(with: outputs)] })
    }

    static func attention(_ q: TensorSketch, _ k: TensorSketch, _ v: TensorSketch) throws -> TensorSketch {
        guard q.mayHave(2), k.mayHave(2), v.mayHave(2), !q.last.differs(from: k.last), !k.secondLast.differs(from: v.secondLast) else {
            throw ShapeFailure(.attention, [q, k, v])
        }
        let keys = k.with(axes: k.axes.map { $0.dropLast(2) + [k.last, k.secondLast] })
        return try q.matmul(keys).matmul(v)
    }

    static func layerNorm(_ x: TensorSketch, _ weight: TensorSketch, _ bias: TensorSketch) throws -> TensorSketch {
        guard x.mayHave(1), x.dtypes.contains(where: \.isFloating), weight.mayHaveExactly(1), bias.mayHaveExactly(1),
            !x.last.differs(from: weight.last), !weight.last.differs(from: bias.last), !x.last.differs(from: bias.last)
        else { throw ShapeFailure(.layerNorm, [x, weight, bias]) }
        let size = x.last.merged(with: weight.last).merged(with: bias.last)
        return TensorSketch(x.dtypes.filter(\.isFloating), x.axes.map { $0.dropLast() + [size] })
    }

    /// - Parameter dim: nil if not known.
    static func cosine(_ a: TensorSketch, _ b: TensorSketch, dim: Int?) throws -> TensorSketch {
        let dtypes = promoted(a.real, b.real)
        guard let dim, let x = a.axes, let y = b.axes else { return TensorSketch(dtypes, nil) }
        let rank = max(x.count, y.count)
        guard let axis = try (x.count >= y.count ? a : b).axis(dim, "cosine_similarity") else { return TensorSketch(dtypes, nil) }
        let fromEnd = rank - axis
        guard fromEnd <= x.count, fromEnd <= y.count, !x[x.count - fromEnd].differs(from: y[y.count - fromEnd]) else {
            throw ShapeFailure(.cosineAxis(dim), [a, b])
        }
        return TensorSketch(dtypes, try broadcast("mul", a, b)?.removing(axis))
    }
}

extension Set<DType> {
    fileprivate var real: Set<DType> { Set(map { $0.isFloating ? $0 : .f32 }) }
}
