import Statement

extension Tensor {
    /// Names the memory that holds the elements while this tensor lives.
    package var memory: (id: ObjectIdentifier, byteCount: Int) { (ObjectIdentifier(storage), storage.byteCount) }
}

extension Tensor: HoldsMemory {
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { visit(memory.id, memory.byteCount) }
}

extension Gradient: HoldsMemory {
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {
        switch self {
        case .dense(let tensor): tensor.visitMemory(visit)
        case .rows(let rows): rows.values.visitMemory(visit)
        }
    }
}
