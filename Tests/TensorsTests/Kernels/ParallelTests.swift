import Foundation
import Statement
import Synchronization
import Testing

@testable import Tensors

@Suite struct ParallelTests {
    @Test(arguments: [0, 1, 2, 7, 1_000]) func runsEveryChunkOnce(_ chunks: Int) {
        let counts = (0..<max(chunks, 1)).map { _ in Counter() }
        Parallel.run(chunks) { counts[$0].value.add(1, ordering: .relaxed) }
        #expect(counts.prefix(chunks).allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }

    @Test(arguments: [(1, 1), (15, 4), (16, 16), (1_000, 10), (100_003, 64), (0, 5)]) func rangesCoverAllOnce(_ size: (Int, Int)) {
        for split in [Parallel.ranges, Parallel.rows] {
            let seen = Mutex<[Range<Int>]>([])
            split(size.0, size.1, 1) { range in seen.withLock { $0.append(range) } }
            let sorted = seen.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
            #expect(sorted.flatMap(Array.init) == Array(0..<size.0))
        }
    }

    /// Several threads with loops of their own, and loops inside of loops.
    @Test func isSafeFromManyThreads() {
        let total = Counter()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<200 {
                Parallel.run(5) { _ in Parallel.run(3) { _ in total.value.add(1, ordering: .relaxed) } }
            }
        }
        #expect(total.value.load(ordering: .relaxed) == 8 * 200 * 5 * 3)
    }

    /// The same bits on every run: reductions, softmax, layer norm with its column sums, attention.
    @Test func givesTheSameBitsEachTime() throws {
        let x = try values([300, 96], seed: 1), w = try values([96], seed: 2)
        func once() throws -> [Float] {
            let x = try x.requiringGrad(), w = try w.requiringGrad()
            let y = try Fused.residualLayerNorm(x, residual: x, w, w, eps: 1e-5, inputBias: w)
            let z = try Fused.packedAttention(y, y, y, offsets: [0, 13, 200, 300], heads: 3)
            try z.backward(cotangent: z.detach())
            return try [z.sum().floats(), z.floats(), x.grad?.floats() ?? [], w.grad?.floats() ?? []].flatMap { $0 }
        }
        let first = try once()
        for _ in 0..<20 { #expect(try once() == first) }
    }

    /// The workers run the level that the calling thread has chosen.
    @Test func workersFollowTheLevel() {
        for level in Kernels.Level.available {
            Kernels.with(level: level) { Parallel.run(64) { _ in #expect(Kernels.level == level) } }
        }
        #expect(Kernels.level == Kernels.Level.available.last || ProcessInfo.processInfo.environment["EFT_KERNEL_LEVEL"] != nil)
    }

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// The user's wish comes while the first slice runs: the rest is left undone, and nobody gets the result.
    @Test func aLongLoopEndsEarlyWhereItMay() throws {
        let wish = Interruption()
        let count = 1 << 28
        let done = Atomic<Int>(0)
        func work(_ loop: (Int) -> Void) {
            wish.covering { loop(count) }
        }
        func step(_ elements: Int) {
            done.add(elements, ordering: .relaxed)
            wish.request()
        }
        #expect(throws: TensorError.self) {
            try wish.covering {
                try EarlyEnd.allowing("exp", count) { Parallel.ranges(count, grain: 16_384) { step($0.count) } }
            }
        }
        #expect(done.load(ordering: .relaxed) > 0 && done.load(ordering: .relaxed) < count)
        wish.reset()
        done.store(0, ordering: .relaxed)
        // What is not to end early goes on to its end.
        work { Parallel.ranges($0, grain: 16_384) { step($0.count) } }
        #expect(done.load(ordering: .relaxed) == count)
        wish.reset()
        done.store(0, ordering: .relaxed)
        #expect(throws: TensorError.self) {
            try wish.covering { try EarlyEnd.allowing("sum", count) { Parallel.run(1 << 14) { _ in step(1) } } }
        }
        #expect(done.load(ordering: .relaxed) < 1 << 14)
    }

    @Test func slicesCoverAllOnce() throws {
        let count = (1 << 27) + 5
        let total = Atomic<Int>(0)
        let lows = Atomic<Int>(0)
        try EarlyEnd.allowing("exp", count) {
            Parallel.ranges(count, grain: 16_384) {
                total.add($0.count, ordering: .relaxed)
                lows.add($0.lowerBound % 16, ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == count && lows.load(ordering: .relaxed) == 0)
    }
}
