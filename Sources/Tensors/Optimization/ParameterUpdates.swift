import Statement

/// Applies an optimizer's steps to one parameter, in place where no one else sees its storage.
///
/// A step with a row-sparse gradient changes the other rows too (weight decay, momentum), but alike for all of them and without new
/// information. Those changes are put off: each row remembers how many of the logged steps it has had, and gets the rest, one by one
/// and with gradient 0, when it is next read or has a gradient. The bits are those of dense steps, whenever rows are read.
final class ParameterUpdates: RowLedger {
    /// Moments and the like, of the parameter's shape; empty before the first step.
    @Undoable private(set) var slots: [Tensor] = []
    /// Steps that not all rows have had.
    @Undoable private var log: [UpdateStep] = []
    /// Number of logged steps that each row has had; empty if nothing is put off.
    @Undoable private var done: [Int32] = []
    /// Why putting off could not be made good when a reader came; the next step throws it.
    @Undoable private var failure: TensorError?

    /// Takes one step with this gradient.
    func apply(_ step: UpdateStep, _ gradient: Gradient, to parameter: Parameter) throws(TensorError) {
        if let failure { throw failure }
        remember(parameter)
        if parameter.ledger !== self {
            parameter.ledger?.settle(parameter, rows: nil)
            parameter.ledger = self
        }
        let gradient = try gradient.to(parameter.dtype)
        let needed = step.slotNames.count
        while slots.count < needed { slots.append(try .zeros(parameter.shape, parameter.dtype, "step", isKept: true)) }
        switch gradient {
        case .dense(let tensor):
            guard tensor.shape == parameter.shape else { throw mismatch(parameter, tensor.shape) }
            let gradient = try tensor.contiguous()
            if !log.isEmpty {
                try makeWritable(parameter)
                settleAll(parameter)
            }
            dense(parameter.dtype.element, step, gradient, parameter, filling: try replaceShared(parameter))
        case .rows(let rows):
            try makeWritable(parameter)
            guard rows.fullShape == parameter.shape else { throw mismatch(parameter, rows.fullShape) }
            let rows = try rows.coalesced()
            catchUp(parameter, rows.indices)
            sparse(parameter.dtype.element, step, rows.indices, try rows.values.contiguous(), parameter)
            if step.changesWithoutGradient {
                if done.isEmpty { done = Array(repeating: 0, count: rows.rowCount) }
                log.append(step)
                let logged = Int32(log.count)
                _done.quietly { done in for row in rows.indices { done[Int(row)] = logged } }
            }
        }
    }

    /// What a step changes goes to the journal together: bringing rows up to date moves the same values from one to the other.
    private func remember(_ parameter: Parameter) {
        parameter.rememberValue()
        _slots.touch()
        _log.touch()
        _done.touch()
    }

    func settle(_ parameter: Parameter, rows: [Int32]?) {
        if log.isEmpty { return }
        do throws(TensorError) {
            try Interruption.holdOff { () throws(TensorError) in try makeWritable(parameter) }
        } catch {
            failure = error
            return
        }
        if let rows { catchUp(parameter, rows) } else { settleAll(parameter) }
    }

    /// Replaces the slots, as from a checkpoint. Steps put off before belong to the parameter as it was and are dropped.
    func restore(_ slots: [Tensor], for parameter: Parameter) throws(TensorError) {
        for slot in slots where slot.shape != parameter.shape || slot.dtype != parameter.dtype {
            throw TensorError(
                .shape, "restore", "the state of \(parameter.name) has another shape or dtype", operands: [parameter.value, slot])
        }
        settle(parameter, rows: nil)
        self.slots = slots
    }

    private func mismatch(_ parameter: Parameter, _ shape: Shape) -> TensorError {
        TensorError(
            .shape, "step", "the gradient of \(parameter.name) has shape \(shape), not \(parameter.shape)", operands: [parameter.value])
    }

    /// Gives the parameter and the slots storage that no one else sees: a tensor that was kept stays as it is.
    private func makeWritable(_ parameter: Parameter) throws(TensorError) {
        for (old, new) in zip(try replaceShared(parameter), [parameter.value] + slots) {
            if let old { new.copyElements(from: old, at: new.layout) }
        }
    }

    /// Gives the parameter and the slots new memory where somebody else sees theirs; what it must be filled from, for each, or nil.
    private func replaceShared(_ parameter: Parameter) throws(TensorError) -> [Tensor?] {
        func replace(_ tensor: inout Tensor) throws(TensorError) -> Tensor? {
            if isKnownUniquelyReferenced(&tensor.storage), tensor.isContiguous { return nil }
            let old = tensor
            tensor = try .uninitialized(old.shape, old.dtype, "step", isKept: true)
            // The next statement of the prompt that trains will want the same.
            if Journal.recordingStamp != 0 { MemoryPool.shared.prepare(old.count * old.dtype.size) }
            return old
        }
        var old: [Tensor?] = []
        do throws(TensorError) {
            old.append(try parameter.withValue(replace))
            for i in slots.indices { old.append(try _slots.quietly { slots throws(TensorError) in try replace(&slots[i]) }) }
        } catch {
            // Without memory for all of them everything stays as it was.
            for (i, tensor) in old.enumerated() {
                guard let tensor else { continue }
                if i == 0 { try parameter.withValue { $0 = tensor } } else { _slots.quietly { $0[i - 1] = tensor } }
            }
            throw error
        }
        return old
    }

    private func settleAll(_ parameter: Parameter) {
        if log.isEmpty { return }
        catchUp(parameter, nil)
        _log.quietly { $0.removeAll() }
        _done.quietly { $0.removeAll() }
    }

    /// Gives rows (nil: all) the logged steps that they have not had.
    private func catchUp(_ parameter: Parameter, _ rows: [Int32]?) {
        if log.isEmpty { return }
        var behind: [(row: Int, from: Int)] = []
        let logged = log.count
        _done.quietly { done in
            for row in rows ?? Array(0..<Int32(clamping: done.count)) where row >= 0 && Int(row) < done.count && done[Int(row)] < logged {
                behind.append((Int(row), Int(done[Int(row)])))
                done[Int(row)] = Int32(logged)
            }
        }
        if !behind.isEmpty { replay(parameter.dtype.element, parameter, behind) }
    }

    private func replay<T: FloatingElement>(_ type: T.Type, _ parameter: Parameter, _ behind: [(row: Int, from: Int)]) {
        let columns = parameter.shape.dims.dropFirst().reduce(1, *)
        let zeros = [T](repeating: 0, count: columns)
        let log = log
        zeros.withUnsafeBufferPointer { zeros in
            guard let zero = zeros.baseAddress else { return }
            // Writable and contiguous (makeWritable); rows are distinct and inside the parameter.
            nonisolated(unsafe) let (g, p, s) = (zero, parameter.value.mutableBase(T.self), slots.map { $0.mutableBase(T.self) })
            Parallel.rows(behind.count, grain: max(1, Kernels.grain / max(columns, 1))) { range in
                for (row, from) in behind[range] {
                    let at = row * columns
                    let slots = s.map { $0 + at }
                    for step in log[from...] { step.run(p + at, g, slots, columns) }
                }
            }
        }
    }

    private func sparse<T: FloatingElement>(
        _ type: T.Type, _ step: UpdateStep, _ indices: [Int32], _ values: Tensor, _ parameter: Parameter
    ) {
        let columns = parameter.shape.dims.dropFirst().reduce(1, *)
        // Writable and contiguous (makeWritable); indices are distinct and inside the parameter; one row of values for each.
        nonisolated(unsafe) let (g, p, s) = (values.base(T.self), parameter.value.mutableBase(T.self), slots.map { $0.mutableBase(T.self) })
        Parallel.rows(indices.count, grain: max(1, Kernels.grain / max(columns, 1))) { range in
            for i in range {
                let at = Int(indices[i]) * columns
                step.run(p + at, g + i * columns, s.map { $0 + at }, columns)
            }
        }
        withExtendedLifetime(values) {}
    }

    /// Takes a step whose gradient has every element; values that were shared are copied block by block as they are updated, while they are
    /// in the cache.
    private func dense<T: FloatingElement>(
        _ type: T.Type, _ step: UpdateStep, _ gradient: Tensor, _ parameter: Parameter, filling sources: [Tensor?]
    ) {
        // A source that is not contiguous is copied as its layout says.
        for (old, new) in zip(sources, [parameter.value] + slots) {
            if let old, !old.isContiguous { new.copyElements(from: old, at: new.layout) }
        }
        nonisolated(unsafe) let from = sources.map { $0.flatMap { $0.isContiguous ? $0.base(T.self) : nil } }
        let block = from.contains { $0 != nil } ? 4096 : Int.max
        // Writable and contiguous (replaceShared), and of the gradient's shape; so are the sources.
        nonisolated(unsafe) let (g, p, s) = (
            gradient.base(T.self), parameter.value.mutableBase(T.self), slots.map { $0.mutableBase(T.self) }
        )
        Parallel.ranges(gradient.count, grain: Kernels.grain) { range in
            var at = range.lowerBound
            while at < range.upperBound {
                let count = min(block, range.upperBound - at)
                for (source, target) in zip(from, [p] + s) {
                    if let source { (target + at).update(from: source + at, count: count) }
                }
                step.run(p + at, g + at, s.map { $0 + at }, count)
                at += count
            }
        }
        withExtendedLifetime((gradient, sources)) {}
    }
}
