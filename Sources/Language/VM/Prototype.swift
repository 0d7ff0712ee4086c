/// The hot part of a compiled function, read by the machine without reference counting. Owned by its `Prototype`.
struct FunctionCode {
    let instructions: UnsafeMutablePointer<Instruction>
    let constants: ValuePointer
    let cells: ValuePointer
    let sites: UnsafeMutablePointer<Unmanaged<Site>>
    /// What each site found last.
    let caches: UnsafeMutablePointer<UnsafeMutablePointer<SiteCache>>
    let paths: UnsafeMutablePointer<Unmanaged<UpdatePath>>
    /// The same paths as plain memory.
    let places: UnsafeMutablePointer<PlainPlace>
    let slices: UnsafeMutablePointer<PlainSlice>
    let registerCount: Int
    let localCount: Int
    let parameterCount: Int
    /// Whether a call with just the right number of positional arguments needs nothing but its frame.
    let isPlain: Bool
    let owner: Unmanaged<Prototype>
}

/// A compiled function: its code, its constants, and what is known about it for calls, errors and help.
final class Prototype: @unchecked Sendable {
    let name: String
    let signature: CallSignature
    let doc: String
    let source: Source
    /// Where its text is in the source.
    let span: Span
    /// Kept by the interpreter; a strong reference would close a cycle through the module's functions.
    unowned let module: ModuleObject
    let code: UnsafeMutablePointer<FunctionCode>
    let instructionCount: Int
    let constantCount: Int
    let sites: [Site]
    let prototypes: [Prototype]
    let captures: [Capture]
    let handlers: [Handler]
    let paths: [UpdatePath]
    let indexes: [IndexDescriptor]
    let annotations: [Annotation]
    let structures: [StructureDescriptor]
    let imports: [ImportDescriptor]
    let formats: [FormatDescriptor]
    /// Variable names by register.
    let localNames: [String]
    /// By instruction: position in `spanTable`.
    let spanIndexes: [Int32]
    let spanTable: [InstructionSpans]
    let checksArguments: Bool

    init(_ parts: FunctionParts) {
        name = parts.name
        signature = parts.signature
        doc = parts.doc
        source = parts.source
        span = parts.span
        module = parts.module
        sites = parts.sites
        prototypes = parts.prototypes
        captures = parts.captures
        handlers = parts.handlers
        paths = parts.paths
        indexes = parts.indexes
        annotations = parts.annotations
        structures = parts.structures
        imports = parts.imports
        formats = parts.formats
        localNames = parts.localNames
        spanIndexes = parts.spanIndexes
        spanTable = parts.spanTable
        instructionCount = parts.instructions.count
        constantCount = parts.constants.count
        checksArguments = parts.signature.parameters.contains { $0.type != .any }
        let instructions = UnsafeMutablePointer<Instruction>.allocate(capacity: max(1, parts.instructions.count))
        instructions.initialize(from: parts.instructions, count: parts.instructions.count)
        let constants = ValuePointer.allocate(capacity: max(1, parts.constants.count))
        constants.initialize(from: parts.constants, count: parts.constants.count)
        let sites = UnsafeMutablePointer<Unmanaged<Site>>.allocate(capacity: max(1, parts.sites.count))
        sites.initialize(from: parts.sites.map { Unmanaged.passUnretained($0) }, count: parts.sites.count)
        let caches = UnsafeMutablePointer<UnsafeMutablePointer<SiteCache>>.allocate(capacity: max(1, parts.sites.count))
        caches.initialize(from: parts.sites.map(\.cache), count: parts.sites.count)
        let paths = UnsafeMutablePointer<Unmanaged<UpdatePath>>.allocate(capacity: max(1, parts.paths.count))
        paths.initialize(from: parts.paths.map { Unmanaged.passUnretained($0) }, count: parts.paths.count)
        let places = UnsafeMutablePointer<PlainPlace>.allocate(capacity: max(1, parts.paths.count))
        places.initialize(from: parts.paths.map(\.place), count: parts.paths.count)
        let slices = UnsafeMutablePointer<PlainSlice>.allocate(capacity: max(1, parts.indexes.count))
        slices.initialize(from: parts.indexes.map { PlainSlice($0) }, count: parts.indexes.count)
        code = .allocate(capacity: 1)
        code.initialize(
            to: FunctionCode(
                instructions: instructions, constants: constants, cells: parts.module.cells, sites: sites, caches: caches, paths: paths,
                places: places, slices: slices,
                registerCount: parts.registerCount, localCount: parts.localNames.count, parameterCount: parts.signature.parameters.count,
                isPlain: parts.signature.isPlain, owner: Unmanaged.passUnretained(self)))
    }

    deinit {
        code.pointee.instructions.deallocate()
        code.pointee.constants.deinitialize(count: constantCount)
        code.pointee.constants.deallocate()
        code.pointee.sites.deallocate()
        code.pointee.caches.deallocate()
        code.pointee.paths.deallocate()
        code.pointee.places.deallocate()
        code.pointee.slices.deallocate()
        code.deallocate()
    }
}

/// Everything that the compiler hands over for one function.
struct FunctionParts {
    var name: String
    var signature: CallSignature
    var doc = ""
    var source: Source
    var span = Span(0, 0)
    var module: ModuleObject
    var instructions: [Instruction] = []
    var constants: [Value] = []
    var registerCount = 0
    var sites: [Site] = []
    var prototypes: [Prototype] = []
    var captures: [Capture] = []
    var handlers: [Handler] = []
    var paths: [UpdatePath] = []
    var indexes: [IndexDescriptor] = []
    var annotations: [Annotation] = []
    var structures: [StructureDescriptor] = []
    var imports: [ImportDescriptor] = []
    var formats: [FormatDescriptor] = []
    var localNames: [String] = []
    var spanIndexes: [Int32] = []
    var spanTable: [InstructionSpans] = []
}

/// What an instruction stands for in the source, and where its operands are.
struct InstructionSpans: Hashable {
    var main: Span
    var operands: [Span] = []
}

/// Instructions start ..< end are guarded: an error goes to `target` with the error in `register`; temporaries from `temporaries` on are emptied.
struct Handler {
    var start: Int
    var end: Int
    var target: Int
    var register: Int
    var temporaries: Int
}

/// A place in the code where an attribute or method is named, with what was found there last.
final class Site {
    let name: String
    /// Names of the last arguments of the call, in order.
    let keywords: [String]
    /// For a method that may change a variable: where the variable is.
    let path: UpdatePath?
    /// Rows of the built-in types by this name.
    let listMethod: Builtin?
    let dictMethod: Builtin?
    let stringMethod: Builtin?
    /// Whether a method of this name changes its list or dict.
    let isMutating: Bool
    let hasKeywords: Bool
    let cache: UnsafeMutablePointer<SiteCache>
    /// The owner in the cache; held, so that no other can take its address.
    @exclusivity(unchecked) private var cachedOwner: AnyObject?
    /// For a struct made with keywords: the argument of each field, or -1 for its default.
    @exclusivity(unchecked) var fieldOrder: [Int] = []
    @exclusivity(unchecked) var cachedMethod: Builtin?

    init(name: String, keywords: [String] = [], path: UpdatePath? = nil) {
        self.name = name
        self.keywords = keywords
        self.path = path
        listMethod = ListMethods.table[name]
        dictMethod = DictMethods.table[name]
        stringMethod = StringMethods.table[name]
        isMutating = MutatingMethods.names.contains(name)
        hasKeywords = !keywords.isEmpty
        cache = .allocate(capacity: 1)
        cache.initialize(to: SiteCache(site: Unmanaged.passUnretained(self)))
    }

    deinit { cache.deallocate() }

    func cache(_ owner: AnyObject, position: Int = 0) {
        cachedOwner = owner
        cache.pointee.owner = UInt(bitPattern: Unmanaged.passUnretained(owner).toOpaque())
        cache.pointee.position = position
        cache.pointee.fieldOffset = ObjectLayout.elements + position * MemoryLayout<Value>.stride
    }

    @inline(__always) func isCached(_ owner: AnyObject) -> Bool {
        cache.pointee.owner == UInt(bitPattern: Unmanaged.passUnretained(owner).toOpaque())
    }
}

/// What a site found last, as plain memory that the machine reads without counting; owned by the site.
struct SiteCache {
    /// The address of the type, table or module that it was found in; 0 for none.
    var owner: UInt = 0
    /// Where in it: of a struct's field, or of a module's variable.
    var position = 0
    /// Where the field lies in an object of that type, in bytes.
    var fieldOffset = 0
    let site: Unmanaged<Site>
}

/// The parts of `x[a, b:c, ...]` by register; a negative register is an absent part.
struct IndexDescriptor {
    enum Item {
        case value(Int)
        case slice(Int, Int, Int)
        case ellipsis
    }
    var items: [Item]
    /// Whether the brackets hold a comma.
    var isTuple: Bool
}

/// `x[a:b]` as plain memory: the registers of the bounds, negative if left out.
struct PlainSlice {
    var isPlain = false
    var start = -1
    var stop = -1

    init(_ descriptor: IndexDescriptor) {
        guard !descriptor.isTuple, descriptor.items.count == 1, case .slice(let start, let stop, let step) = descriptor.items[0],
            step < 0
        else { return }
        (isPlain, self.start, self.stop) = (true, start, stop)
    }
}

/// A variable and the way from it to one of its parts: `t.a.b[2]`.
final class UpdatePath {
    enum Root {
        case register(Int)
        case cell(Int)
    }
    enum Step {
        case field(Site)
        case index(Int)
        case general(Int)
    }
    let root: Root
    let name: String
    /// Why a plain value at the root cannot be changed; nil if it can.
    let obstacle: Obstacle?
    let steps: [Step]
    let place: PlainPlace

    enum Obstacle {
        /// The variable belongs to an outer function or the module.
        case outerVariable
        /// The root is not a variable.
        case temporary
    }

    init(root: Root, name: String, obstacle: Obstacle?, steps: [Step]) {
        self.root = root
        self.name = name
        self.obstacle = obstacle
        self.steps = steps
        let plan = UnsafeMutablePointer<PlainPlace.Step>.allocate(capacity: max(1, steps.count))
        for (index, step) in steps.enumerated() {
            switch step {
            case .field(let site): (plan + index).initialize(to: PlainPlace.Step(cache: site.cache, register: -1))
            case .index(let register): (plan + index).initialize(to: PlainPlace.Step(cache: nil, register: register))
            case .general: (plan + index).initialize(to: PlainPlace.Step(cache: nil, register: -1))
            }
        }
        let (isCell, number) =
            switch root {
            case .register(let number): (false, number)
            case .cell(let number): (true, number)
            }
        place = PlainPlace(rootIsCell: isCell, root: number, isChangeable: obstacle == nil, count: steps.count, steps: plan)
    }

    deinit { place.steps.deallocate() }
}

/// A path as plain memory, for the short ways: from a register or a cell through struct fields and keys in registers. Owned by its path.
struct PlainPlace {
    struct Step {
        /// For a field.
        let cache: UnsafeMutablePointer<SiteCache>?
        /// For a key; -1 for what takes the long way.
        let register: Int
    }
    let rootIsCell: Bool
    let root: Int
    let isChangeable: Bool
    let count: Int
    let steps: UnsafeMutablePointer<Step>
}

/// A type that a value must have, and what the value is called in the message.
struct Annotation {
    var type: TypeExpression
    var subject: String
}

struct StructureDescriptor {
    var name: String
    var doc: String
    var prototype: Prototype
}

struct ImportDescriptor {
    enum Module {
        case name(String)
        case path(String)
        /// One of the standard library, whatever files lie next to the script.
        case library(String)
    }
    var module: Module
}

/// The `!r` and `:spec` of a field in an f-string.
struct FormatDescriptor {
    var conversion: UInt8
    var spec: FormatSpec
}
