import CKernels

/// Loops over rows on the threads that kernels and matrix products share.
public enum Parallel {
    /// Threads in use: `EFT_THREADS`, else the cores available to this process. Part of what makes results repeatable.
    public static var threads: Int { Int(eft_threads()) }

    /// Changes the number of threads for all later kernels (1...256).
    public static func setThreads(_ count: Int) { eft_threads_set(Int32(clamping: count)) }

    /// Grains of work after which a loop that may end early looks whether it is to: thousandths of a second, but a good tenth where memory is
    /// touched for the first time and slow to get.
    private static let patience = 1 << 9

    /// Calls `body` once for each of `0..<chunks`, in any order, on any of the threads, and returns when all are done.
    ///
    /// - Parameter width: elements of a chunk, for loops that may end early.
    package static func run(_ chunks: Int, width: Int = 1, _ body: (Int) -> Void) {
        let slice = max(threads, min(patience, patience * Kernels.grain / max(width, 1)))
        if chunks > slice, let end = EarlyEnd.current {
            for start in stride(from: 0, to: chunks, by: slice) where !end.isDue { run(min(slice, chunks - start)) { body(start + $0) } }
            return
        }
        guard chunks > 1 else {
            if chunks == 1 { body(0) }
            return
        }
        withoutActuallyEscaping(body) { escaping in
            var context = escaping
            // The context outlives the loop: eft_parallel returns only when every chunk is done.
            withUnsafeMutablePointer(to: &context) {
                eft_parallel(
                    chunks,
                    { context, chunk in
                        context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(chunk)
                    }, $0)
            }
        }
    }

    /// Splits `0..<count` into ranges of at least `grain` and calls `body` for each, as `run` does.
    ///
    /// The ranges depend on `count`, `grain` and the number of threads only, and start at multiples of 16.
    ///
    /// - Parameter width: elements that one step of a range stands for, such as a column's. Needed where one is longer than a grain.
    package static func ranges(_ count: Int, grain: Int, width: Int = 1, _ body: (Range<Int>) -> Void) {
        split(count, grain, width, unit: 16, body)
    }

    /// `ranges` without the alignment, for rows.
    package static func rows(_ count: Int, grain: Int, width: Int = 1, _ body: (Range<Int>) -> Void) {
        split(count, grain, width, unit: 1, body)
    }

    /// Ranges that start at multiples of `unit`.
    private static func split(_ count: Int, _ grain: Int, _ width: Int, unit: Int, _ body: (Range<Int>) -> Void) {
        let isDone = inSlices(count, grain, width, unit: unit) { slice in
            split(slice.count, grain, width, unit: unit) { body(slice.lowerBound + $0.lowerBound..<slice.lowerBound + $0.upperBound) }
        }
        if isDone { return }
        // A few ranges a thread even out what else runs on the machine.
        let chunks = min(threads == 1 ? 1 : threads * 4, max(1, count / max(grain, 1)))
        guard chunks > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        let blocks = (count + unit - 1) / unit
        run(chunks) { chunk in
            let low = blocks * chunk / chunks * unit, high = min(blocks * (chunk + 1) / chunks * unit, count)
            if low < high { body(low..<high) }
        }
    }

    /// Hands a loop that is long and may end early to `body` slice by slice; false, and nothing is done, for others.
    private static func inSlices(_ count: Int, _ grain: Int, _ width: Int, unit: Int, _ body: (Range<Int>) -> Void) -> Bool {
        let grains = min(patience, max(1, patience * Kernels.grain / max(1, grain * width)))
        let slice = (max(grain, threads) * grains + unit - 1) / unit * unit
        guard count > slice, let end = EarlyEnd.current else { return false }
        for start in stride(from: 0, to: count, by: slice) where !end.isDue { body(start..<min(start + slice, count)) }
        return true
    }
}
