import Foundation
import Tensors

/// Shows a tensor: its dtype and shape, and a corner of its values, aligned.
enum TensorDisplay {
    private static let edge = 3
    private static let wide = 8

    static func text(_ tensor: Tensor) -> String {
        if tensor.rank == 0 { return "tensor(\(number(tensor, 0)), \(tensor.dtype))" }
        let head = "tensor \(tensor.signature)"
        if tensor.count == 0 { return head + " []" }
        let columns = shown(tensor.shape.dims[tensor.rank - 1])
        var cells: [[String]] = []
        collect(tensor, axis: 0, start: 0, columns: columns, into: &cells)
        let width = cells.joined().map(\.count).max() ?? 0
        var lines: [String] = []
        var next = 0
        layOut(tensor.shape.dims, axis: 0, indent: 1, lead: "[", close: "]", cells: cells, next: &next, width: width, into: &lines)
        return head + "\n" + lines.joined(separator: "\n")
    }

    /// Positions of an axis that are shown; -1 stands for the gap.
    private static func shown(_ size: Int) -> [Int] {
        size <= wide ? Array(0..<size) : Array(0..<edge) + [-1] + Array(size - edge..<size)
    }

    private static func collect(_ tensor: Tensor, axis: Int, start: Int, columns: [Int], into cells: inout [[String]]) {
        let dims = tensor.shape.dims
        if axis == tensor.rank - 1 {
            cells.append(columns.map { $0 < 0 ? "…" : number(tensor, start + $0) })
            return
        }
        let stride = dims[(axis + 1)...].reduce(1, *)
        for position in shown(dims[axis]) where position >= 0 {
            collect(tensor, axis: axis + 1, start: start + position * stride, columns: columns, into: &cells)
        }
    }

    private static func layOut(
        _ dims: [Int], axis: Int, indent: Int, lead: String, close: String, cells: [[String]], next: inout Int, width: Int,
        into lines: inout [String]
    ) {
        if axis == dims.count - 1 {
            let row = cells[next].map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ")
            next += 1
            lines.append(" " + lead + row + close)
            return
        }
        let positions = shown(dims[axis])
        for (i, position) in positions.enumerated() {
            if position < 0 {
                lines.append(String(repeating: " ", count: indent + 1) + "…")
                continue
            }
            let first = i == 0 ? lead + "[" : String(repeating: " ", count: indent) + "["
            layOut(
                dims, axis: axis + 1, indent: indent + 1, lead: first, close: i == positions.count - 1 ? "]" + close : "]", cells: cells,
                next: &next, width: width, into: &lines)
        }
    }

    /// One element by its row-major position: four significant digits for floats, whole numbers and bools as they are.
    private static func number(_ tensor: Tensor, _ position: Int) -> String {
        var rest = position
        var indices: [TensorIndex] = []
        for size in tensor.shape.dims.reversed() {
            indices.insert(.index(rest % size), at: 0)
            rest /= size
        }
        guard let value = try? tensor.detach().index(indices).item() else { return "?" }
        switch tensor.dtype {
        case .bool: return value != 0 ? "true" : "false"
        case .i32: return String(Int(value))
        case .f32, .f64:
            if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
            let magnitude = abs(value)
            if value == 0 || (magnitude >= 1e-3 && magnitude < 1e5) { return String(format: "%.4f", value) }
            return String(format: "%.3e", value)
        }
    }
}
