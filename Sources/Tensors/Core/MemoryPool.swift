import CKernels
import Foundation

/// Keeps released buffers, so that a training step reuses the memory of the step before instead of asking the system for it: small ones by size
/// class, large ones in an arena.
///
/// `@unchecked Sendable`: all mutable state is guarded by `lock`.
public final class MemoryPool: @unchecked Sendable {
    public static let shared = MemoryPool()

    private let lock = NSLock()
    private var idle: [Int: [UnsafeMutableRawPointer]] = [:]
    /// Where large buffers are; nil if there is no address space, or every buffer is to be checked.
    private let arena: Arena?
    private var liveBytes = 0
    private var idleBytes = 0
    private var peak = 0
    /// Bytes taken from the system since it was last asked how much it has.
    private var unseenBytes = 0
    /// When memory was last laid aside: bytes in use then and the most since, bytes idle then, and those that had to be taken from the system
    /// since.
    private var recent = (start: 0, peak: 0, idle: 0, taken: 0)
    /// Sizes of the buffers that are to be laid aside.
    private var wanted: [Int] = []
    /// Buffers that were laid aside, by their size, for those who keep them.
    private var reserve: [Int: [UnsafeMutableRawPointer]] = [:]
    private var reservedBytes = 0
    private static let preparations = DispatchQueue(label: "eft.memory", qos: .utility)
    private static let pageSize = Int(getpagesize())
    private static let checkInterval = 64 << 20
    /// Left to the rest of the process and the system.
    private static let leftToOthers = 128 << 20

    /// Bytes of physical memory, or of the control group's share of it.
    public let limit: Int
    private static let alignment = 64
    /// Whether every buffer comes from the system, is exactly as long as asked for and full of NaN, and goes back at once: reads of what was
    /// never written change results, and accesses behind the end are seen by an address sanitizer. Asked for by `EFT_CHECK_MEMORY=1`.
    private let checks: Bool

    init(checks: Bool = eft_checks_memory()) {
        self.checks = checks
        limit = Self.memoryLimit()
        // Twice over: gaps of sizes that do not come again may lie idle, without memory.
        arena = checks ? nil : Arena(size: limit.multipliedReportingOverflow(by: 2).partialValue)
    }

    /// Bytes in use by tensors now, and the most there ever were.
    public var usage: (live: Int, idle: Int, peak: Int) { lock.withLock { (liveBytes, held + reservedBytes, peak) } }

    /// At least `byteCount` bytes, and how many there really are.
    ///
    /// - Parameter isKept: whether the buffer is one of those that `prepare` lays memory aside for.
    func allocate(_ byteCount: Int, _ operation: String, isKept: Bool = false) throws(TensorError) -> (UnsafeMutableRawPointer, Int) {
        try check(byteCount, operation)
        let capacity =
            checks ? max(byteCount, 1) : byteCount < Self.large || arena == nil ? Self.sizeClass(byteCount) : (byteCount + 63) & ~63
        lock.lock()
        defer { lock.unlock() }
        if isKept, let pointer = reserve[capacity]?.popLast() {
            reservedBytes -= capacity
            return owned(pointer, capacity)
        }
        if !checks, let found = reuse(capacity) { return found }
        // Idle memory of other sizes makes room: what is held never exceeds the most that was in use at once by more than a quarter.
        evict(downTo: min(max(peak, liveBytes + capacity) / 4 * 5, limit) - capacity - liveBytes)
        guard liveBytes + capacity <= limit else { throw refusal(byteCount, operation) }
        // New memory is held against what the system has left: Linux would grant it and then kill the process.
        recent.taken += capacity
        unseenBytes += capacity
        if unseenBytes >= Self.checkInterval {
            unseenBytes = 0
            if let available = Self.availableMemory(), capacity > available - Self.leftToOthers {
                drain()
                if let available = Self.availableMemory(), capacity > available - Self.leftToOthers { throw refusal(byteCount, operation) }
            }
        }
        if capacity >= Self.large, let pointer = arena?.take(capacity) { return owned(pointer, capacity) }
        var memory: UnsafeMutableRawPointer?
        if posix_memalign(&memory, Self.alignment, capacity) != 0 {
            drain()
            memory = nil
            _ = posix_memalign(&memory, Self.alignment, capacity)
        }
        guard let pointer = memory else { throw refusal(byteCount, operation) }
        if checks { pointer.initializeMemory(as: UInt8.self, repeating: 0xFF, count: capacity) }
        return owned(pointer, capacity)
    }

    private func owned(_ pointer: UnsafeMutableRawPointer, _ capacity: Int) -> (UnsafeMutableRawPointer, Int) {
        liveBytes += capacity
        peak = max(peak, liveBytes)
        recent.peak = max(recent.peak, liveBytes)
        return (pointer, capacity)
    }

    /// Bytes held without an owner.
    private var held: Int { idleBytes + (arena?.idle ?? 0) }

    /// From here on buffers are in the arena.
    private static let large = 64 << 10

    /// Refuses a size that could never be had.
    func check(_ byteCount: Int, _ operation: String) throws(TensorError) {
        guard byteCount >= 0, byteCount < limit else { throw refusal(byteCount, operation) }
    }

    func release(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        lock.lock()
        defer { lock.unlock() }
        liveBytes -= capacity
        if checks { return free(pointer) }
        if let arena, arena.owns(pointer) { return arena.give(pointer, capacity) }
        idle[capacity, default: []].append(pointer)
        idleBytes += capacity
    }

    /// Foresees that a buffer like this one, which `allocate` gave with `isKept`, is asked for again by the next statement: a moment later, beside
    /// whatever runs then, memory for it is touched and laid aside. The first touch costs more than what is then done with it. What else
    /// the statement has kept, such as the gradients before it, is made good by as much idle memory.
    func prepare(_ byteCount: Int) {
        let capacity = (byteCount + 63) & ~63
        guard capacity >= Self.large, arena != nil else { return }
        let isFirst = lock.withLock {
            wanted.append(capacity)
            return wanted.count == 1
        }
        if isFirst { Self.preparations.asyncAfter(deadline: .now() + 0.05) { [self] in layAside() } }
    }

    /// Lays aside what is wanted: of what lies idle if there is far more of it than the work of late had need of, else memory that nobody has
    /// had yet. Twice the need, since not every gap fits what is asked for.
    private func layAside() {
        var pieces: [(pointer: UnsafeMutableRawPointer, size: Int)] = []
        var additional: (pointer: UnsafeMutableRawPointer, size: Int)?
        lock.withLock {
            giveBackReserve()
            let total = wanted.reduce(0, +)
            let isIdle = held - total >= 2 * (recent.peak - recent.start)
            // At first there is nothing to compare with.
            let lacking = recent.idle == 0 ? 0 : min(total, recent.idle + recent.taken - held) & ~63
            defer { wanted = [] }
            guard let arena, liveBytes + held + 2 * total <= limit, 2 * total <= (Self.availableMemory() ?? .max) - Self.leftToOthers else {
                return
            }
            for size in wanted {
                guard let pointer = (isIdle ? arena.takeHeld(size) : nil) ?? arena.takeUntouched(size) else { continue }
                pieces.append((pointer, size))
            }
            if lacking >= Self.large, let pointer = arena.takeUntouched(lacking) { additional = (pointer, lacking) }
        }
        for piece in pieces + (additional.map { [$0] } ?? []) {
            for offset in stride(from: 0, to: piece.size, by: Self.pageSize) {
                piece.pointer.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
            }
        }
        lock.withLock {
            for piece in pieces {
                reserve[piece.size, default: []].append(piece.pointer)
                reservedBytes += piece.size
            }
            if let (pointer, size) = additional { arena?.give(pointer, size) }
            recent = (liveBytes, liveBytes, held, 0)
        }
    }

    /// What was laid aside and not used is idle memory like other.
    private func giveBackReserve() {
        for (size, pointers) in reserve { for pointer in pointers { arena?.give(pointer, size) } }
        reserve = [:]
        reservedBytes = 0
    }

    /// An idle buffer of this size class, or of one that is at most half as large again.
    private func reuse(_ capacity: Int) -> (UnsafeMutableRawPointer, Int)? {
        if capacity >= Self.large, let arena { return arena.takeHeld(capacity).map { owned($0, capacity) } }
        var size = capacity
        while size <= capacity + capacity / 2 {
            if let pointer = idle[size]?.popLast() {
                idleBytes -= size
                return owned(pointer, size)
            }
            size = Self.sizeClass(size + 1)
        }
        return nil
    }

    /// Frees idle buffers, the largest first, until at most `bytes` are left.
    private func evict(downTo bytes: Int) {
        if held <= bytes { return }
        arena?.release(downTo: bytes - idleBytes)
        if held <= bytes { return }
        for size in idle.keys.sorted(by: >) {
            while held > bytes, let pointer = idle[size]?.popLast() {
                free(pointer)
                idleBytes -= size
            }
        }
    }

    /// Gives idle memory back to the system.
    public func trim() {
        lock.lock()
        defer { lock.unlock() }
        drain()
    }

    private func drain() {
        giveBackReserve()
        for pointers in idle.values { pointers.forEach { free($0) } }
        idle.removeAll()
        idleBytes = 0
        arena?.release(downTo: 0)
    }

    private func refusal(_ byteCount: Int, _ operation: String) -> TensorError {
        let available = min(Self.availableMemory() ?? limit, limit)
        let asked = byteCount < 0 || byteCount == .max ? "more bytes than can be counted" : Self.format(byteCount)
        return TensorError(
            .memory, operation, "not enough memory: asked for \(asked), \(Self.format(available)) available of \(Self.format(limit))",
            help: "use a smaller shape or batch")
    }

    /// Eight classes to each power of two: at most an eighth is wasted, and few classes stay half empty.
    static func sizeClass(_ byteCount: Int) -> Int {
        if byteCount <= 512 { return max((byteCount + 63) & ~63, 64) }
        let step = 1 << (Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount - 3)
        return (byteCount + step - 1) & ~(step - 1)
    }

    private static func format(_ bytes: Int) -> String {
        let units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) bytes" : String(format: "%.1f %@", value, units[unit])
    }

    private static func memoryLimit() -> Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].lazy
            .compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
            .compactMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.first
        return max(min(physical, group ?? physical), 64 << 20)
    }

    /// What the kernel says could be handed out without swapping.
    private static func availableMemory() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }
}
