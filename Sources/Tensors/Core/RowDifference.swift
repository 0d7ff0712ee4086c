import Foundation

/// The rows of a table that another table of the same shape holds otherwise: with that other table it gives back the first, bit for bit,
/// in little memory where a step changed few rows.
public struct RowDifference: Sendable {
    /// Positions along axis 0, ascending.
    let rows: [Int32]
    /// [rows.count, …]
    let values: Tensor

    /// Nil where more than half of the rows differ, or the tables are of different shapes or dtypes.
    public init?(of table: Tensor, beside other: Tensor) throws(TensorError) {
        guard table.rank >= 2, table.shape == other.shape, table.dtype == other.dtype, table.count > 0 else { return nil }
        let (mine, theirs) = (try table.contiguous(), try other.contiguous())
        let rowCount = table.shape[0]
        let bytes = table.count / rowCount * table.dtype.size
        var different: [Int32] = []
        // Both are contiguous and of rowCount rows of `bytes` bytes; they live until the end.
        let (a, b) = (
            mine.storage.pointer + mine.layout.offset * table.dtype.size, theirs.storage.pointer + theirs.layout.offset * table.dtype.size
        )
        for row in 0..<rowCount where memcmp(a + row * bytes, b + row * bytes, bytes) != 0 {
            different.append(Int32(row))
            if different.count > rowCount / 2 { return nil }
        }
        rows = different
        values = try Tensor.uninitialized(Shape([different.count] + table.shape.dims.dropFirst()), table.dtype, "rows")
        for (place, row) in different.enumerated() { memcpy(values.storage.pointer + place * bytes, a + Int(row) * bytes, bytes) }
        withExtendedLifetime((mine, theirs)) {}
    }

    /// Makes the first table of the other one; the memory of the other is left alone where someone else sees it.
    public func apply(to table: inout Tensor) throws(TensorError) {
        guard table.rank >= 2, table.shape.dims.dropFirst() == values.shape.dims.dropFirst(), table.dtype == values.dtype,
            rows.last.map({ Int($0) < table.shape[0] }) ?? true
        else { throw TensorError(.shape, "rows", "the rows belong to another table", operands: [table, values]) }
        if !isKnownUniquelyReferenced(&table.storage) || !table.isContiguous { table = try table.copied("rows") }
        if rows.isEmpty { return }
        let bytes = values.count / rows.count * values.dtype.size
        // The rows lie inside the table, whose storage is this tensor's alone.
        let target = table.storage.pointer + table.layout.offset * table.dtype.size
        for (place, row) in rows.enumerated() { memcpy(target + Int(row) * bytes, values.storage.pointer + place * bytes, bytes) }
    }

    /// The memory of the rows.
    package var memory: (id: ObjectIdentifier, byteCount: Int) {
        (values.memory.id, values.memory.byteCount + rows.count * MemoryLayout<Int32>.stride)
    }
}
