import Statement
import Synchronization

/// A result's place in the graph that leads back to the leaves: which nodes it came from, and how to turn its gradient into theirs.
///
/// `@unchecked Sendable`: a graph is built and walked backwards by one thread; handing it to another is fine, sharing it is not.
final class Node: @unchecked Sendable {
    /// Computes the inputs' gradients from the result's; an input that `Needs` does not name may get nil.
    typealias Pullback = (_ cotangent: Tensor, _ needs: Needs) throws(TensorError) -> [Gradient?]

    let operation: String
    /// Grows with creation, so every input's number is below its result's.
    let sequence: UInt64
    let shape: Shape
    let dtype: DType
    /// Nodes of the inputs; nil where an input is a constant.
    private(set) var inputs: [Node?]
    let inputShapes: [(shape: Shape, dtype: DType)]
    /// Nil for a leaf, and once the gradient has been taken: what it held is freed then.
    private(set) var pullback: Pullback?
    let isLeaf: Bool
    /// What `backward` has left in a leaf so far; nil for other nodes.
    private let deposit: Undoable<Gradient?>?
    var gradient: Gradient? {
        get { deposit?.wrappedValue }
        set { deposit?.wrappedValue = newValue }
    }
    /// The parameter whose value this leaf is, if it is one's.
    weak var parameter: Parameter?

    private static let counter = Atomic<UInt64>(0)

    /// A leaf: gradients stay here.
    init(leaf shape: Shape, _ dtype: DType) {
        operation = "leaf"
        sequence = Self.counter.add(1, ordering: .relaxed).newValue
        self.shape = shape
        self.dtype = dtype
        inputs = []
        inputShapes = []
        isLeaf = true
        deposit = Undoable(wrappedValue: nil)
    }

    init(_ operation: String, _ result: Tensor, inputs: [Tensor], _ pullback: @escaping Pullback) {
        self.operation = operation
        sequence = Self.counter.add(1, ordering: .relaxed).newValue
        shape = result.shape
        dtype = result.dtype
        self.inputs = inputs.map(\.node)
        inputShapes = inputs.map { ($0.shape, $0.dtype) }
        self.pullback = pullback
        isLeaf = false
        deposit = nil
    }

    /// Forgets what the gradient needed and where it leads.
    func release() {
        pullback = nil
        inputs = []
    }

    /// A chain of a million operations is unlinked in a loop: freeing it link by link would recurse as deep.
    deinit {
        var doomed = inputs
        inputs = []
        while !doomed.isEmpty {
            // The only name for the node, or it would never look unshared.
            var node = doomed.removeLast()
            if isKnownUniquelyReferenced(&node), let inputs = node?.inputs {
                node?.inputs = []
                doomed.append(contentsOf: inputs)
            }
        }
    }
}

/// Which inputs of an operation want a gradient.
package struct Needs: Sendable {
    fileprivate let flags: [Bool]
    package subscript(input: Int) -> Bool { flags[input] }
}

extension Node {
    var needs: Needs { Needs(flags: inputs.map { $0 != nil }) }
}

extension Tensor {
    /// Whether a gradient can flow through this value to a leaf.
    public var requiresGrad: Bool { node != nil }

    /// A leaf with this value: `backward` on what is computed from it leaves the gradient in `grad`. f32 and f64 only.
    public func requiringGrad() throws(TensorError) -> Tensor {
        guard dtype.isFloating else {
            throw TensorError(.dtype, "requires_grad", "\(dtype) has no gradient", help: "convert to f32 or f64", operands: [self])
        }
        return Tensor(storage: storage, layout: layout, dtype: dtype, node: Node(leaf: shape, dtype))
    }

    /// The gradient that `backward` left in this leaf, if any.
    public var grad: Tensor? { node?.gradient.flatMap { try? $0.dense() } }

    /// The leaf's gradient as it was computed: dense, or only the rows that were used.
    public var gradient: Gradient? { node?.gradient }

    /// Forgets the leaf's gradient.
    public func zeroGrad() { node?.gradient = nil }

    /// `result` joined to its inputs in the graph, if recording is on and one of them leads to a leaf; else `result` as a constant.
    ///
    /// The pullback gets the result's cotangent and gives one gradient for each input, in the input's shape or in one that it broadcasts to:
    /// broadcast axes are summed here, for every operation. It must capture only detached tensors, or the graph would hold itself twice.
    package static func recording(
        _ operation: String, _ result: Tensor, inputs: [Tensor],
        _ pullback: @escaping (_ cotangent: Tensor, _ needs: Needs) throws(TensorError) -> [Gradient?]
    ) -> Tensor {
        guard result.dtype.isFloating, inputs.contains(where: { $0.node != nil }), GradMode.isEnabled else {
            AnomalyCheck.current?.inspect(operation, result, inputs, node: nil)
            return result.detach()
        }
        let node = Node(operation, result, inputs: inputs, pullback)
        AnomalyCheck.current?.inspect(operation, result, inputs, node: node)
        return Tensor(storage: result.storage, layout: result.layout, dtype: result.dtype, node: node)
    }

    /// `recording` for pullbacks whose gradients are all dense.
    package static func recordingDense(
        _ operation: String, _ result: Tensor, inputs: [Tensor],
        _ pullback: @escaping (_ cotangent: Tensor, _ needs: Needs) throws(TensorError) -> [Tensor?]
    ) -> Tensor {
        recording(operation, result, inputs: inputs) { dy, needs throws(TensorError) in
            try pullback(dy, needs).map { $0.map(Gradient.dense) }
        }
    }
}

extension Tensor {
    /// The parameters that this value was computed from, in the order in which they were made. The graph must not have been freed.
    public var parameters: [Parameter] {
        guard let node else { return [] }
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(node)]
        var open = [node]
        var leaves: [Node] = []
        while let next = open.popLast() {
            if next.isLeaf { leaves.append(next) }
            for case let input? in next.inputs where seen.insert(ObjectIdentifier(input)).inserted { open.append(input) }
        }
        return leaves.sorted { $0.sequence < $1.sequence }.compactMap(\.parameter)
    }
}
