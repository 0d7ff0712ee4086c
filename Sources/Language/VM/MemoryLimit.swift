#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Synchronization

/// The one decision whether a value of a known size may be made, so that a slip ends in an error and not in the end of the process.
enum MemoryLimit {
    /// No value may take more bytes: a larger one is a slip.
    static let largestValue = 1 << 31
    /// So much is granted between two looks at the machine.
    private static let unasked = 1 << 26
    /// Requests below it are not counted; a loop that makes many is stopped by `requireReserve`.
    private static let uncounted = 1 << 10
    /// Bytes granted since the last look.
    private static let granted = Atomic<Int>(0)
    /// What is left to the rest of the process.
    private static let reserve = 1 << 28
    /// How many items a list gains between two looks.
    private static let stride = 1 << 18

    static let bytesPerItem = MemoryLayout<Value>.stride

    /// - Throws: ValueError that says how much `count × times` elements take and how much there is.
    static func require(
        _ count: Int, times: Int = 1, bytesEach: Int = 1, _ what: @autoclosure () -> String, help: String? = nil
    ) throws {
        let (elements, overflow) = count.multipliedReportingOverflow(by: max(0, times))
        let (bytes, tooMany) = elements.multipliedReportingOverflow(by: bytesEach)
        if !overflow, !tooMany, bytes <= uncounted { return }
        if !overflow, !tooMany, bytes <= unasked, granted.wrappingAdd(bytes, ordering: .relaxed).newValue <= unasked { return }
        granted.store(0, ordering: .relaxed)
        let asked = Double(count) * Double(max(0, times)) * Double(bytesEach)
        if overflow || tooMany || bytes > largestValue {
            throw ScriptError(
                .value, "\(what()) takes \(size(asked)) of memory; a value may take \(size(Double(largestValue)))", help: help)
        }
        if let free, bytes > free - reserve {
            throw ScriptError(
                .value, "\(what()) takes \(size(asked)) of memory; \(size(Double(max(0, free - reserve)))) may be used", help: help)
        }
    }

    /// Looks now and then at a list that gets one more item: whether there is room for the storage that it grows into.
    @inline(__always) static func requireRoom(in list: ListObject) throws {
        if list.count & (stride - 1) == stride - 1 { try requireGrowth(of: list) }
    }

    @inline(never) private static func requireGrowth(of list: ListObject) throws {
        let count = list.count + stride
        guard count > list.capacity else { return }
        try require(
            max(count, min(2 * list.capacity, largestValue / bytesPerItem)), bytesEach: bytesPerItem, "a list of \(count) items")
    }

    static func requireList(_ count: Int, help: String? = nil) throws {
        try require(count, bytesEach: bytesPerItem, "a list of \(count) items", help: help)
    }

    static func requireText(_ count: Int) throws { try require(count, "a str of \(count) bytes") }

    /// - Throws: ValueError if hardly any memory is left, whoever took it. For loops, which look now and then.
    static func requireReserve() throws {
        if let free, free < reserve {
            throw ScriptError(.value, "memory is nearly used up: \(size(Double(max(0, free)))) are free", help: "keep fewer values")
        }
    }

    /// Bytes that the machine, or a limit on the process, still has; nil where it does not say.
    private static var free: Int? {
        var least: Int?
        if let kilobytes = firstNumber(in: "/proc/meminfo", after: "MemAvailable:") { least = kilobytes << 10 }
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #else
            let resource = RLIMIT_AS
        #endif
        if getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max), let pages = firstNumber(in: "/proc/self/statm", after: "") {
            least = min(least ?? .max, Int(limit.rlim_cur) - pages * Int(sysconf(Int32(_SC_PAGESIZE))))
        }
        // The limit of a container.
        if let most = firstNumber(in: "/sys/fs/cgroup/memory.max", after: ""),
            let used = firstNumber(in: "/sys/fs/cgroup/memory.current", after: "")
        {
            least = min(least ?? .max, most - used)
        }
        return least
    }

    /// The first number of a file behind a word; nil if there is none, as in "max".
    private static func firstNumber(in path: String, after word: String) -> Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        var rest = bytes[..<count]
        let wanted = Array(word.utf8)
        while !rest.starts(with: wanted) {
            if rest.isEmpty { return nil }
            rest.removeFirst()
        }
        let digits = rest.dropFirst(wanted.count).drop { $0 == UInt8(ascii: " ") }.prefix { (48...57).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private static func size(_ bytes: Double) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
        var (amount, unit) = (bytes, 0)
        while amount >= 1000, unit < units.count - 1 { (amount, unit) = (amount / 1000, unit + 1) }
        let rounded = (amount * 10).rounded() / 10
        return "\(FloatText.repr(rounded).hasSuffix(".0") ? "\(Int(rounded))" : FloatText.repr(rounded)) \(units[unit])"
    }
}
