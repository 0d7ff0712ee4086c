/// A dense n-dimensional array: an immutable handle on shared storage, with the graph node that leads to its gradient, if any.
///
/// Reshaping, transposing, slicing and expanding give views of the same storage.
/// `@unchecked Sendable`: storage is written only by the operation that makes it, or by an optimizer that holds the only reference.
public struct Tensor: @unchecked Sendable {
    var storage: Storage
    let layout: Layout
    public let dtype: DType
    let node: Node?

    init(storage: Storage, layout: Layout, dtype: DType, node: Node? = nil) {
        self.storage = storage
        self.layout = layout
        self.dtype = dtype
        self.node = node
    }

    public var shape: Shape { layout.shape }
    public var rank: Int { layout.shape.rank }
    /// Number of elements.
    public var count: Int { layout.shape.count }
    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { layout.isContiguous }

    /// `f32[8, 384]`, as error messages name an operand.
    public var signature: String { "\(dtype)\(shape)" }

    /// Whether both are views of the same memory.
    public func sharesStorage(with other: Tensor) -> Bool { storage === other.storage }

    /// The same elements under another layout, without a node.
    func view(_ layout: Layout) -> Tensor { Tensor(storage: storage, layout: layout, dtype: dtype) }

    /// The same value as a constant: no gradient flows through the result.
    public func detach() -> Tensor { node == nil ? self : Tensor(storage: storage, layout: layout, dtype: dtype) }
}

extension Tensor {
    /// Memory for `shape`, written once by the caller before anyone else sees it.
    ///
    /// - Parameter isKept: see `MemoryPool.allocate`.
    package static func uninitialized(
        _ shape: Shape, _ dtype: DType, _ operation: String, isKept: Bool = false
    ) throws(TensorError) -> Tensor {
        try shape.check(operation, dtype)
        let storage = try Storage(byteCount: shape.count * dtype.size, operation, isKept: isKept)
        return Tensor(storage: storage, layout: Layout(contiguous: shape), dtype: dtype)
    }

    /// A new tensor whose elements `fill` writes, all of them.
    package static func build<T: TensorElement>(
        _ shape: Shape, as type: T.Type = T.self, _ operation: String, _ fill: (UnsafeMutableBufferPointer<T>) throws(TensorError) -> Void
    ) throws(TensorError) -> Tensor {
        let result = try uninitialized(shape, T.dtype, operation)
        // The storage is new, holds shape.count elements of T, and is retained by `result` until after the call.
        try fill(UnsafeMutableBufferPointer(start: result.storage.pointer.assumingMemoryBound(to: T.self), count: shape.count))
        return result
    }

    /// Calls `body` with the elements in row-major order, copied first if this is not contiguous. T must be the dtype's type.
    package func withElements<T: TensorElement, R>(
        _ type: T.Type = T.self, _ body: (UnsafeBufferPointer<T>) throws(TensorError) -> R
    ) throws(TensorError) -> R {
        precondition(T.dtype == dtype, "\(T.self) does not read \(dtype)")
        let source = try contiguous()
        defer { withExtendedLifetime(source) {} }
        // Contiguous: count elements from the offset on lie inside the storage, which `source` retains until after the call.
        return try body(UnsafeBufferPointer(start: source.base(T.self), count: count))
    }

    /// Address of the first element. Valid while the storage is retained.
    func base<T: TensorElement>(_ type: T.Type) -> UnsafePointer<T> {
        UnsafePointer(storage.pointer.assumingMemoryBound(to: T.self) + layout.offset)
    }

    /// Address of the first element for the maker of a new tensor, who alone may write it.
    func mutableBase<T: TensorElement>(_ type: T.Type) -> UnsafeMutablePointer<T> {
        storage.pointer.assumingMemoryBound(to: T.self) + layout.offset
    }

    /// The elements of a contiguous tensor. Valid while the storage is retained.
    func buffer<T: TensorElement>(_ type: T.Type) -> UnsafeBufferPointer<T> { UnsafeBufferPointer(start: base(T.self), count: count) }

    /// The elements of a contiguous tensor for its maker.
    func mutableBuffer<T: TensorElement>(_ type: T.Type) -> UnsafeMutableBufferPointer<T> {
        UnsafeMutableBufferPointer(start: mutableBase(T.self), count: count)
    }
}
