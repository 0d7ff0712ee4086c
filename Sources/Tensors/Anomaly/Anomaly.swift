/// Where numbers stopped being finite: the operation, what went in, what came out, and the parameter that it reaches.
public struct Anomaly: Hashable, Sendable, CustomStringConvertible {
    public enum Place: Hashable, Sendable {
        /// An operation made it from finite operands.
        case forward
        /// It was in an operand already: a parameter, or data.
        case operand
        /// The gradient of an operation made it from a finite cotangent.
        case backward
    }

    public let place: Place
    /// Name of the operation as a script spells it.
    public let operation: String
    /// What the operation was computed from, in order.
    public let operands: [TensorSummary]
    /// What is not finite: the result, the operand, or the gradient.
    public let value: TensorSummary
    /// The parameter that is not finite, was the operation's operand, or gets the gradient; nil if none is named.
    public let parameter: String?

    /// One sentence: "first in exp of f32[3] from 0 to 900: it gives f32[3] with 1 inf of 3 elements".
    public var description: String {
        let inputs = operands.isEmpty ? "" : " of " + operands.map(\.description).joined(separator: " and ")
        switch place {
        case .forward: return "first in \(operation)\(inputs): it gives \(value)"
        case .operand: return "first in an operand of \(operation): \(value)"
        case .backward:
            let reaches = parameter.map { ", which reaches the gradient of \($0)" } ?? ""
            return "first in the gradient of \(operation)\(inputs): it gives \(value)\(reaches)"
        }
    }
}

/// Watches every operation and every gradient of a computation, to say where numbers first stop being finite.
///
/// It reads each operation's operands and result, so it is for a step that is known to go wrong, run a second time
/// (torch.autograd.detect_anomaly does the same for gradients). `@unchecked Sendable`: one thread runs and asks.
public final class AnomalyCheck: @unchecked Sendable {
    /// An operation whose result is not finite.
    private struct Event {
        let operation: String
        let operands: [TensorSummary]
        let sources: [ObjectIdentifier]
        let value: TensorSummary
    }

    /// By the result's storage, so that a view leads to what made it.
    private var events: [ObjectIdentifier: Event] = [:]
    /// Storages named by `events`, so that their identity is not given away to another.
    private var kept: [Storage] = []
    /// Operands of recorded operations by their node, for when their gradient turns out to be the origin.
    private var operands: [UInt64: [TensorSummary]] = [:]
    private var gradient: Anomaly?
    /// Inside a gradient's rule, whose own operations are its business.
    private var isPaused = false

    @TaskLocal private static var running: AnomalyCheck?

    /// The check that this thread runs under.
    static var current: AnomalyCheck? {
        guard let check = running, !check.isPaused else { return nil }
        return check
    }

    public init() {}

    /// Runs `body` under watch.
    public func run<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = Self.$running.withValue(self) {
            do throws(E) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Where `value`, computed under watch, stopped being finite; without it, or if it is finite, where a gradient did. Nil if nothing did.
    public func anomaly(in value: Tensor? = nil) -> Anomaly? {
        guard let value, !value.isFinite else { return gradient }
        guard let event = events[ObjectIdentifier(value.storage)] else {
            return Anomaly(
                place: .operand, operation: "the result", operands: [], value: TensorSummary(value), parameter: value.node?.parameterName)
        }
        return origin(event)
    }

    /// Goes back through the values that are not finite to the one that is made from finite ones.
    private func origin(_ start: Event) -> Anomaly {
        var event = start
        var maker: Event?
        var seen: Set<ObjectIdentifier> = []
        while let place = event.operands.indices.filter({ !event.operands[$0].isFinite }).max(by: {
            event.operands[$0].nans < event.operands[$1].nans
        }) {
            let operand = event.operands[place]
            if operand.nans == 0, event.value.nans > 0 { maker = event }
            if seen.insert(event.sources[place]).inserted, let earlier = events[event.sources[place]] {
                event = earlier
                continue
            }
            // An infinity that is data, such as a mask's, is no fault: what made nan of it is.
            if operand.nans == 0, let maker {
                event = maker
                break
            }
            return Anomaly(
                place: .operand, operation: event.operation, operands: event.operands, value: operand, parameter: operand.name)
        }
        return Anomaly(
            place: .forward, operation: event.operation, operands: event.operands, value: event.value,
            parameter: event.operands.lazy.compactMap(\.name).first)
    }

    /// Called with each operation's detached or recorded result and its operands as they were given.
    func inspect(_ operation: String, _ result: Tensor, _ inputs: [Tensor], node: Node?) {
        let key = ObjectIdentifier(result.storage)
        let isNew = events[key] == nil && !result.isFinite
        guard isNew || node != nil else { return }
        let summaries = inputs.map(TensorSummary.init)
        if let node { operands[node.sequence] = summaries }
        // A view of what is not finite is not a place where something went wrong.
        guard isNew, !inputs.contains(where: { $0.storage === result.storage }) else { return }
        kept.append(result.storage)
        events[key] = Event(
            operation: operation, operands: summaries, sources: inputs.map { ObjectIdentifier($0.storage) }, value: TensorSummary(result))
        kept.append(contentsOf: zip(inputs, summaries).filter { !$1.isFinite }.map { $0.0.storage })
    }

    /// Runs an operation's gradient rule and looks at what it gives.
    func inspecting(_ node: Node, _ cotangent: Gradient, _ rule: () throws(TensorError) -> [Gradient?]) throws(TensorError) -> [Gradient?] {
        isPaused = true
        defer { isPaused = false }
        let gradients = try rule()
        guard gradient == nil, let bad = gradients.lazy.compactMap(\.self).first(where: { !$0.isFinite }) else { return gradients }
        let isSeed = !cotangent.isFinite
        gradient = Anomaly(
            place: .backward, operation: isSeed ? "backward" : node.operation, operands: isSeed ? [] : operands[node.sequence] ?? [],
            value: TensorSummary(isSeed ? cotangent.held : bad.held), parameter: nil)
        return gradients
    }

    /// Called with what a leaf's gradient has become: the first that the anomaly reaches is named.
    func inspect(leaf: Node, _ sum: Gradient) {
        if let found = gradient, found.parameter != nil { return }
        guard !sum.isFinite else { return }
        let found = gradient ?? Anomaly(place: .backward, operation: "add", operands: [], value: TensorSummary(sum.held), parameter: nil)
        gradient = Anomaly(
            place: .backward, operation: found.operation, operands: found.operands, value: found.value, parameter: leaf.parameterName)
    }
}
