/// Runs scripts: owns the modules, the machine and the limits. Used by one thread at a time; only `interrupt()` may be called from elsewhere.
public final class Interpreter: @unchecked Sendable {
    public let configuration: Configuration
    /// What every module sees without import, by name.
    private(set) var natives: [String: Value]
    /// The rows behind `natives`.
    public let builtins: [Namespace]
    /// Variables of the main script or of the prompt.
    public private(set) var globals: ModuleObject
    private(set) var machine: Machine!  // check: set by init, which needs self for it
    var loader: ModuleLoader
    /// All modules whose code was compiled; functions refer to them without counting.
    var modules: [ModuleObject] = []
    /// Where `random` takes its numbers from.
    var random = Xoshiro(seed: UInt64.random(in: 0...UInt64.max))
    /// The `test` blocks met so far, in order.
    public internal(set) var tests: [(name: String, body: Value)] = []

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        builtins = Prelude.namespaces + configuration.builtins
        var natives: [String: Value] = [:]
        for namespace in builtins {
            for builtin in namespace.builtins { for name in [builtin.name] + builtin.aliases { natives[name] = .builtin(builtin) } }
            for constant in namespace.constants { natives[constant.name] = constant.value }
        }
        self.natives = natives
        globals = ModuleObject(name: "main")
        loader = ModuleLoader(configuration)
        machine = Machine(interpreter: self, recursionLimit: configuration.recursionLimit, stepBudget: configuration.stepBudget)
    }

    /// What to write instead of a member that people of other libraries look for.
    func hint(for member: String, of type: String) -> String? { configuration.hostTypes()[type]?.hints[member] }

    // MARK: Running

    /// Runs a whole script as the main module and returns its last value.
    ///
    /// - Throws: `Diagnostics`, for errors before the run and for an error that the script did not catch.
    @discardableResult public func run(_ source: Source) throws -> Value {
        let prototype = try compile(source, in: globals)
        return try reporting {
            try attending { try machine.call(.function(FunctionObject(prototype: prototype, captures: [])), [], keywords: []) }
        }
    }

    /// Parses, resolves and compiles; nothing runs.
    ///
    /// - Throws: `Diagnostics`
    func compile(_ source: Source, in module: ModuleObject) throws -> Prototype {
        let (program, syntaxErrors) = Parser.parse(source)
        if syntaxErrors.contains(where: { $0.severity == .error }) { throw Diagnostics(syntaxErrors) }
        let (resolution, nameErrors) = Resolver.resolve(
            program, natives: nativeNames, globals: Set(module.definedNames), types: configuration.typeNames,
            hints: configuration.hints)
        if nameErrors.contains(where: { $0.severity == .error }) { throw Diagnostics(nameErrors) }
        if configuration.checksFirst, module === globals { try requireNoCertainErrors(program, resolution) }
        for case .native(let name) in resolution.bindings where natives[name] == nil { natives[name] = try libraryValue(name, for: source) }
        if !source.name.hasPrefix("<") { sources.append(source) }
        return try Compiler.compile(program, resolution, module: module, natives: natives, profile: configuration.profile)
    }

    /// Names that every module sees: those of the tables, and those of the library that are loaded when used.
    var nativeNames: Set<String> { Set(natives.keys).union(configuration.library.keys) }

    /// The value of a name of the library, whose module is loaded for it.
    private func libraryValue(_ name: String, for source: Source) throws -> Value {
        guard let module = configuration.library[name] else { throw ScriptError.name("`\(name)` is not defined") }
        let loaded = try reporting {
            try importModule(ImportDescriptor(module: .library(module)), from: source)
        }
        guard let value = loaded[name] else { throw ScriptError.name("the module `\(module)` has no `\(name)`") }
        return value
    }

    /// A name that no variable has: a builtin's, or one of the library, which is loaded for it; nil if there is none, or it does not load.
    func native(_ name: String) -> Value? {
        if let value = natives[name] { return value }
        guard configuration.library[name] != nil, let value = try? libraryValue(name, for: Source(name: "", text: "")) else { return nil }
        natives[name] = value
        return value
    }

    /// A number from the script's random numbers, which `seed` sets: for builtins that draw their own.
    public func nextRandom() -> UInt64 { random.next() }

    /// The state of the script's random numbers, to be saved and put back.
    public var randomWords: [UInt64] {
        get { random.words }
        set { random.words = newValue }
    }

    /// The files that have been run or imported so far, in order: what a result may depend on. Inputs of the prompt are not among them.
    public internal(set) var sources: [Source] = []

    /// Errors of the run as reports.
    func reporting<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as Diagnostics {
            throw error
        } catch {
            throw Diagnostics([machine.errorObject(error).diagnostic])
        }
    }

    /// Calls anything that can be called. For builtins that take functions.
    public func call(_ function: Value, _ arguments: [Value], keywords: [(String, Value)] = []) throws -> Value {
        if arguments.count == 1, keywords.isEmpty { return try machine.call(function, arguments[0]) }
        return try machine.call(function, arguments, keywords: keywords)
    }

    /// The same with one argument.
    func call(_ function: Value, _ argument: Value) throws -> Value { try machine.call(function, argument) }

    /// Asks the running script to stop at the next call, loop round or step of a long operation. May be called from any thread.
    public func interrupt() { machine.interruption.request() }

    /// Runs `body` so that `interrupt` reaches the engine's long operations too.
    public func attending<R>(_ body: () throws -> R) rethrows -> R { try machine.interruption.covering(body) }

    /// How often the statement under way was asked to stop.
    var interruptCount: Int { machine.interruption.count }

    // MARK: Sequences

    /// The values of anything that can be iterated.
    public func collect(_ value: Value) throws -> [Value] {
        switch value {
        case .list(let list): return list.items
        case .tuple(let tuple): return tuple.items
        case .dict(let dict): return dict.keys
        case .range(let range):
            try range.requireMemory()
            try machine.spend(range.count)
            return try range.items()
        default:
            let list = ListObject([])
            try forEach(value) { try list.append($0) }
            return list.items
        }
    }

    /// Hands the values of anything that can be iterated to `body`, one by one.
    public func forEach(_ value: Value, _ body: (Value) throws -> Void) throws {
        try visit(value) { item in
            try body(item)
            return true
        }
    }

    /// Hands the values of anything that can be iterated to `body`, one by one, until it gives false.
    public func visit(_ value: Value, _ body: (Value) throws -> Bool) throws {
        let iterator = try Machine.makeIterator(value)
        var rounds = 0
        while let item = try iterator.next() {
            rounds &+= 1
            if rounds & 1023 == 0 { try machine.poll() }
            if try !body(item) { return }
        }
    }

    /// `len(x)`.
    public func length(_ value: Value) throws -> Int {
        switch value {
        case .string(let text): return text.scalarCount
        case .list(let list): return list.count
        case .tuple(let tuple): return tuple.count
        case .dict(let dict): return dict.count
        case .range(let range): return range.count
        case .host(let object):
            if let length = try object.length() { return length }
        default: break
        }
        throw ScriptError(.type, "\(value.typeNameWithArticle) has no length", operands: [Operators.describe(value)])
    }

    // MARK: Declarations of a script

    func declareTest(_ name: String, _ body: Value, _ module: ModuleObject) {
        if module === globals { tests.append((name, body)) }
    }
}
