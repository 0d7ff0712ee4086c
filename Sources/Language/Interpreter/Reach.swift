/// What a function's result can depend on besides its arguments: the code it can come to, and the variables it reads there.
public struct Reach {
    /// Functions and struct types of scripts in the order in which they are met, with their text without comments and layout.
    public fileprivate(set) var code: [(name: String, text: String)] = []
    /// Variables that hold no code, captured ones among them, in the same order.
    public fileprivate(set) var values: [(name: String, value: Value)] = []
}

extension Interpreter {
    /// Follows a function through every function, struct and module of scripts that its code names, as they are now.
    ///
    /// What is called through data (a function in a list) is among `values`. Of a module all is taken, since any of it may be asked for.
    public func reach(of function: Value) -> Reach {
        var walk = ReachWalk(interpreter: self)
        walk.visit(function, named: "")
        return walk.reach
    }
}

private struct ReachWalk {
    let interpreter: Interpreter
    var reach = Reach()
    /// Prototypes, types and modules that were met.
    private var seen: Set<ObjectIdentifier> = []
    private var cells: Set<Cell> = []
    private var streams: [ObjectIdentifier: [Token]] = [:]

    private struct Cell: Hashable {
        let module: ObjectIdentifier
        let slot: Int
    }

    init(interpreter: Interpreter) { self.interpreter = interpreter }

    mutating func visit(_ value: Value, named name: String) {
        switch value {
        case .function(let function):
            visit(function.prototype)
            for (index, capture) in function.prototype.captures.enumerated() { visit(function.captures[index], named: capture.name) }
        case .structType(let type): visit(type.prototype)
        case .boundMethod(let bound): visit(bound.receiver, named: name)
        case .module(let module):
            // A native table has nothing that could change.
            guard interpreter.modules.contains(where: { $0 === module }), seen.insert(ObjectIdentifier(module)).inserted else { return }
            for name in module.definedNames { visit(cell: module.position(of: name), of: module) }
        case .builtin, .unset: break
        default: reach.values.append((name, value))
        }
    }

    private mutating func visit(_ prototype: Prototype) {
        guard seen.insert(ObjectIdentifier(prototype)).inserted else { return }
        reach.code.append((prototype.name, text(of: prototype)))
        scan(prototype)
    }

    /// Looks at what the code names; functions inside it belong to its text.
    private mutating func scan(_ prototype: Prototype) {
        let code = prototype.code.pointee
        var index = 0
        while index < prototype.instructionCount {
            let instruction = code.instructions[index]
            switch instruction.op {
            case .getGlobal: visit(cell: instruction.wide, of: prototype.module)
            case .callGlobal: visit(cell: Int(instruction.c), of: prototype.module)
            default: break
            }
            index += instruction.op.hasWord ? 2 : 1
        }
        for path in prototype.paths where path.place.rootIsCell { visit(cell: path.place.root, of: prototype.module) }
        // Names of the library are constants of the code.
        for index in 0..<prototype.constantCount {
            switch code.constants[index] {
            case .function, .structType, .module: visit(code.constants[index], named: "")
            default: break
            }
        }
        for inner in prototype.structures.map(\.prototype) + prototype.prototypes { scan(inner) }
    }

    private mutating func visit(cell slot: Int?, of module: ModuleObject) {
        guard let slot, cells.insert(Cell(module: ObjectIdentifier(module), slot: slot)).inserted else { return }
        let name = module.name(of: slot)
        if let value = module[name] {
            visit(value, named: name)
        } else if let native = interpreter.native(name) {
            visit(native, named: name)
        }
    }

    /// The tokens of a function, a blank between two of them and a line end where one can end a statement.
    private mutating func text(of prototype: Prototype) -> String {
        let source = prototype.source
        let tokens = streams[ObjectIdentifier(source)] ?? Lexer.lex(source).tokens
        streams[ObjectIdentifier(source)] = tokens
        var text = ""
        var depth = 0
        var previous = TokenKind.leftBrace
        for token in tokens where token.start >= prototype.span.start && token.end <= prototype.span.end {
            let endsStatement = token.startsLine && depth == 0 && previous != .leftBrace && token.kind != .rightBrace
            if !text.isEmpty { text += endsStatement ? "\n" : " " }
            previous = token.kind
            switch token.kind {
            case .leftParen, .leftBracket: depth += 1
            case .rightParen, .rightBracket: depth -= 1
            default: break
            }
            text += source.text(token.span)
        }
        return text
    }
}
