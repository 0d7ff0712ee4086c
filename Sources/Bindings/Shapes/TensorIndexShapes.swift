import Language
import Tensors

/// What `x[…]` gives; mirrors `TensorIndexing` and `Tensor.index`.
enum TensorIndexShapes {
    static func outcome(_ facts: TensorFacts, _ key: IndexFact) -> ShapeOutcome {
        TensorShapes.outcome { try result(TensorSketch(facts, name: "x"), key)?.fact ?? .unknown }
    }

    /// One entry between the brackets.
    private enum Entry {
        case index(ShapeAxis)
        case slice(start: Bound, stop: Bound, step: Bound)
        case newAxis
        case ellipsis
        /// So many positions.
        case rows(ShapeAxis)
        case mask(TensorSketch)
    }

    private enum Bound {
        case absent
        case at(Int)
        case unknown

        init(_ fact: ArgumentFact?) {
            guard let fact, !fact.isNone else { self = .absent; return }
            self = fact.int.map { .at($0) } ?? .unknown
        }

        var isUnknown: Bool { if case .unknown = self { true } else { false } }
        var position: Int? { if case .at(let position) = self { position } else { nil } }
    }

    /// Nil where nothing is known.
    private static func result(_ x: TensorSketch, _ key: IndexFact) throws -> TensorSketch? {
        if case .value(let value) = key {
            guard let selector = try selector(value) else {
                return if case .some(let entry) = try entry(key) { try indexed(x, [entry]) } else { nil }
            }
            if selector.rank == nil { return x.with(axes: nil) }
            if selector.rank != 0 { return try selected(x, by: selector) }
        }
        var entries: [Entry] = []
        for key in keys(key) {
            guard let entry = try entry(key) else { return x.with(axes: nil) }
            entries.append(entry)
        }
        return try indexed(x, entries)
    }

    private static func keys(_ key: IndexFact) -> [IndexFact] { if case .tuple(let keys) = key { keys } else { [key] } }

    /// By a tensor or list that stands alone.
    private static func selected(_ x: TensorSketch, by selector: TensorSketch) throws -> TensorSketch {
        guard selector.dtypes.contains(where: { !$0.isFloating }) else { return x.with(axes: nil) }
        if selector.dtypes == [.bool] { return try x.maskedSelect(selector) }
        // Ints or a mask.
        guard !selector.dtypes.contains(.bool) else { return x.with(axes: nil) }
        guard let axes = x.axes else { return x }
        guard !axes.isEmpty else { throw ShapeFailure(.noRows, [x]) }
        return x.with(axes: selector.axes.map { $0 + axes.dropFirst() })
    }

    /// Positions or a mask; nil for what is no tensor or list.
    private static func selector(_ fact: ArgumentFact) throws -> TensorSketch? {
        switch fact {
        case .tensor(let facts): return TensorSketch(facts, name: "key")
        case .constant(.list), .list:
            guard let parts = fact.parts else { return nil }
            if parts.isEmpty { return TensorSketch([.i32], [.size(0)], name: "key") }
            return try DataSketch.tensor(fact, name: "key")
        case .items(.typed(.int)): return TensorSketch([.i32], [.unknown], name: "key")
        default: return nil
        }
    }

    private static func entry(_ key: IndexFact) throws -> Entry? {
        switch key {
        case .ellipsis: return .ellipsis
        case .tuple: return nil
        case .slice(let start, let stop, let step): return .slice(start: Bound(start), stop: Bound(stop), step: Bound(step))
        case .value(let value):
            if value.isNone { return .newAxis }
            if value.isInt { return .index(value.size) }
            guard let selector = try selector(value) else { return nil }
            if selector.dtypes == [.bool] { return .mask(selector) }
            guard !selector.dtypes.contains(.bool), let axes = selector.axes else { return nil }
            if axes.isEmpty { return .index(.unknown) }
            return axes.count == 1 ? .rows(axes[0]) : nil
        }
    }

    private static func indexed(_ x: TensorSketch, _ entries: [Entry]) throws -> TensorSketch {
        if entries.count == 1, case .mask(let mask) = entries[0], mask.rank != 1 { return try x.maskedSelect(mask) }
        guard let axes = x.axes else { return x }
        let consumed = entries.count { if case .newAxis = $0 { false } else if case .ellipsis = $0 { false } else { true } }
        guard consumed <= axes.count else { throw ShapeFailure(.indexCount(consumed, axes.count), [x]) }
        var rest = axes[...]
        var result: [ShapeAxis] = []
        var hasEllipsis = false
        for entry in entries {
            switch entry {
            case .newAxis: result.append(.size(1))
            case .ellipsis:
                guard !hasEllipsis else { throw ShapeFailure(.twoEllipses, [x]) }
                hasEllipsis = true
                result += rest.prefix(axes.count - consumed)
                rest = rest.dropFirst(axes.count - consumed)
            case .index(let position):
                if case .size(let position) = position, case .size(let size)? = rest.first, !(-size..<size).contains(position) {
                    throw ShapeFailure(.outside(position, size), [x])
                }
                rest = rest.dropFirst()
            case .slice(let start, let stop, let step):
                result.append(try sliced(x, rest.first ?? .unknown, start, stop, step))
                rest = rest.dropFirst()
            case .rows(let count):
                result.append(count)
                rest = rest.dropFirst()
            case .mask(let mask):
                let size = rest.first ?? .unknown
                guard mask.rank == nil || mask.rank == 1, !(mask.axes?[0] ?? .unknown).differs(from: size) else {
                    throw ShapeFailure(.axisMask(size), [x, mask])
                }
                result.append(.unknown)
                rest = rest.dropFirst()
            }
        }
        return x.with(axes: result + rest)
    }

    /// The axis that a slice leaves of one.
    private static func sliced(_ x: TensorSketch, _ axis: ShapeAxis, _ start: Bound, _ stop: Bound, _ step: Bound) throws -> ShapeAxis {
        if let step = step.position, step == 0 || step == .min { throw ShapeFailure(.sliceStep(step), [x]) }
        guard !start.isUnknown, !stop.isUnknown, !step.isUnknown else { return .unknown }
        let stride = step.position ?? 1
        if start.position == nil, stop.position == nil, abs(stride) == 1 { return axis }
        guard case .size(let size) = axis else { return .unknown }
        let lowest = stride > 0 ? 0 : -1, highest = stride > 0 ? size : size - 1
        func limited(_ bound: Bound, _ fallback: Int) -> Int {
            guard let bound = bound.position else { return fallback }
            return min(max(bound < 0 ? bound.addingReportingOverflow(size).partialValue : bound, lowest), highest)
        }
        let first = limited(start, stride > 0 ? lowest : highest), last = limited(stop, stride > 0 ? highest : lowest)
        let distance = stride > 0 ? last - first : first - last
        return .size(distance <= 0 ? 0 : (distance - 1) / abs(stride) + 1)
    }
}
