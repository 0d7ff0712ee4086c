import Charts
import Foundation
import Tensors

/// Shows a tensor: its dtype and shape, and the corners of its values, aligned; blocks of more than two axes stand apart.
enum TensorDisplay {
    private static let edge = 3
    private static let wide = 8
    private static let mostLookedAt = 1 << 22

    static func text(_ tensor: Tensor) -> String {
        if tensor.rank == 0 { return "tensor(\(texts(tensor, [element(tensor, 0)])[0]), \(tensor.dtype))" }
        let head = "tensor \(tensor.signature)"
        if tensor.count == 0 { return head + " []" }
        let columns = shown(tensor.shape.dims[tensor.rank - 1], wide)
        var values: [[Double]] = []
        collect(tensor, axis: 0, start: 0, columns: columns.filter { $0 >= 0 }, into: &values)
        var words = texts(tensor, values.joined().map(\.self))[...]
        let cells = values.map { _ in columns.map { $0 < 0 ? "…" : words.removeFirst() } }
        let width = cells.joined().map(\.count).max() ?? 0
        var lines: [String] = []
        var next = 0
        layOut(
            tensor.shape.dims, limit: wide, axis: 0, indent: 1, lead: "[", close: "]", cells: cells, next: &next, width: width, into: &lines
        )
        return head + "\n" + lines.joined(separator: "\n")
    }

    /// Every element, each in the fewest digits that tell it from its neighbours; a line for each row.
    static func whole(_ tensor: Tensor) -> String {
        let words = exactTexts(tensor)
        if tensor.rank == 0 || tensor.count == 0 { return "tensor \(tensor.signature) \(words.first ?? "[]")" }
        let columns = tensor.shape.dims[tensor.rank - 1]
        let cells = stride(from: 0, to: words.count, by: columns).map { Array(words[$0..<$0 + columns]) }
        let width = words.map(\.count).max() ?? 0
        var lines: [String] = []
        var next = 0
        layOut(
            tensor.shape.dims, limit: .max, axis: 0, indent: 1, lead: "[", close: "]", cells: cells, next: &next, width: width, into: &lines
        )
        return "tensor \(tensor.signature)\n" + lines.joined(separator: "\n")
    }

    private static func exactTexts(_ tensor: Tensor) -> [String] {
        switch tensor.dtype {
        case .bool: tensor.bools().map { $0 ? "true" : "false" }
        case .i32: tensor.doubles().map { String(Int($0)) }
        case .f32: tensor.doubles().map { Float($0).description }
        case .f64: tensor.doubles().map(\.description)
        }
    }

    /// What the corners do not tell of a tensor that is not shown whole: least, mean and greatest value, how many are not finite, and a line
    /// of blocks, the curve of a vector and the distribution of other tensors; nil for a tensor that is shown whole. A prompt must not wait
    /// for a huge one: of that, elements at equal distances are looked at, and their distance is told.
    static func statistics(_ tensor: Tensor) -> String? {
        guard tensor.shape.dims.contains(where: { $0 > wide }), tensor.count > 0 else { return nil }
        if tensor.dtype == .bool {
            let count = tensor.bools().count(where: \.self)
            return "true in \(count) of \(tensor.count)"
        }
        let step = tensor.count > mostLookedAt ? tensor.count / mostLookedAt + 1 : 1
        guard let looked = try? step == 1 ? tensor : tensor.flatten().index([.slice(start: nil, stop: nil, step: step)]) else { return nil }
        let values = looked.doubles()
        let finite = values.filter(\.isFinite)
        var parts: [String] = []
        if let least = finite.min(), let greatest = finite.max() {
            let mean = finite.reduce(0) { $0 + $1 / Double(finite.count) }
            parts = ["min \(short(least))", "mean \(short(mean))", "max \(short(greatest))"]
        }
        if finite.count < values.count { parts.append("not finite: \(values.count - finite.count)") }
        if tensor.rank == 1 {
            parts.append(Sparkline.text(values, columns: 32))
        } else if let histogram = try? Histogram(finite, bins: 24) {
            parts.append("distribution " + Sparkline.text(histogram.counts.map(Double.init), columns: 24))
        }
        return (step == 1 ? "" : "1 element in \(step): ") + parts.joined(separator: "  ")
    }

    private static func short(_ value: Double) -> String { String(format: "%.4g", value) }

    /// Positions of an axis that are shown; -1 stands for the gap.
    private static func shown(_ size: Int, _ limit: Int) -> [Int] {
        size <= limit ? Array(0..<size) : Array(0..<edge) + [-1] + Array(size - edge..<size)
    }

    private static func collect(_ tensor: Tensor, axis: Int, start: Int, columns: [Int], into values: inout [[Double]]) {
        let dims = tensor.shape.dims
        if axis == tensor.rank - 1 {
            values.append(columns.map { element(tensor, start + $0) })
            return
        }
        let stride = dims[(axis + 1)...].reduce(1, *)
        for position in shown(dims[axis], wide) where position >= 0 {
            collect(tensor, axis: axis + 1, start: start + position * stride, columns: columns, into: &values)
        }
    }

    private static func layOut(
        _ dims: [Int], limit: Int, axis: Int, indent: Int, lead: String, close: String, cells: [[String]], next: inout Int, width: Int,
        into lines: inout [String]
    ) {
        if axis == dims.count - 1 {
            let row = cells[next].map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ")
            next += 1
            lines.append(" " + lead + row + close)
            return
        }
        let positions = shown(dims[axis], limit)
        for (i, position) in positions.enumerated() {
            if i > 0, dims.count - axis > 2 { lines.append("") }
            if position < 0 {
                lines.append(String(repeating: " ", count: indent + 1) + "…")
                continue
            }
            let first = i == 0 ? lead + "[" : String(repeating: " ", count: indent) + "["
            layOut(
                dims, limit: limit, axis: axis + 1, indent: indent + 1, lead: first, close: i == positions.count - 1 ? "]" + close : "]",
                cells: cells,
                next: &next, width: width, into: &lines)
        }
    }

    /// One element by its row-major position.
    private static func element(_ tensor: Tensor, _ position: Int) -> Double {
        var rest = position
        var indices: [TensorIndex] = []
        for size in tensor.shape.dims.reversed() {
            indices.insert(.index(rest % size), at: 0)
            rest /= size
        }
        return (try? tensor.detach().index(indices).item()) ?? .nan
    }

    /// The values in one form: whole numbers and bools as they are, floats with four decimals, or with exponents where their sizes
    /// are too far apart for that, by the rule that torch prints by.
    private static func texts(_ tensor: Tensor, _ values: [Double]) -> [String] {
        switch tensor.dtype {
        case .bool: return values.map { $0 != 0 ? "true" : "false" }
        case .i32: return values.map { String(Int($0)) }
        case .f32, .f64:
            let sizes = values.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
            let largest = sizes.max() ?? 1, smallest = sizes.min() ?? 1
            let format = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000 ? "%.4e" : "%.4f"
            return values.map { value in
                value.isNaN ? "nan" : value.isInfinite ? value < 0 ? "-inf" : "inf" : String(format: format, value)
            }
        }
    }
}
