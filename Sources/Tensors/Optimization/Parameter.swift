import Statement

/// A named trainable tensor of a model.
///
/// `@unchecked Sendable`: one thread at a time trains or replaces it.
public final class Parameter: @unchecked Sendable {
    @Undoable public package(set) var name: String
    /// Whether operations on `tensor` record a gradient, and optimizers update it. A frozen parameter is a constant.
    @Undoable public var isTrainable: Bool {
        didSet { if !isTrainable { leaf.gradient = nil } }
    }
    /// The value without a node. Rows may be behind until `ledger` has settled them.
    @Undoable var value: Tensor
    private let leaf: Node
    /// Updates of rows that were put off until they are needed.
    @Undoable var ledger: (any RowLedger)?

    /// A parameter with this initial value, f32 or f64.
    public init(_ name: String, _ value: Tensor, isTrainable: Bool = true) throws(TensorError) {
        guard value.dtype.isFloating else {
            throw TensorError(
                .dtype, "parameter", "\(name.isEmpty ? "" : "\(name): ")\(value.dtype) has no gradient", help: "convert to f32 or f64",
                operands: [value])
        }
        self.name = name
        self.value = try value.contiguous()
        self.isTrainable = isTrainable
        leaf = Node(leaf: value.shape, value.dtype)
        leaf.parameter = self
    }

    public var shape: Shape { value.shape }
    public var dtype: DType { value.dtype }
    public var count: Int { value.count }

    /// The current value as a leaf of the graph; what is kept of it stays as it is when an optimizer takes a step.
    public var tensor: Tensor {
        ledger?.settle(self, rows: nil)
        return isTrainable ? Tensor(storage: value.storage, layout: value.layout, dtype: value.dtype, node: leaf) : value
    }

    /// `tensor` for a reader of these rows only: the others may be behind by updates that are still put off.
    public func tensor(reading rows: [Int32]) -> Tensor {
        ledger?.settle(self, rows: rows)
        return isTrainable ? Tensor(storage: value.storage, layout: value.layout, dtype: value.dtype, node: leaf) : value
    }

    /// What `backward` has left here since `zeroGrad`.
    public var grad: Gradient? {
        get { leaf.gradient }
        set { leaf.gradient = newValue }
    }

    public func zeroGrad() { leaf.gradient = nil }

    /// Tells the journal of the value before an optimizer changes it in place.
    func rememberValue() { _value.touch() }

    /// Lets an optimizer replace the value by the same one in other storage.
    func withValue<R>(_ body: (inout Tensor) throws(TensorError) -> R) throws(TensorError) -> R { try _value.quietly(body) }

    /// Replaces the value; shape and dtype must stay.
    public func assign(_ tensor: Tensor) throws(TensorError) {
        guard tensor.shape == shape else {
            throw TensorError(.shape, "assign", "\(name) has another shape", operands: [value, tensor])
        }
        ledger?.settle(self, rows: nil)
        value = try tensor.to(dtype).contiguous()
    }
}

extension Parameter: HoldsMemory {
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { value.visitMemory(visit) }
}

/// An optimizer's account of row updates that it has put off.
protocol RowLedger: AnyObject {
    /// Brings these rows of the parameter up to date, or all of them.
    func settle(_ parameter: Parameter, rows: [Int32]?)
}
