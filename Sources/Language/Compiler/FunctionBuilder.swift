/// Collects the code of one function: instructions with their spans, constants, registers, jumps and guarded ranges.
struct FunctionBuilder {
    var parts: FunctionParts
    let isModule: Bool
    /// First free temporary register.
    private(set) var nextRegister: Int
    private var constantIndexes: [ConstantKey: Int] = [:]
    private var spanIndexes: [InstructionSpans: Int32] = [:]
    private var currentSpan: Int32 = 0
    var loops: [LoopContext] = []
    var finalizers: [Finalizer] = []
    /// Registers of the errors being handled, innermost last.
    var caughtErrors: [Int] = []
    /// Where the value of the function's last statement goes; -1 at the top level of a module.
    var resultRegister = -1
    /// Variables that the expression under way reads for the last time: they are moved out, not copied.
    var moved: Set<Int> = []
    /// Those that are arguments of the call under way, whose other arguments read them too: moved out when all of these are there.
    var movedLast: Set<Int> = []
    /// Whether keys that a place was found by may lie in temporaries until the function returns.
    var leavesKeys = false
    /// Set when the function outgrew what instructions can address.
    var overflow: String?

    struct LoopContext {
        var breaks: [Int] = []
        var continues: [Int] = []
        /// Number of finalizers that were open outside the loop.
        let finalizerCount: Int
    }

    /// A `try` that is open: its `finally` block, if any, must run before code jumps out of it.
    struct Finalizer {
        let block: Block?
        /// Code positions where the guarded range is interrupted by inlined copies of the block.
        var gaps: [Range<Int>] = []
        let loopCount: Int
    }

    private enum ConstantKey: Hashable {
        case int(Int)
        case float(UInt64)
        case string(String)
        case native(String)
    }

    init(name: String, signature: CallSignature, source: Source, module: ModuleObject, localNames: [String], isModule: Bool) {
        parts = FunctionParts(name: name, signature: signature, source: source, module: module)
        parts.localNames = localNames
        nextRegister = localNames.count
        parts.registerCount = localNames.count
        parts.spanTable = [InstructionSpans(main: Span(0, 0))]
        self.isModule = isModule
        if localNames.count > 60_000 { overflow = "a function cannot have more than 60000 variables" }
    }

    var localCount: Int { parts.localNames.count }
    var position: Int { parts.instructions.count }

    // MARK: Registers

    mutating func allocate(_ count: Int = 1) -> Int {
        let register = nextRegister
        nextRegister += count
        if nextRegister > 65_000 {
            overflow = "this expression needs more temporary values than one function can hold"
            nextRegister = localCount
        }
        parts.registerCount = max(parts.registerCount, nextRegister)
        return register
    }

    mutating func release(to register: Int) { nextRegister = register }

    func isTemporary(_ register: Int) -> Bool { register >= localCount }

    /// Whether a register is the temporary that was allocated last.
    func isLastTemporary(_ register: Int) -> Bool { isTemporary(register) && register == nextRegister - 1 }

    // MARK: Instructions

    /// Instructions from here on stand for this part of the source.
    mutating func mark(_ span: Span, _ operands: [Span] = []) {
        let spans = InstructionSpans(main: span, operands: operands)
        if let index = spanIndexes[spans] {
            currentSpan = index
        } else {
            currentSpan = Int32(truncatingIfNeeded: parts.spanTable.count)
            spanIndexes[spans] = currentSpan
            parts.spanTable.append(spans)
        }
    }

    @discardableResult mutating func emit(_ instruction: Instruction) -> Int {
        parts.instructions.append(instruction)
        parts.spanIndexes.append(currentSpan)
        return parts.instructions.count - 1
    }

    @discardableResult mutating func emit(_ op: Opcode, flag: UInt8 = 0, a: Int = 0, b: Int = 0, c: Int = 0) -> Int {
        emit(Instruction(op, flag: flag, a: a, b: b, c: c))
    }

    @discardableResult mutating func emit(_ op: Opcode, flag: UInt8 = 0, a: Int = 0, wide: Int) -> Int {
        emit(Instruction(op, flag: flag, a: a, wide: wide))
    }

    /// A word behind an instruction that holds a jump target or a count.
    @discardableResult mutating func emitWord(_ value: Int = 0) -> Int { emit(.jump, wide: value) }

    /// Lets the jump at `index` go to the current position.
    mutating func patch(_ index: Int) { patch(index, to: position) }

    mutating func patch(_ index: Int, to target: Int) { parts.instructions[index].wide = target - (index + 1) }

    mutating func emitLoop(to target: Int) { emit(.loop, wide: target - (position + 1)) }

    // MARK: Tables

    mutating func constant(_ value: Value) -> Int {
        let key: ConstantKey? =
            switch value {
            case .int(let number): .int(number)
            case .float(let number): .float(number.bitPattern)
            case .string(let text): .string(text.text)
            default: nil
            }
        if let key, let index = constantIndexes[key] { return index }
        parts.constants.append(value)
        let index = parts.constants.count - 1
        if let key { constantIndexes[key] = index }
        return index
    }

    /// The constant for a builtin, shared by all its uses in the function.
    mutating func constant(of native: String, _ value: Value) -> Int {
        if let index = constantIndexes[.native(native)] { return index }
        parts.constants.append(value)
        constantIndexes[.native(native)] = parts.constants.count - 1
        return parts.constants.count - 1
    }

    mutating func site(_ name: String, keywords: [String] = [], path: Int? = nil) -> Int {
        parts.sites.append(Site(name: name, keywords: keywords, path: path.map { parts.paths[$0] }))
        return limited(parts.sites.count - 1)
    }

    mutating func path(_ path: UpdatePath) -> Int {
        parts.paths.append(path)
        return limited(parts.paths.count - 1)
    }

    mutating func index(_ descriptor: IndexDescriptor) -> Int {
        parts.indexes.append(descriptor)
        return limited(parts.indexes.count - 1)
    }

    mutating func format(_ descriptor: FormatDescriptor) -> Int {
        parts.formats.append(descriptor)
        return limited(parts.formats.count - 1)
    }

    mutating func annotation(_ annotation: Annotation) -> Int {
        parts.annotations.append(annotation)
        return parts.annotations.count - 1
    }

    private mutating func limited(_ index: Int) -> Int {
        if index > 65_000 { overflow = "this function is too long: split it up" }
        return index
    }

    consuming func finish() -> Prototype {
        returnAtJumps()
        return Prototype(parts)
    }

    /// A jump to a return is a return.
    private mutating func returnAtJumps() {
        var index = 0
        while index < position {
            let instruction = parts.instructions[index]
            let target = index + 1 + instruction.wide
            if instruction.op == .jump, parts.instructions.indices.contains(target), parts.instructions[target].op == .returnValue {
                parts.instructions[index] = parts.instructions[target]
                parts.spanIndexes[index] = parts.spanIndexes[target]
            }
            index += instruction.op.hasWord ? 2 : 1
        }
    }
}
