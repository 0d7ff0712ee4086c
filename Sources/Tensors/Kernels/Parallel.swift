import CKernels

/// Loops over rows on the threads that kernels and matrix products share.
public enum Parallel {
    /// Threads in use: `EFT_THREADS`, else the cores available to this process. Part of what makes results repeatable.
    public static var threads: Int { Int(eft_threads()) }

    /// Changes the number of threads for all later kernels (1...256).
    public static func setThreads(_ count: Int) { eft_threads_set(Int32(clamping: count)) }

    /// Calls `body` once for each of `0..<chunks`, in any order, on any of the threads, and returns when all are done.
    package static func run(_ chunks: Int, _ body: (Int) -> Void) {
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
    package static func ranges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        // A few ranges a thread even out what else runs on the machine.
        let chunks = min(threads == 1 ? 1 : threads * 4, max(1, count / max(grain, 1)))
        guard chunks > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        let blocks = (count + 15) / 16
        run(chunks) { chunk in
            let low = blocks * chunk / chunks * 16, high = min(blocks * (chunk + 1) / chunks * 16, count)
            if low < high { body(low..<high) }
        }
    }

    /// `ranges` without the alignment, for rows.
    package static func rows(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let chunks = min(threads == 1 ? 1 : threads * 4, max(1, count / max(grain, 1)))
        guard chunks > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        run(chunks) { chunk in
            let low = count * chunk / chunks, high = count * (chunk + 1) / chunks
            if low < high { body(low..<high) }
        }
    }
}
