import Language
import Tensors

/// The same elements under another shape.
extension TensorSketch {
    /// - Parameter sizes: one may be -1; nil if not even their number is known.
    func reshaped(_ sizes: [ShapeAxis]?) throws -> TensorSketch {
        guard let sizes else { return with(axes: nil) }
        let open = sizes.indices.filter { sizes[$0] == .size(-1) }
        let isNegative = sizes.contains { if case .size(let size) = $0 { size < -1 } else { false } }
        guard open.count <= 1, !isNegative else { throw ShapeFailure(.reshapeSizes(sizes.text), [self]) }
        guard let hole = open.first else {
            if let count, let wanted = sizes.count(), wanted != count { throw ShapeFailure(.reshape(count, sizes.text), [self]) }
            return with(axes: sizes)
        }
        let others = sizes.removing(hole)
        if let count, let known = others.count(), known == 0 ? count > 0 : count % known != 0 {
            throw ShapeFailure(.reshape(count, sizes.text), [self])
        }
        return with(axes: sizes.replacing(hole, with: quotient(by: others)))
    }

    /// What is left of this shape's elements for one axis beside `others`.
    private func quotient(by others: [ShapeAxis]) -> ShapeAxis {
        guard var left = axes else { return .unknown }
        var sizes: [Int] = []
        // An axis that is in both cancels: it is not 0, or the call would fail.
        for axis in others {
            switch axis {
            case .size(let size): sizes.append(size)
            case .named:
                guard let place = left.firstIndex(of: axis) else { return .unknown }
                left.remove(at: place)
            case .unknown: return .unknown
            }
        }
        let divisor = Shape(sizes).count
        let names = left.filter { if case .size = $0 { false } else { true } }
        guard let product = left.filter({ !names.contains($0) }).count(), divisor > 0 else { return .unknown }
        if names.isEmpty { return product % divisor == 0 ? .size(product / divisor) : .unknown }
        return names.count == 1 && product == divisor ? names[0] : .unknown
    }

    func transposed(_ i: Int?, _ j: Int?) throws -> TensorSketch {
        let first = try i.flatMap { try axis($0, "transpose") }, second = try j.flatMap { try axis($0, "transpose") }
        guard var swapped = axes else { return self }
        guard let first, let second else { return with(axes: .unknown(swapped.count)) }
        swapped.swapAt(first, second)
        return with(axes: swapped)
    }

    /// The last two axes exchanged, as `x.T`.
    var swapped: TensorSketch {
        guard let axes, axes.count >= 2 else { return self }
        var swapped = axes
        swapped.swapAt(axes.count - 2, axes.count - 1)
        return with(axes: swapped)
    }

    /// - Parameter order: nil where an entry, or their number, is not known.
    func permuted(_ order: [Int?]?) throws -> TensorSketch {
        guard let order else { return with(axes: axes.map { .unknown($0.count) }) }
        guard let axes else { return with(axes: .unknown(order.count)) }
        guard order.count == axes.count else { throw ShapeFailure(.permuteCount(order.count, axes.count), [self]) }
        var resolved: [Int?] = []
        for entry in order { resolved.append(try entry.flatMap { try axis($0, "permute") }) }
        let known = resolved.compactMap(\.self)
        guard Set(known).count == known.count else { throw ShapeFailure(.permuteTwice(order.compactMap(\.self)), [self]) }
        return with(axes: resolved.map { $0.map { axes[$0] } ?? .unknown })
    }

    /// - Parameter sizes: -1 keeps an axis; nil if not even their number is known.
    func expanded(_ sizes: [ShapeAxis]?) throws -> TensorSketch {
        guard let sizes else { return with(axes: nil) }
        guard let axes else { return with(axes: sizes.map { $0 == .size(-1) ? .unknown : $0 }) }
        let extra = sizes.count - axes.count
        let target = sizes.enumerated().map { place, size in size == .size(-1) && place >= extra ? axes[place - extra] : size }
        let fits = target.enumerated().allSatisfy { place, size in
            if case .size(let wanted) = size, wanted < 0 { return false }
            return place < extra || axes[place - extra] == .size(1) || !axes[place - extra].differs(from: size)
        }
        guard extra >= 0, fits else { throw ShapeFailure(.expand(axes.text, target.text), [self]) }
        return with(
            axes: target.enumerated().map { place, size in
                guard place >= extra, size == .unknown, axes[place - extra] != .size(1) else { return size }
                // Only an axis of size 1 stretches; one that is not known may be one.
                if case .size = axes[place - extra] { return axes[place - extra] }
                return .unknown
            })
    }

    func squeezed(_ dim: OptionalSize) throws -> TensorSketch {
        switch dim {
        case .none:
            guard let axes, count != nil else { return with(axes: nil) }
            return with(axes: axes.filter { $0 != .size(1) })
        case .size(.size(let dim)):
            guard let place = try axis(dim, "squeeze"), let axes else { return with(axes: nil) }
            guard !axes[place].differs(from: .size(1)) else { throw ShapeFailure(.squeeze(dim, axes[place]), [self]) }
            return with(axes: axes.removing(place))
        case .size: return with(axes: rank.map { .unknown(max(0, $0 - 1)) })
        case .unknown: return with(axes: nil)
        }
    }

    /// - Parameter dim: nil if not known.
    func unsqueezed(_ dim: Int?) throws -> TensorSketch {
        guard let axes else { return self }
        guard let dim, let place = try axis(dim, "unsqueeze", inserting: true) else { return with(axes: .unknown(axes.count + 1)) }
        return with(axes: axes.inserting(.size(1), at: place))
    }

    func flattened(_ start: Int?, _ end: Int?) throws -> TensorSketch {
        guard let start, let end else { return with(axes: rank == 0 ? [.size(1)] : nil) }
        guard let axes else { return with(axes: start == 0 && end == -1 ? [.unknown] : nil) }
        if axes.isEmpty { return with(axes: [.size(1)]) }
        guard let first = try axis(start, "flatten"), let last = try axis(end, "flatten") else { return with(axes: nil) }
        guard first <= last else { throw ShapeFailure(.flattenOrder(start, end), [self]) }
        let merged = first == last ? axes[first] : Array(axes[first...last]).count().map { .size($0) } ?? .unknown
        return with(axes: axes[..<first] + [merged] + axes[(last + 1)...])
    }
}
