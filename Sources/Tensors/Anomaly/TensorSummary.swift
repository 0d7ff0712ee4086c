import CKernels

/// A tensor's numbers in one line: where it comes from, its dtype and shape, and its range or what in it is not finite.
public struct TensorSummary: Hashable, Sendable, CustomStringConvertible {
    /// Name of the parameter that this is, if it is one.
    public let name: String?
    /// `f32[8, 384]`
    public let signature: String
    public let count: Int
    public let nans: Int
    public let infinities: Int
    /// The smallest and largest of the finite elements; nil if there is none.
    public let range: ClosedRange<Double>?

    public init(_ tensor: Tensor) {
        name = tensor.node?.parameterName
        signature = tensor.signature
        count = tensor.count
        var nans = 0, infinities = 0
        var low = Double.infinity, high = -Double.infinity
        tensor.forEachElement { value in
            if value.isNaN {
                nans += 1
            } else if value.isInfinite {
                infinities += 1
            } else {
                low = Swift.min(low, value)
                high = Swift.max(high, value)
            }
        }
        (self.nans, self.infinities) = (nans, infinities)
        range = low <= high ? low...high : nil
    }

    public var isFinite: Bool { nans + infinities == 0 }

    /// `weight f32[4, 4] with 2 nan and 1 inf of 16 elements`, `f32[4] from -0.5 to 2`.
    public var description: String {
        let head = (name.map { $0 + " " } ?? "") + signature
        if isFinite { return range.map { "\(head) from \(Self.text($0.lowerBound)) to \(Self.text($0.upperBound))" } ?? head }
        let bad = [nans > 0 ? "\(nans) nan" : nil, infinities > 0 ? "\(infinities) inf" : nil].compactMap(\.self)
        return "\(head) with \(bad.joined(separator: " and ")) of \(count) element\(count == 1 ? "" : "s")"
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && Swift.abs(value) < 1e6 ? "\(Int(value))" : "\(Float(value))"
    }
}

extension Tensor {
    /// Whether no element is nan or infinite. One pass at the speed of memory; true for i32 and bool.
    public var isFinite: Bool {
        guard dtype.isFloating, count > 0 else { return true }
        func sum<T: FloatingElement>(_ type: T.Type) -> Double? {
            // Contiguous: count elements from the offset on lie inside the storage, which `self` retains until after the call.
            guard isContiguous else { return nil }
            defer { withExtendedLifetime(self) {} }
            return Kernels.sum(buffer(T.self))
        }
        // A sum of finite numbers may overflow, but one with nan or inf in it is never finite.
        if let total = sum(dtype.element), total.isFinite { return true }
        var isFinite = true
        forEachElement { isFinite = isFinite && $0.isFinite }
        return isFinite
    }

    /// Reads the elements one by one, in no particular order, without copying them.
    fileprivate func forEachElement(_ body: (Double) -> Void) {
        guard count > 0 else { return }
        // The layout addresses only elements inside the storage, which `self` retains until after the loop.
        defer { withExtendedLifetime(self) {} }
        switch dtype {
        case .f32:
            let start = base(Float.self)
            StridedWalk(layout).forEach { body(Double(start[$0])) }
        case .f64:
            let start = base(Double.self)
            StridedWalk(layout).forEach { body(start[$0]) }
        case .i32:
            let start = base(Int32.self)
            StridedWalk(layout).forEach { body(Double(start[$0])) }
        case .bool:
            let start = base(Bool.self)
            StridedWalk(layout).forEach { body(start[$0] ? 1 : 0) }
        }
    }
}

extension Gradient {
    /// Whether no element is nan or infinite.
    public var isFinite: Bool {
        switch self {
        case .dense(let tensor): tensor.isFinite
        case .rows(let rows): rows.values.isFinite
        }
    }

    /// The elements that are held: all, or the rows that were used.
    var held: Tensor {
        switch self {
        case .dense(let tensor): tensor
        case .rows(let rows): rows.values
        }
    }
}

extension Node {
    /// Name of the parameter whose value this leaf is; nil if it is none's, or one without a name.
    var parameterName: String? { parameter.flatMap { $0.name.isEmpty ? nil : $0.name } }
}
