import Statement

extension Tensor {
    /// Adds d(this)/d(leaf) to the gradient of every leaf that this scalar was computed from, and frees the graph.
    ///
    /// `retainGraph` keeps the graph for another call.
    public func backward(retainGraph: Bool = false) throws(TensorError) {
        guard count == 1 else {
            throw TensorError(.backward(count, shape), operands: [self])
        }
        try checkRecorded()
        try backward(cotangent: .ones(shape, dtype: dtype), retainGraph: retainGraph)
    }

    /// Adds d(sum(this · cotangent))/d(leaf) to every leaf's gradient. The cotangent has this tensor's shape.
    public func backward(cotangent: Tensor, retainGraph: Bool = false) throws(TensorError) {
        try checkRecorded()
        guard let node else { return }
        guard cotangent.shape == shape else {
            throw TensorError(.shape, "backward", "the cotangent must have the tensor's shape", operands: [self, cotangent])
        }
        let seed = try cotangent.detach().to(dtype)
        try Journal.savepoint { () throws(TensorError) in
            try noGrad { () throws(TensorError) in try Backward.run(from: node, seed, retainGraph: retainGraph) }
        }
    }

    private func checkRecorded() throws(TensorError) {
        guard node == nil else { return }
        throw TensorError(
            .value, "backward", "this tensor was not computed from a trainable one",
            help: "make a leaf with parameter(t), and compute outside of no_grad and detach", operands: [self])
    }
}

/// Reverse-mode differentiation: visits nodes from the last created to the first, which is a topological order without recursion.
///
/// Contributions to a gradient are added in that same order, so results do not depend on timing.
private enum Backward {
    static func run(from root: Node, _ seed: Tensor, retainGraph: Bool) throws(TensorError) {
        let span = OperationSpan("backward", .backward)
        defer { span.end() }
        let order = try reachable(from: root)
        var cotangents: [ObjectIdentifier: Gradient] = [ObjectIdentifier(root): .dense(seed)]
        for node in order {
            guard let cotangent = cotangents.removeValue(forKey: ObjectIdentifier(node)) else { continue }
            if node.isLeaf {
                try deposit(cotangent, in: node)
                continue
            }
            guard let pullback = node.pullback else { continue }
            let step = OperationSpan(node.operation, .backward)
            defer { step.end() }
            let dense = try cotangent.dense()
            let gradients: [Gradient?]
            if let check = AnomalyCheck.current {
                gradients = try check.inspecting(node, cotangent) { () throws(TensorError) in try pullback(dense, node.needs) }
            } else {
                gradients = try pullback(dense, node.needs)
            }
            for (i, gradient) in gradients.enumerated() {
                guard let input = node.inputs[i], let gradient else { continue }
                let reduced = try fit(gradient, to: node.inputShapes[i].shape, node.inputShapes[i].dtype)
                let key = ObjectIdentifier(input)
                if var sum = cotangents.removeValue(forKey: key) {
                    try sum.add(reduced)
                    cotangents[key] = sum
                } else {
                    cotangents[key] = reduced
                }
            }
            if !retainGraph { node.release() }
        }
    }

    /// The nodes that lead from `root` to leaves, last created first.
    private static func reachable(from root: Node) throws(TensorError) -> [Node] {
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
        var order = [root]
        var next = 0
        while next < order.count {
            let node = order[next]
            next += 1
            guard node.isLeaf || node.pullback != nil else {
                throw TensorError(
                    .value, "backward", "the graph behind \(node.operation) was freed by an earlier backward",
                    help: "compute the loss again before each backward, or pass retain_graph")
            }
            for case let input? in node.inputs where seen.insert(ObjectIdentifier(input)).inserted { order.append(input) }
        }
        return order.sorted { $0.sequence > $1.sequence }
    }

    private static func deposit(_ gradient: Gradient, in leaf: Node) throws(TensorError) {
        var gradient = gradient
        // An expanded or transposed view becomes plain memory, which optimizers read.
        if case .dense(let tensor) = gradient, !tensor.isContiguous { gradient = .dense(try tensor.contiguous()) }
        if var sum = leaf.gradient {
            leaf.gradient = nil
            try sum.add(gradient)
            leaf.gradient = sum
        } else {
            leaf.gradient = gradient
        }
        if let sum = leaf.gradient { AnomalyCheck.current?.inspect(leaf: leaf, sum) }
    }

    /// Sums a gradient over the axes along which its input was broadcast, and gives it the input's dtype.
    private static func fit(_ gradient: Gradient, to shape: Shape, _ dtype: DType) throws(TensorError) -> Gradient {
        guard case .dense(let tensor) = gradient else { return try gradient.to(dtype) }
        return .dense(try tensor.summed(to: shape).to(dtype))
    }
}

extension Tensor {
    /// The sum over the axes that broadcasting `target` to this shape would stretch.
    func summed(to target: Shape) throws(TensorError) -> Tensor {
        if shape == target { return self }
        let extra = rank - target.rank
        let axes = (0..<rank).filter { $0 < extra || (target.dims[$0 - extra] == 1 && shape.dims[$0] != 1) }
        return try sum(dim: axes, keepdim: true).reshape(target.dims)
    }
}
