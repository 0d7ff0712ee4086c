/// Compiled code as text: one line per instruction with its number, its line in the source and its operands by name.
struct Disassembler {
    private let prototype: Prototype
    private let code: FunctionCode

    /// The functions of a program: its top level, then each function behind the one that makes it.
    static func text(_ prototype: Prototype) -> String {
        let listing = Disassembler(prototype: prototype, code: prototype.code.pointee).listing()
        let inner = prototype.structures.map(\.prototype) + prototype.prototypes
        return ([listing] + inner.map { text($0) }).joined(separator: "\n")
    }

    private func listing() -> String {
        var text = "\(prototype.name)\(prototype.signature): \(code.registerCount) registers\n"
        var index = 0
        var line = 0
        while index < prototype.instructionCount {
            let span = prototype.spanTable[Int(prototype.spanIndexes[index])].main
            let position = prototype.source.position(of: span.start).line
            let instruction = code.instructions[index]
            let operands = operands(of: instruction, at: index).joined(separator: ", ")
            let number = position == line ? "" : String(position)
            line = position
            text += "\(pad(number, 5)) \(pad(String(index), 4))  "
            text += operands.isEmpty ? "\(instruction.op)\n" : "\("\(instruction.op)".padded(to: 15)) \(operands)\n"
            index += instruction.op.hasWord ? 2 : 1
        }
        return text
    }

    private func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

    // MARK: Operands

    /// A variable by its name, a temporary by its number.
    private func register(_ number: some BinaryInteger) -> String {
        let number = Int(number)
        return number < code.localCount ? prototype.localNames[number] : "t\(number - code.localCount)"
    }

    private func constant(_ number: Int) -> String {
        let text = code.constants[number].repr
        return text.count <= 40 ? text : String(text.prefix(39)) + "…"
    }

    private func cell(_ number: Int) -> String { prototype.module.name(of: number) }
    private func target(_ index: Int, _ distance: Int) -> String { "-> \(index + 1 + distance)" }
    /// The target in the word behind an instruction.
    private func word(_ index: Int) -> String { target(index + 1, code.instructions[index + 1].wide) }
    private func count(_ number: UInt16) -> String { number == 1 ? "1 argument" : "\(number) arguments" }
    private func several(_ start: UInt16, _ count: UInt16) -> String {
        count == 0 ? "nothing" : count == 1 ? register(start) : "\(register(start))…\(register(Int(start) + Int(count) - 1))"
    }

    private func path(_ path: UpdatePath) -> String {
        var text = path.name
        if text.isEmpty, case .register(let number) = path.root { text = register(number) }
        for step in path.steps {
            switch step {
            case .field(let site): text += ".\(site.name)"
            case .index(let number): text += "[\(register(number))]"
            case .general: text += "[…]"
            }
        }
        return text
    }

    private func site(_ number: UInt16) -> String {
        let site = prototype.sites[Int(number)]
        var text = site.path.map { "\(path($0)).\(site.name)" } ?? (site.name.isEmpty ? "" : ".\(site.name)")
        if site.hasKeywords { text += "(\(site.keywords.map { "\($0) =" }.joined(separator: ", ")))" }
        return text
    }

    private func operands(of i: Instruction, at index: Int) -> [String] {
        let (a, b, c) = (register(i.a), register(i.b), register(i.c))
        switch i.op {
        case .loadConst, .declareTest: return [a, constant(i.wide)]
        case .loadInt: return [a, String(i.wide)]
        case .trace: return [String(i.wide)]
        case .loadBool: return [a, i.b == 0 ? "false" : "true"]
        case .getGlobal, .setGlobal: return [a, cell(i.wide)]
        case .getCapture: return [a, prototype.captures[Int(i.b)].name]
        case .addK, .multiplyK: return i.flag == 0 ? [a, b, constant(Int(i.c))] : [a, constant(Int(i.c)), b]
        case .subtractK, .divideK, .floorDivideK, .moduloK, .equalK, .notEqualK, .lessK, .lessEqualK, .greaterK, .greaterEqualK,
            .catchMatch:
            return [a, b, constant(Int(i.c))]
        case .binary: return [a, b, BinaryOperator(code: i.flag).rawValue, c]
        case .move, .take, .negate, .unary, .not, .isNone, .listAppend, .listSpread, .dictSpread, .formatPlain, .format: return [a, b]
        case .moveTwo: return [several(i.a, 2), b, c]
        case .equalJump, .notEqualJump, .lessJump, .lessEqualJump, .greaterJump, .greaterEqualJump:
            return [b, c, "if \(i.flag != 0)", word(index)]
        case .equalJumpK, .notEqualJumpK, .lessJumpK, .lessEqualJumpK, .greaterJumpK, .greaterEqualJumpK:
            return [b, constant(Int(i.c)), "if \(i.flag != 0)", word(index)]
        case .noneJump: return [b, "if \(i.flag & 1 != 0)", word(index)]
        case .jump, .loop: return [target(index, i.wide)]
        case .jumpFalse, .jumpTrue, .jumpIfSet: return [a, target(index, i.wide)]
        case .getField, .importName: return [a, b, site(i.c)]
        case .getIndexGeneral: return [a, b, "[…]"]
        case .getPath: return [a, path(prototype.paths[Int(i.c)]), word(index)]
        case .setPath: return [path(prototype.paths[Int(i.c)]), a]
        case .updatePath: return [path(prototype.paths[Int(i.c)]), BinaryOperator(code: i.flag).rawValue + "=", a]
        case .call: return [a, count(i.b)]
        case .callGlobal: return [a, count(i.b), cell(Int(i.c))]
        case .callConstant, .iterRange: return [a, count(i.b), constant(Int(i.c))]
        case .callKeywords, .callMethod, .callMutating: return [a, count(i.b), site(i.c)]
        case .append: return [b, register(Int(i.a) + 1)]
        case .buildList, .buildTuple, .listExtend, .concat: return [a, several(i.b, i.c)]
        case .closure: return [a, prototype.prototypes[i.wide].name]
        case .structType: return [a, prototype.structures[i.wide].name]
        case .iterNext: return [b, a, word(index)]
        case .unpack: return [a, several(i.b, i.c)]
        case .unpackRest: return [a, "\(i.c), *, \(code.instructions[index + 1].wide) from \(b)"]
        case .checkType: return [a, "\(prototype.annotations[i.wide].type)"]
        case .scriptParameter: return [a, prototype.module.parameters[i.wide].name]
        case .assertFail: return i.flag & 2 != 0 ? [b, c] : []
        case .loadNone, .clear, .unset, .checkSet, .loadSelf, .checkBool, .callSpread, .returnValue, .buildDict, .listToTuple, .makeStruct,
            .iterPrepare, .raise, .checkResult, .importModule:
            return [a]
        case .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual,
            .identical, .contains, .getIndex, .setIndex, .dictSet, .formatDynamic:
            return [a, b, c]
        }
    }
}

extension Opcode {
    /// Whether the next word belongs to the instruction.
    var hasWord: Bool {
        switch self {
        case .equalJump, .equalJumpK, .notEqualJump, .notEqualJumpK, .lessJump, .lessJumpK, .lessEqualJump, .lessEqualJumpK, .greaterJump,
            .greaterJumpK, .greaterEqualJump, .greaterEqualJumpK, .noneJump, .getPath, .iterNext, .unpackRest:
            true
        default: false
        }
    }
}

extension Interpreter {
    /// The compiled code of a source; nothing of it runs.
    ///
    /// - Throws: `Diagnostics` if it does not compile.
    public func disassemble(_ source: Source) throws -> String {
        // Code refers to its module without keeping it.
        let module = ModuleObject(name: "main")
        return try withExtendedLifetime(module) { Disassembler.text(try compile(source, in: module)) }
    }
}
