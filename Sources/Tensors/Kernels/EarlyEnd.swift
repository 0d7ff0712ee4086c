import Statement

/// Loops that make something new and may take seconds: they look now and then whether the user wants the work to end, and leave the rest
/// undone then. What they were to make is thrown away, so that nobody sees its gaps; what changes a tensor in place does not come by here.
package final class EarlyEnd: @unchecked Sendable {
    // One object for each call of `allowing`, seen by the thread that made it alone.
    @TaskLocal static var current: EarlyEnd?
    fileprivate var happened = false

    /// Elements below which nobody has to wait for long.
    private static let shortest = 1 << 22
    /// Elements between two looks in a loop on one thread.
    private static let piece = 1 << 16

    /// Whether the loop under way is to leave the rest undone.
    var isDue: Bool {
        if Interruption.isRequested { happened = true }
        return happened
    }

    /// Runs `body`, whose parallel loops over `count` elements may end early.
    ///
    /// - Throws: interrupted, if they did.
    package static func allowing(_ operation: String, _ count: Int, _ body: () -> Void) throws(TensorError) {
        if count < shortest { return body() }
        let end = EarlyEnd()
        $current.withValue(end, operation: body)
        if end.happened { throw TensorError(.interrupted, operation, "interrupted") }
    }

    /// Calls `body` with one range after the other of `0..<count`, inside of `allowing` until the loop is to end.
    static func ranges(_ count: Int, _ body: (Range<Int>) -> Void) {
        guard count > piece, let end = current else { return body(0..<count) }
        for start in stride(from: 0, to: count, by: piece) where !end.isDue { body(start..<min(start + piece, count)) }
    }

    /// Calls `body` with one range after the other of `0..<count`.
    ///
    /// - Parameter width: elements that one step of the range stands for, such as a row's.
    /// - Throws: interrupted, between two ranges.
    static func pieces(
        _ count: Int, width: Int = 1, _ operation: String, _ body: (Range<Int>) throws(TensorError) -> Void
    ) throws(TensorError) {
        let step = max(1, piece / max(width, 1))
        var start = 0
        while start < count {
            if start > 0, Interruption.isRequested { throw TensorError(.interrupted, operation, "interrupted") }
            let end = min(start + step, count)
            try body(start..<end)
            start = end
        }
    }
}
