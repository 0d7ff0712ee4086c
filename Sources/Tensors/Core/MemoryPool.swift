import Foundation

/// Keeps released buffers by size class, so that a training step reuses the memory of the step before instead of asking the system for it.
///
/// `@unchecked Sendable`: all mutable state is guarded by `lock`.
public final class MemoryPool: @unchecked Sendable {
    public static let shared = MemoryPool()

    private let lock = NSLock()
    private var idle: [Int: [UnsafeMutableRawPointer]] = [:]
    private var liveBytes = 0
    private var idleBytes = 0
    private var peak = 0

    /// Bytes of physical memory, or of the control group's share of it.
    public let limit: Int
    /// Idle memory beyond this goes back to the system.
    private let idleLimit: Int
    private static let alignment = 64

    init() {
        limit = Self.memoryLimit()
        idleLimit = limit / 4
    }

    /// Bytes in use by tensors now, and the most there ever were.
    public var usage: (live: Int, idle: Int, peak: Int) { lock.withLock { (liveBytes, idleBytes, peak) } }

    /// At least `byteCount` bytes, and how many there really are.
    func allocate(_ byteCount: Int, _ operation: String) throws(TensorError) -> (UnsafeMutableRawPointer, Int) {
        try check(byteCount, operation)
        let capacity = Self.sizeClass(byteCount)
        lock.lock()
        defer { lock.unlock() }
        if let pointer = idle[capacity]?.popLast() {
            idleBytes -= capacity
            liveBytes += capacity
            peak = max(peak, liveBytes)
            return (pointer, capacity)
        }
        if liveBytes + idleBytes + capacity > limit { drain() }
        guard liveBytes + capacity <= limit else { throw refusal(byteCount, operation) }
        // A large request is held against what the system has left: Linux would grant it and then kill the process.
        if capacity >= 256 << 20, let available = Self.availableMemory(), capacity > available {
            drain()
            if let available = Self.availableMemory(), capacity > available { throw refusal(byteCount, operation) }
        }
        var memory: UnsafeMutableRawPointer?
        if posix_memalign(&memory, Self.alignment, capacity) != 0 {
            drain()
            memory = nil
            _ = posix_memalign(&memory, Self.alignment, capacity)
        }
        guard let pointer = memory else { throw refusal(byteCount, operation) }
        liveBytes += capacity
        peak = max(peak, liveBytes)
        return (pointer, capacity)
    }

    /// Refuses a size that could never be had.
    func check(_ byteCount: Int, _ operation: String) throws(TensorError) {
        guard byteCount >= 0, byteCount < limit else { throw refusal(byteCount, operation) }
    }

    func release(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        lock.lock()
        defer { lock.unlock() }
        liveBytes -= capacity
        if idleBytes + capacity > idleLimit {
            free(pointer)
        } else {
            idle[capacity, default: []].append(pointer)
            idleBytes += capacity
        }
    }

    /// Gives idle memory back to the system.
    public func trim() {
        lock.lock()
        defer { lock.unlock() }
        drain()
    }

    private func drain() {
        for pointers in idle.values { pointers.forEach { free($0) } }
        idle.removeAll()
        idleBytes = 0
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
