import Statement

/// 64-byte aligned memory that holds a tensor's elements, given back to the pool on last use.
///
/// `@unchecked Sendable`: the bytes are written only before the storage is shared, or by a holder that has proved that it is the only one.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    private let capacity: Int

    /// Uninitialised memory for `byteCount` bytes.
    ///
    /// - Parameter isKept: see `MemoryPool.allocate`.
    init(byteCount: Int, _ operation: String, isKept: Bool = false) throws(TensorError) {
        // Every operation comes by here: the place to end a long chain of them.
        if Interruption.isRequested { throw TensorError(.interrupted, operation, "interrupted") }
        (pointer, capacity) = try MemoryPool.shared.allocate(byteCount, operation, isKept: isKept)
        self.byteCount = byteCount
        OperationObservation.current?.allocated(bytes: byteCount)
    }

    deinit { MemoryPool.shared.release(pointer, capacity: capacity) }
}
