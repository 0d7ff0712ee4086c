import Language
import Tensors

/// Reductions, joining, and elements in another order, number or selection.
extension TensorSketch {
    /// - Parameter keepdim: nil if not known.
    func reduced(_ operation: String, _ dim: Dims, keepdim: Bool?) throws -> [ShapeAxis]? {
        guard let axes else { return dim.isAll && keepdim == false ? [] : nil }
        let places: [Int]
        switch dim {
        case .all: places = Array(axes.indices)
        case .axes(let dims): places = try self.axes(dims, operation) ?? []
        case .one: return keepdim.map { .unknown($0 ? axes.count : max(0, axes.count - 1)) }
        case .unknown: return keepdim == true ? .unknown(axes.count) : nil
        }
        guard let keepdim = places.isEmpty ? true : keepdim else { return nil }
        return axes.indices.compactMap { place in places.contains(place) ? (keepdim ? .size(1) : nil) : axes[place] }
    }

    /// Tensors joined along an axis.
    ///
    /// - Parameter dim: nil if not known.
    static func concat(_ tensors: [TensorSketch], dim: Int?, name: String) throws -> TensorSketch {
        guard let first = tensors.first else { throw ShapeFailure(.nothingToJoin("concat"), operands: [name]) }
        let dtypes = joined(tensors)
        guard let dim else { return TensorSketch(dtypes, first.axes.map { .unknown($0.count) }, name: name) }
        guard let axis = try first.axis(dim, "concat"), var axes = first.axes else {
            return TensorSketch(dtypes, tensors.first { $0.axes != nil }?.axes.map { .unknown($0.count) }, name: name)
        }
        var sizes: [ShapeAxis] = []
        for tensor in tensors {
            guard let own = tensor.axes else {
                sizes.append(.unknown)
                continue
            }
            guard own.count == axes.count, axes.indices.allSatisfy({ $0 == axis || !own[$0].differs(from: axes[$0]) }) else {
                throw ShapeFailure(.concat(axis), operands: [name])
            }
            axes = axes.merged(with: own)
            sizes.append(own[axis])
        }
        axes[axis] = sizes.count == 1 ? sizes[0] : sum(sizes)
        return TensorSketch(dtypes, axes, name: name)
    }

    /// - Parameter dim: nil if not known.
    static func stack(_ tensors: [TensorSketch], dim: Int?, name: String) throws -> TensorSketch {
        guard let first = tensors.first else { throw ShapeFailure(.nothingToJoin("stack"), operands: [name]) }
        var axes: [ShapeAxis]?
        for tensor in tensors {
            guard let own = tensor.axes else { continue }
            guard !(axes ?? own).differs(from: own) else { throw ShapeFailure(.stack, operands: [name]) }
            axes = axes?.merged(with: own) ?? own
        }
        let place = try dim.flatMap { try TensorSketch(first.dtypes, axes, name: name).axis($0, "stack", inserting: true) }
        guard let axes else { return TensorSketch(joined(tensors), nil, name: name) }
        return TensorSketch(
            joined(tensors), place.map { axes.inserting(.size(tensors.count), at: $0) } ?? .unknown(axes.count + 1), name: name)
    }

    private static func joined(_ tensors: [TensorSketch]) -> Set<DType> {
        guard let first = tensors.first else { return anyType }
        return tensors.dropFirst().reduce(first.dtypes) { found, tensor in
            Set(found.flatMap { dtype in tensor.dtypes.map { DType.promoted(dtype, $0) } })
        }
    }

    private static func sum(_ sizes: [ShapeAxis]) -> ShapeAxis {
        var total = 0
        for case .size(let size) in sizes { total = total.addingReportingOverflow(size).partialValue }
        return sizes.allSatisfy { if case .size = $0 { true } else { false } } ? .size(total) : .unknown
    }

    func repeated(_ counts: [ShapeAxis]?) throws -> TensorSketch {
        guard let counts else { return with(axes: nil) }
        let isNegative = counts.contains { if case .size(let count) = $0 { count < 0 } else { false } }
        guard counts.count >= rank ?? 0, !isNegative else {
            let shown = counts.map { if case .size(let count) = $0 { count } else { 0 } }
            // Without all counts there is nothing to show of them.
            guard counts.count() != nil, let rank else { throw ShapeFailure(.value, "repeat: needs a count of 0 or more for each axis") }
            throw ShapeFailure(.repeatCounts(shown, rank), [self])
        }
        guard let axes else { return with(axes: .unknown(counts.count)) }
        let dims = Array(repeating: ShapeAxis.size(1), count: counts.count - axes.count) + axes
        return with(
            axes: zip(dims, counts).map { size, count in
                size == .size(1) ? count : count == .size(1) ? size : [size, count].count().map { .size($0) } ?? .unknown
            })
    }

    /// Parts of `size` elements along an axis; nil for what is not known.
    func split(every size: Int?, dim: Int?) throws -> ArgumentFact {
        guard let dim else { return .items(with(axes: axes.map { .unknown($0.count) }).fact) }
        guard let place = try axis(dim, "split"), let axes else { return .items(with(axes: nil).fact) }
        guard let size, size > 0, case .size(let length) = axes[place] else {
            return .items(with(axes: axes.replacing(place, with: .unknown)).fact)
        }
        return .list(
            stride(from: 0, to: length, by: size).map { start in
                with(axes: axes.replacing(place, with: .size(min(size, length - start)))).fact
            })
    }

    func split(_ sizes: [ShapeAxis], dim: Int?) throws -> ArgumentFact {
        guard let dim, let place = try axis(dim, "split"), let axes else {
            return .list(sizes.map { _ in with(axes: axes.map { .unknown($0.count) }).fact })
        }
        var known: [Int] = []
        for case .size(let size) in sizes { known.append(size) }
        if known.count == sizes.count, case .size(let length) = axes[place] {
            let total = known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
            guard known.allSatisfy({ $0 >= 0 }), total == length else { throw ShapeFailure(.splitSizes(known, dim, length), [self]) }
        }
        return .list(sizes.map { with(axes: axes.replacing(place, with: $0)).fact })
    }

    func chunk(_ count: Int?, dim: Int?) throws -> ArgumentFact {
        guard let dim, let place = try axis(dim, "chunk"), let axes, let count, count > 0, case .size(let size) = axes[place] else {
            return try split(every: nil, dim: dim)
        }
        return try split(every: max(1, size / count + (size % count == 0 ? 0 : 1)), dim: place)
    }

    /// result[i…, j] = self[i…, index[i…, j]] along `dim`.
    func takeAlong(_ index: TensorSketch, dim: Int?) throws -> TensorSketch {
        guard let dim, let place = try axis(dim, "take_along"), let axes else { return with(axes: index.axes) }
        let fits =
            index.axes.map { own in
                own.count == axes.count && axes.indices.allSatisfy { $0 == place || !own[$0].differs(from: axes[$0]) }
            } ?? true
        guard index.dtypes.contains(.i32), fits else { throw ShapeFailure(.takeAlong(place), [self, index]) }
        return with(axes: axes.merged(with: index.axes ?? axes).replacing(place, with: index.axes?[place] ?? .unknown))
    }

    /// Positions along an axis; `count` of them.
    func gathered(_ count: ShapeAxis, dim: Int?) throws -> TensorSketch {
        guard let axes else { return self }
        guard let dim else { return with(axes: .unknown(axes.count)) }
        guard let place = try axis(dim, "gather") else { return with(axes: nil) }
        return with(axes: axes.replacing(place, with: count))
    }

    func maskedSelect(_ mask: TensorSketch) throws -> TensorSketch {
        guard !mask.isCertainlyNoMask else { throw ShapeFailure(.maskType("masked_select"), [self, mask]) }
        guard !mask.cannotCover(self) else { throw ShapeFailure(.maskShape("masked_select", axes?.text), [self, mask]) }
        return with(axes: [.unknown])
    }

    func topk(_ k: ShapeAxis, dim: Int?) throws -> [ShapeAxis]? {
        guard let axes else { return nil }
        guard let dim else { return .unknown(axes.count) }
        guard let place = try axis(dim, "topk") else { return nil }
        if case .size(let wanted) = k, case .size(let size) = axes[place], wanted < 0 || wanted > size {
            throw ShapeFailure(.topk(wanted, size), [self])
        }
        return axes.replacing(place, with: k)
    }
}
