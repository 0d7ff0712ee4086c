import Foundation
import Synchronization

/// Where a script's time goes: runs of every statement, time by line and by call path, and memory that is reported from outside.
///
/// The compiler of an interpreter that has a profile puts a `trace` instruction before every statement, loop round and return; without
/// one there is none, and nothing is paid. Statements are counted one by one. Time is taken at the first `trace` after each tick of a
/// clock thread and goes to the statement that was running then, so that a statement longer than a tick has its time to the tick, and
/// shorter ones have it in proportion. With the interval 0 the clock is read at every `trace`.
///
/// `@unchecked Sendable`: the thread that runs the script is the only one to call it; the clock thread touches `due` alone.
public final class LineProfile: @unchecked Sendable {
    /// What a line of a source cost.
    public struct Line {
        public let source: Source
        /// Counted from one.
        public let number: Int
        /// How often the statement that ran most often among those that begin here has run.
        public internal(set) var runs = 0
        /// Nanoseconds in the statements that begin here, without the script functions that they call.
        public fileprivate(set) var selfTime = 0
        /// The same with what they call; a line that calls itself counts once.
        public fileprivate(set) var totalTime = 0
        /// Bytes, likewise.
        public fileprivate(set) var selfBytes = 0
        public fileprivate(set) var totalBytes = 0
        /// The last settlement that counted it, so that recursion counts once.
        fileprivate var settled = 0

        fileprivate mutating func clear() { self = Line(source: source, number: number) }
    }

    /// A statement, or the head of a function.
    struct Site {
        let line: Int
        let function: String
        var runs = 0
    }

    private(set) var sites: [Site] = []
    private var lineTable: [Line] = []
    private var lineNumbers: [LineKey: Int] = [:]
    private struct LineKey: Hashable {
        let source: ObjectIdentifier
        let line: Int
    }
    private(set) var paths = CallPaths()
    /// What ran when: call path and the time at which it was left, ascending.
    private(set) var timeline: [(path: Int, end: Int)] = []

    /// The statement under way in each call, from the script's own at 1.
    private var stack: [Int] = [0]
    private var depth = 0
    /// Operations under way, which are not calls of the script.
    private var operations: [String] = []
    /// Calls whose place among `paths` is known; those above have moved on since.
    private var known: [Int] = [CallPaths.root]

    /// Nanoseconds between two ticks.
    private let interval: Atomic<Int>
    /// Whether the clock is read at every `trace`.
    private let isExact: Bool
    private let due = Atomic<Bool>(false)
    private let isRunning = Atomic<Bool>(false)
    private var start = 0
    private var last = 0
    private var pendingBytes = 0
    private var settlements = 0

    /// Call paths are told apart to this depth; what is deeper counts there.
    static let deepest = 200
    /// More pieces of time than this are joined in pairs, and ticks come half as often.
    private static let longest = 1 << 19

    /// - Parameter interval: nanoseconds between two looks at the clock.
    public init(interval: Int = 1_000_000) {
        self.interval = Atomic(interval)
        isExact = interval <= 0
    }

    /// Nanoseconds from `begin` to `end`.
    public private(set) var duration = 0

    /// Whether the clock runs.
    @inline(__always) var isListening: Bool { isRunning.load(ordering: .relaxed) }

    /// Starts the clock; forgets what an earlier run has cost.
    public func begin() {
        for index in sites.indices { sites[index].runs = 0 }
        for index in lineTable.indices { lineTable[index].clear() }
        (paths, timeline, stack, depth, operations, known) = (CallPaths(), [], [0], 0, [], [CallPaths.root])
        (pendingBytes, settlements) = (0, 0)
        start = Self.now()
        last = start
        isRunning.store(true, ordering: .relaxed)
        if isExact { return }
        Thread.detachNewThread { [self] in
            while isRunning.load(ordering: .relaxed) {
                let (seconds, rest) = interval.load(ordering: .relaxed).quotientAndRemainder(dividingBy: 1_000_000_000)
                var pause = timespec(tv_sec: seconds, tv_nsec: rest)
                nanosleep(&pause, nil)
                due.store(true, ordering: .relaxed)
            }
        }
    }

    /// Stops the clock.
    public func end() {
        isRunning.store(false, ordering: .relaxed)
        due.store(true, ordering: .relaxed)
        settle()
        duration = last - start
    }

    // MARK: What the compiler and the machine tell

    /// The number of a place for `trace` instructions.
    func site(_ source: Source, _ span: Span, function: String) -> Int {
        let key = LineKey(source: ObjectIdentifier(source), line: source.lineIndex(at: span.start))
        let line = lineNumbers[key] ?? lineTable.count
        if line == lineTable.count {
            lineNumbers[key] = line
            lineTable.append(Line(source: source, number: key.line + 1))
        }
        sites.append(Site(line: line, function: function))
        return sites.count - 1
    }

    /// A statement begins in the call at `depth`.
    @inline(__always) func statement(_ site: Int, depth: Int) {
        if isExact || pendingBytes != 0 || due.load(ordering: .relaxed) { settle() }
        sites[site].runs += 1
        while stack.count <= depth { stack.append(0) }
        stack[depth] = site
        self.depth = depth
        if known.count > depth { known.removeLast(known.count - depth) }
    }

    /// The call at `depth` returns.
    @inline(__always) func leave(depth: Int) {
        if isExact || pendingBytes != 0 || due.load(ordering: .relaxed) { settle() }
        self.depth = max(0, min(self.depth, depth - 1))
        if known.count > self.depth + 1 { known.removeLast(known.count - self.depth - 1) }
    }

    // MARK: What is told from outside

    /// An operation of a host's begins inside the running statement; it shows in the call paths under its name.
    public func began(_ operation: String) {
        if isExact || due.load(ordering: .relaxed) { settle() }
        operations.append(operation)
    }

    /// The operation that began last has ended.
    public func ended() {
        if isExact || pendingBytes != 0 || due.load(ordering: .relaxed) { settle() }
        _ = operations.popLast()
    }

    /// Memory was taken on behalf of the running statement.
    public func allocated(bytes: Int) { pendingBytes += bytes }

    // MARK: Accounts

    /// Gives the time since the last settlement, and the memory, to what is running.
    private func settle() {
        var time = 0
        if isExact || due.exchange(false, ordering: .relaxed) {
            let now = Self.now()
            time = now - last
            last = now
        }
        let bytes = pendingBytes
        pendingBytes = 0
        guard time > 0 || bytes > 0 else { return }
        settlements += 1
        if depth > 0 {
            let top = sites[stack[depth]].line
            lineTable[top].selfTime += time
            lineTable[top].selfBytes += bytes
            for level in 1...depth {
                let line = sites[stack[level]].line
                if lineTable[line].settled == settlements { continue }
                lineTable[line].settled = settlements
                lineTable[line].totalTime += time
                lineTable[line].totalBytes += bytes
            }
        }
        let path = currentPath()
        paths.add(path, time: time, bytes: bytes)
        guard time > 0 else { return }
        if let previous = timeline.last, previous.path == path {
            timeline[timeline.count - 1].end = last - start
        } else {
            timeline.append((path, last - start))
            if timeline.count > Self.longest { thinOut() }
        }
    }

    /// Every line that ran, in the order of the sources' compilation.
    public var lines: [Line] {
        var lines = lineTable
        for site in sites { lines[site.line].runs = max(lines[site.line].runs, site.runs) }
        return lines.filter { $0.runs > 0 }
    }

    func line(of site: Int) -> Line { lineTable[sites[site].line] }

    /// Statements run.
    public var runs: Int { sites.reduce(0) { $0 + $1.runs } }

    private func currentPath() -> Int {
        let reach = min(depth, Self.deepest)
        while known.count <= reach { known.append(paths.child(of: known[known.count - 1], .site(stack[known.count]))) }
        var path = known[reach]
        for operation in operations.prefix(Self.deepest) { path = paths.child(of: path, .operation(operation)) }
        return path
    }

    /// Joins pieces of time in pairs, each under the path of its longer half.
    private func thinOut() {
        interval.store(2 * interval.load(ordering: .relaxed), ordering: .relaxed)
        var result: [(path: Int, end: Int)] = []
        var begin = 0
        for index in stride(from: 0, to: timeline.count - 1, by: 2) {
            let (first, second) = (timeline[index], timeline[index + 1])
            let path = first.end - begin >= second.end - first.end ? first.path : second.path
            if result.last?.path == path { result[result.count - 1].end = second.end } else { result.append((path, second.end)) }
            begin = second.end
        }
        if timeline.count % 2 == 1 { result.append(timeline[timeline.count - 1]) }
        timeline = result
    }

    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// The tree of call paths: each node is a statement or an operation under the one that called it.
struct CallPaths {
    enum Frame: Hashable {
        case site(Int)
        case operation(String)
    }

    struct Node {
        let parent: Int
        let frame: Frame
        let depth: Int
        var time = 0
        var bytes = 0
    }

    /// The path of no calls; it has no frame of its own.
    static let root = 0

    private struct Edge: Hashable {
        let parent: Int
        let frame: Frame
    }

    private(set) var nodes = [Node(parent: 0, frame: .site(-1), depth: 0)]
    private var children: [Edge: Int] = [:]

    mutating func child(of parent: Int, _ frame: Frame) -> Int {
        let edge = Edge(parent: parent, frame: frame)
        if let node = children[edge] { return node }
        nodes.append(Node(parent: parent, frame: frame, depth: nodes[parent].depth + 1))
        children[edge] = nodes.count - 1
        return nodes.count - 1
    }

    mutating func add(_ node: Int, time: Int, bytes: Int) {
        nodes[node].time += time
        nodes[node].bytes += bytes
    }

    /// The nodes from the outermost call to `node`.
    func steps(to node: Int) -> [Int] {
        var result: [Int] = []
        var node = node
        while node != Self.root {
            result.append(node)
            node = nodes[node].parent
        }
        return result.reversed()
    }
}
