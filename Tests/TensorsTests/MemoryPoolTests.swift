import Testing

@testable import Tensors

@Suite struct MemoryPoolTests {
    @Test func sizeClassesHoldTheirSizesAndWasteLittle() {
        for size in [0, 1, 63, 64, 65, 511, 512, 513, 1000, 4096, 4097, 1 << 20, (1 << 20) + 1, 123_456_789, 1 << 40] {
            let held = MemoryPool.sizeClass(size)
            #expect(held >= size && held % 64 == 0)
            #expect(held <= max(64, size + max(size / 8, 64)), "\(size) takes \(held)")
            #expect(MemoryPool.sizeClass(held) == held)
        }
    }

    @Test func releasedMemoryIsUsedAgainAndBounded() throws {
        let pool = MemoryPool(checks: false)
        let (first, capacity) = try pool.allocate(100_000, "test")
        pool.release(first, capacity: capacity)
        #expect(pool.usage.live == 0 && pool.usage.idle == capacity)
        // The same class, and one a little smaller, take the idle buffer.
        let (second, same) = try pool.allocate(100_000, "test")
        #expect(second == first && same == capacity)
        pool.release(second, capacity: same)
        let (third, larger) = try pool.allocate(80_000, "test")
        #expect(third == first && larger == capacity)
        pool.release(third, capacity: larger)
        // Sizes that never come again do not pile up.
        for step in 1...200 {
            let (pointer, held) = try pool.allocate(100_000 + step * 50_000, "test")
            pool.release(pointer, capacity: held)
            let usage = pool.usage
            #expect(usage.live == 0 && usage.idle <= usage.peak / 4 * 5)
        }
        pool.trim()
        #expect(pool.usage.idle == 0)
        let error = #expect(throws: TensorError.self) { try pool.allocate(.max, "test") }
        #expect(error?.kind == .memory)
    }

    @Test func checkedMemoryIsExactFreshAndFullOfNaN() throws {
        let pool = MemoryPool(checks: true)
        for size in [0, 1, 100, 100_000] {
            let (pointer, capacity) = try pool.allocate(size, "test")
            #expect(capacity == max(size, 1))
            #expect(UnsafeRawBufferPointer(start: pointer, count: capacity).allSatisfy { $0 == 0xFF })
            pool.release(pointer, capacity: capacity)
            #expect(pool.usage.live == 0 && pool.usage.idle == 0)
        }
    }
}
