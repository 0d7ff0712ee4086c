#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Statement

/// One call under way. Plain memory: the function itself is kept alive by the register below `base`, or, if that register is only
/// lent, by the module variable that it came from, which no code can change while the call runs.
struct Frame {
    let code: UnsafeMutablePointer<FunctionCode>
    /// Where to continue; current only while another function runs.
    var pc: UnsafeMutablePointer<Instruction>
    let base: ValuePointer
    let isLent: Bool
}

/// The register machine: the value stack, the call frames, and what may stop them.
///
/// Invariants of the unsafe memory: every stack slot always holds an initialised `Value`; slots above the running frame's live
/// temporaries hold no references but texts that were keys of a chain; a frame's registers are `base ..< base + registerCount` and lie within the stack (checked at each call).
final class Machine {
    let stack: ValuePointer
    let stackEnd: ValuePointer
    let frames: UnsafeMutablePointer<Frame>
    let frameLimit: Int
    @exclusivity(unchecked) var frameCount = 0
    /// The running function's.
    @inline(__always) var frame: UnsafeMutablePointer<Frame> { frames + (frameCount &- 1) }
    /// First slot that a call from native code may use.
    @exclusivity(unchecked) var top: ValuePointer
    /// Calls and loop rounds until the next look at interrupts and limits.
    @exclusivity(unchecked) var fuel = 0
    private var stepsLeft: Int?
    private let slice = 1024
    /// Whether the user wants the script to stop.
    let interruption = Interruption()
    /// Who is told of every statement while its clock runs.
    let profile: LineProfile?
    /// The interpreter owns the machine.
    unowned(unsafe) let interpreter: Interpreter
    /// Named axes of the calls under way that have tensor annotations, by frame number.
    var axes: [Int: [String: Int]] = [:]

    static let stackSlots = 1 << 20

    init(interpreter: Interpreter, recursionLimit: Int, stepBudget: Int?) {
        precondition(Value.layoutIsAsExpected, "the memory layout of Value is not the one that the machine was written for")
        self.interpreter = interpreter
        profile = interpreter.configuration.profile
        frameLimit = max(1, recursionLimit)
        // Zeroed memory reads as the int 0, so every slot starts initialised, and pages cost nothing until they are used.
        guard let memory = calloc(Machine.stackSlots, MemoryLayout<Value>.stride) else {
            preconditionFailure("out of memory: the machine needs a 16 MB stack")
        }
        stack = memory.bindMemory(to: Value.self, capacity: Machine.stackSlots)
        stackEnd = stack + Machine.stackSlots
        frames = .allocate(capacity: frameLimit + 1)
        top = stack
        stepsLeft = stepBudget
        refuel()
    }

    deinit {
        free(stack)
        frames.deallocate()
    }

    /// Whether somebody asked the script to stop since the last `poll`.
    @inline(__always) var isInterrupted: Bool { interruption.isRequested }

    /// Whether an error is to leave what the statement has done so far.
    var keepsWork = false
    /// Whether the last statement was interrupted or failed, and what it had done stayed.
    var stoppedMidway = false

    /// A new statement begins: interrupts were meant for the last one.
    func clearInterrupt() {
        keepsWork = false
        interruption.reset()
        if !budgetReported { runsHandlers = true }
    }

    /// An interrupt ends the work under way. A script may catch the first; the second ends the statement whatever it does.
    func noteInterrupt() {
        interruption.take()
        if interruption.count > 1 { runsHandlers = false }
    }

    func setStepBudget(_ budget: Int?) {
        stepsLeft = budget
        budgetReported = false
        runsHandlers = true
        refuel()
    }

    private func refuel() {
        if let left = stepsLeft {
            fuel = min(slice, left)
            stepsLeft = left - fuel
        } else {
            fuel = slice
        }
    }

    /// Called when the fuel is used up: stops an interrupted script or one over its budget.
    @inline(never) func poll() throws {
        if interruption.isRequested {
            noteInterrupt()
            fuel = slice
            throw ScriptError(.interrupted, "interrupted")
        }
        if let left = stepsLeft, left <= 0 {
            // A little is left over, so that `finally` blocks may clean up; they cannot loop for long.
            stepsLeft = 0
            fuel = slice
            if budgetReported {
                // Clean-up that does not end, such as recursion in every `finally`, is left out.
                runsHandlers = false
                throw ScriptError(.interrupted, "the script used up its step budget")
            }
            budgetReported = true
            throw ScriptError(.interrupted, "the script used up its step budget", help: "a loop may not end; raise the limit if it does")
        }
        refuel()
        polls &+= 1
        if polls & 255 == 0 { try MemoryLimit.requireReserve() }
    }

    /// Counts the rounds of a loop that a builtin has made, or is to make, without calling the script.
    func spend(_ rounds: Int) throws {
        if rounds < slice { return }
        if let left = stepsLeft { stepsLeft = max(0, left - rounds) }
        try poll()
    }

    private var budgetReported = false
    /// Whether an error stops at `catch` and `finally`.
    private(set) var runsHandlers = true
    private var polls = 0

    /// Tells the profile where the script is.
    @inline(never) func trace(_ instruction: Instruction, _ profile: LineProfile) {
        if instruction.flag == 0 {
            profile.statement(instruction.wide, depth: frameCount)
        } else {
            profile.leave(depth: frameCount)
        }
    }

    // MARK: Calls from native code

    /// Calls any callable with arguments; runs on the native stack, so the depth is guarded.
    func call(_ function: Value, _ arguments: [Value], keywords: [(String, Value)]) throws -> Value {
        try StackGuard.check()
        // A builtin that calls a function for each of many items must be stoppable, though the function has no loop.
        fuel &-= 1
        if fuel < 0 { try poll() }
        let slot = top
        let count = arguments.count + keywords.count
        guard slot + (count + 2) <= stackEnd else { throw Machine.recursionError(frameLimit) }
        slot.pointee = function
        for (index, argument) in arguments.enumerated() { slot[1 + index] = argument }
        for (index, keyword) in keywords.enumerated() { slot[1 + arguments.count + index] = keyword.1 }
        top = slot + (count + 1)
        defer { top = slot }
        let floor = frameCount
        do {
            if try enter(slot, count: count, keywords: keywords.map(\.0), name: "") {
                return try run(until: floor)
            }
        } catch {
            for index in 0...count { (slot + index).clear() }
            throw error
        }
        return slot.take()
    }

    /// Calls any callable with one argument: for builtins that do so for each item.
    func call(_ function: Value, _ argument: Value) throws -> Value {
        try StackGuard.check()
        let slot = top
        guard slot + 3 <= stackEnd else { throw Machine.recursionError(frameLimit) }
        slot.pointee = function
        slot[1] = argument
        top = slot + 2
        defer { top = slot }
        let floor = frameCount
        do {
            if try enter(slot, count: 1, keywords: [], name: "") { return try run(until: floor) }
        } catch {
            slot.clear()
            (slot + 1).clear()
            throw error
        }
        return slot.take()
    }

    static func recursionError(_ limit: Int) -> ScriptError {
        ScriptError(
            .value, "recursion is too deep: more than \(limit) calls are under way",
            help: "a function that calls itself needs a case in which it does not")
    }

    /// Pushes the frame of a script function whose arguments are bound at `base`.
    @inline(__always) func push(_ code: UnsafeMutablePointer<FunctionCode>, base: ValuePointer, isLent: Bool = false) throws {
        guard frameCount < frameLimit, base + code.pointee.registerCount <= stackEnd else { throw Machine.recursionError(frameLimit) }
        (frames + frameCount).initialize(to: Frame(code: code, pc: code.pointee.instructions, base: base, isLent: isLent))
        frameCount += 1
        var local = code.pointee.parameterCount
        let count = code.pointee.localCount
        while local < count {
            (base + local).storeUnset()
            local += 1
        }
    }
}

#if canImport(Glibc)
    /// A GNU extension that the Glibc module hides.
    @_silgen_name("pthread_getattr_np")
    private func pthreadAttributes(_ thread: pthread_t, _ attributes: UnsafeMutablePointer<pthread_attr_t>) -> Int32
#endif

#if canImport(Glibc)
    /// A function of the C library that the Glibc module leaves out.
    @_silgen_name("getauxval")
    private func auxiliaryValue(_ kind: UInt) -> UInt
#endif

/// Keeps native recursion (a script function called by a builtin that a script function called …) within the machine's stack.
enum StackGuard {
    /// Bytes that must be left: more than the deepest chain of native calls between two checks needs.
    private static let reserve = 384 * 1024

    private static func limit() -> UInt {
        #if canImport(Glibc)
            if let lowest = lowestOfMainThread() { return lowest + UInt(reserve) }
            var attributes = pthread_attr_t()
            var address: UnsafeMutableRawPointer?
            var size = 0
            guard pthreadAttributes(pthread_self(), &attributes) == 0 else { return 0 }
            defer { pthread_attr_destroy(&attributes) }
            guard pthread_attr_getstack(&attributes, &address, &size) == 0, let address else { return 0 }
            // The main thread's stack is reported as the resource limit allows; beyond 64 MB it may not be there.
            let reach = min(size, 64 << 20)
            return UInt(bitPattern: address) + UInt(size - reach) + UInt(reserve)
        #else
            return UInt(bitPattern: pthread_get_stackaddr_np(pthread_self())) - UInt(pthread_get_stacksize_np(pthread_self()))
                + UInt(reserve)
        #endif
    }

    #if canImport(Glibc)
        /// The end of the main thread's stack, if this is that thread: the program's name lies at its very beginning. The C library would
        /// tell it too, by reading through the list of the process's mappings.
        private static func lowestOfMainThread() -> UInt? {
            let (nameOfProgram, mark): (UInt, UInt) = (31, 0)  // AT_EXECFN
            let start = auxiliaryValue(nameOfProgram)
            var limit = rlimit()
            guard start != 0, getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0 else { return nil }
            let size = UInt(min(limit.rlim_cur, 64 << 20))
            let here = withUnsafePointer(to: mark) { UInt(bitPattern: $0) }
            return here < start && start - here < size ? start - size : nil
        }
    #endif

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// - Throws: ValueError if the native stack is nearly used up.
    static func check() throws {
        var lowest = UInt(bitPattern: pthread_getspecific(key))
        if lowest == 0 {
            lowest = max(limit(), 1)
            pthread_setspecific(key, UnsafeRawPointer(bitPattern: lowest))
        }
        try withUnsafeMutablePointer(to: &lowest) { pointer in
            if UInt(bitPattern: pointer) < pointer.pointee {
                throw ScriptError(
                    .value, "recursion is too deep: builtins and functions call one another without end",
                    help: "a function that calls itself needs a case in which it does not")
            }
        }
    }
}
