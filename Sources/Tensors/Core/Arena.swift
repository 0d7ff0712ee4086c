import Foundation

/// Address space for large buffers, in one piece: neighbours that are free become one, so that steps of other sizes use the same memory again,
/// and the system may back it with huge pages, which are quicker to get and to look up.
///
/// Memory costs nothing until it is first touched; `held` counts what has been. Not thread-safe: the pool's lock guards it.
final class Arena {
    /// A stretch without an owner. What is `untouched`, or was given back, holds no memory.
    private struct Gap {
        var start: Int
        var size: Int
        var isHeld: Bool
        var end: Int { start + size }
    }

    private let mapping: (start: UnsafeMutableRawPointer, size: Int)
    private let base: UnsafeMutableRawPointer
    private let size: Int
    /// Ascending, with owned bytes between any two, and all below `top`.
    private var gaps: [Gap] = []
    /// Everything from here on is untouched.
    private var top = 0
    /// Bytes that have an owner.
    private(set) var owned = 0
    /// Bytes that hold memory without an owner.
    private(set) var idle = 0

    private static let hugePage = 2 << 20

    /// Reserves `size` bytes of address space; nil if the system refuses.
    init?(size: Int) {
        let size = size / Self.hugePage * Self.hugePage
        let (total, overflow) = size.addingReportingOverflow(Self.hugePage)
        guard size > 0, !overflow,
            let found = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), found != MAP_FAILED
        else { return nil }
        mapping = (found, total)
        base = found.alignedUp(toMultipleOf: Self.hugePage)
        self.size = size
        // Where there are no huge pages it is none the worse.
        madvise(base, size, MADV_HUGEPAGE)
    }

    deinit { munmap(mapping.start, mapping.size) }

    func owns(_ pointer: UnsafeMutableRawPointer) -> Bool { pointer >= base && pointer < base + size }

    /// A buffer of `byteCount` bytes, a multiple of 64, of memory that is held: the smallest gap that is large enough, or nil.
    func takeHeld(_ byteCount: Int) -> UnsafeMutableRawPointer? { smallestGap(byteCount, isHeld: true).map { take(byteCount, from: $0) } }

    /// A buffer of memory that may be new; nil when the space is used up.
    func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        if let held = takeHeld(byteCount) { return held }
        let isOpen = gaps.last.map { $0.end == top } ?? false
        // A gap at the very top grows.
        if !isOpen || gaps.last?.isHeld != true, let index = smallestGap(byteCount, isHeld: false) { return take(byteCount, from: index) }
        let start = isOpen ? gaps.last?.start ?? top : top
        guard byteCount <= size - start else { return nil }
        if isOpen, let last = gaps.popLast(), last.isHeld { idle -= last.size }
        top = start + byteCount
        owned += byteCount
        return base + start
    }

    /// A buffer of memory that holds nothing yet; nil when the space is used up.
    func takeUntouched(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        if let index = smallestGap(byteCount, isHeld: false) { return take(byteCount, from: index) }
        guard byteCount <= size - top else { return nil }
        defer {
            top += byteCount
            owned += byteCount
        }
        return base + top
    }

    private func smallestGap(_ byteCount: Int, isHeld: Bool) -> Int? {
        var best: Int?
        for (index, gap) in gaps.enumerated() where gap.isHeld == isHeld && gap.size >= byteCount {
            if let known = best, gaps[known].size <= gap.size { continue }
            best = index
        }
        return best
    }

    private func take(_ byteCount: Int, from index: Int) -> UnsafeMutableRawPointer {
        let gap = gaps[index]
        if gap.isHeld { idle -= byteCount }
        owned += byteCount
        if gap.size == byteCount {
            gaps.remove(at: index)
        } else {
            gaps[index].start += byteCount
            gaps[index].size -= byteCount
        }
        return base + gap.start
    }

    /// Takes a buffer back that `take` gave.
    func give(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
        let start = pointer - base
        owned -= byteCount
        idle += byteCount
        var next = gaps.count
        // Gaps are few; most of what is given back is near the top.
        while next > 0, gaps[next - 1].start > start { next -= 1 }
        gaps.insert(Gap(start: start, size: byteCount, isHeld: true), at: next)
        join(next)
        if next > 0 { join(next - 1) }
    }

    /// Makes one gap of this one and the next, if they touch and both hold memory or neither does.
    private func join(_ index: Int) {
        guard index + 1 < gaps.count, gaps[index].end == gaps[index + 1].start, gaps[index].isHeld == gaps[index + 1].isHeld else { return }
        gaps[index].size += gaps[index + 1].size
        gaps.remove(at: index + 1)
    }

    /// Gives memory without an owner back to the system, the largest gaps first, until at most `bytes` are held.
    func release(downTo bytes: Int) {
        while idle > bytes, let index = gaps.indices.filter({ gaps[$0].isHeld }).max(by: { gaps[$0].size < gaps[$1].size }) {
            let gap = gaps[index]
            let page = Int(getpagesize())
            let first = (gap.start + page - 1) / page * page, last = gap.end / page * page
            if last > first { madvise(base + first, last - first, MADV_DONTNEED) }
            gaps[index].isHeld = false
            idle -= gap.size
            join(index)
            if index > 0 { join(index - 1) }
        }
        if let last = gaps.last, last.end == top, !last.isHeld {
            top = last.start
            gaps.removeLast()
        }
    }
}
