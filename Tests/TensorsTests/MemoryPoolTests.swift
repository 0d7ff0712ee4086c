import Foundation
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
        let (first, capacity) = try pool.allocate(50_000, "test")
        pool.release(first, capacity: capacity)
        #expect(pool.usage.live == 0 && pool.usage.idle == capacity)
        // The same class, and one a little smaller, take the idle buffer.
        let (second, same) = try pool.allocate(50_000, "test")
        #expect(second == first && same == capacity)
        pool.release(second, capacity: same)
        let (third, larger) = try pool.allocate(40_000, "test")
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

    /// Buffers of many sizes, kept for a while: none overlaps another, whatever is given back is used again, and what is held is bounded.
    @Test func buffersOfTheArenaNeverOverlap() throws {
        let pool = MemoryPool(checks: false)
        var random = Philox(seed: 3, purpose: "arena")
        var live: [(pointer: UnsafeMutableRawPointer, size: Int, capacity: Int, mark: UInt8)] = []
        func isIntact(_ buffer: (pointer: UnsafeMutableRawPointer, size: Int, capacity: Int, mark: UInt8)) -> Bool {
            UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.size).allSatisfy { $0 == buffer.mark }
        }
        for step in 0..<600 {
            if random.below(5) < 2 || live.count == 24 {
                if let buffer = live.isEmpty ? nil : live.remove(at: random.below(live.count)) {
                    #expect(isIntact(buffer))
                    pool.release(buffer.pointer, capacity: buffer.capacity)
                }
            } else {
                let size = 1 + random.below(1 << (14 + random.below(6)))
                let (pointer, capacity) = try pool.allocate(size, "test")
                #expect(capacity >= size && UInt(bitPattern: pointer) % 64 == 0)
                live.append((pointer, size, capacity, UInt8(truncatingIfNeeded: step)))
                pointer.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: step), count: size)
            }
            let usage = pool.usage
            #expect(
                usage.live == live.reduce(0) { $0 + $1.capacity } && usage.live + usage.idle <= max(usage.peak, usage.live) / 4 * 5 + 64)
            if step == 300 { pool.trim() }
        }
        for buffer in live {
            #expect(isIntact(buffer))
            pool.release(buffer.pointer, capacity: buffer.capacity)
        }
        // All gaps are one again: it holds what all of them held.
        pool.trim()
        #expect(pool.usage.live == 0 && pool.usage.idle == 0)
    }

    /// Neighbours that were given back make room for a larger buffer, and the system sees memory again that is not needed.
    @Test func gapsGrowTogether() throws {
        let arena = try #require(Arena(size: 1 << 30))
        let size = 1 << 20
        let buffers = try (0..<4).map { _ in try #require(arena.take(size)) }
        for pointer in buffers { pointer.initializeMemory(as: UInt8.self, repeating: 7, count: size) }
        arena.give(buffers[1], size)
        #expect(arena.takeHeld(2 * size) == nil)
        arena.give(buffers[2], size)
        #expect(arena.idle == 2 * size && arena.owned == 2 * size)
        #expect(arena.takeHeld(2 * size) == buffers[1] && arena.idle == 0)
        arena.give(buffers[1], 2 * size)
        arena.release(downTo: 0)
        #expect(arena.idle == 0 && arena.takeHeld(64) == nil)
        // What was given back comes again, empty.
        let again = try #require(arena.take(2 * size))
        #expect(again == buffers[1] && UnsafeRawBufferPointer(start: again, count: 2 * size).allSatisfy { $0 == 0 })
        #expect(arena.take(1 << 40) == nil)
    }

    /// A buffer that a statement keeps is foreseen: the next one of its size is in memory before it is asked for, and nobody else gets it.
    @Test func foreseenBuffersAreTouchedAndLaidAside() throws {
        let pool = MemoryPool(checks: false)
        let size = 8 << 20
        let (kept, capacity) = try pool.allocate(size, "test", isKept: true)
        #expect(try !isResident(kept, size))
        pool.prepare(size)
        let deadline = Date(timeIntervalSinceNow: 20)
        while pool.usage.idle < size, Date() < deadline { usleep(1000) }
        #expect(pool.usage == (size, size, size))
        let (other, _) = try pool.allocate(size, "test")
        #expect(pool.usage == (2 * size, size, 2 * size))
        #expect(try !isResident(other, size))
        let (next, _) = try pool.allocate(size, "test", isKept: true)
        #expect(try isResident(next, size))
        #expect(Set([kept, other, next]).count == 3 && pool.usage == (3 * size, 0, 3 * size))
        // It is laid aside once; the one after comes from the system, and what was laid aside in vain goes back.
        pool.prepare(size)
        while pool.usage.idle < size, Date() < deadline { usleep(1000) }
        pool.trim()
        #expect(pool.usage == (3 * size, 0, 3 * size))
        for pointer in [kept, other, next] { pool.release(pointer, capacity: capacity) }
    }

    /// Whether the system holds memory for all of a buffer.
    private func isResident(_ pointer: UnsafeMutableRawPointer, _ size: Int) throws -> Bool {
        let page = Int(getpagesize())
        let first = pointer.alignedUp(toMultipleOf: page)
        var pages = [UInt8](repeating: 0, count: (size - (first - pointer)) / page)
        try #require(mincore(first, pages.count * page, &pages) == 0)
        return pages.allSatisfy { $0 & 1 == 1 }
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
