extension Tensor {
    /// Names the memory that holds the elements while this tensor lives.
    package var memory: (id: ObjectIdentifier, byteCount: Int) { (ObjectIdentifier(storage), storage.byteCount) }
}
