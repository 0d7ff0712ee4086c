import CCounting

public struct StructHeader {
    /// Counted as values are, by the one thread that uses them.
    fileprivate let type: Unmanaged<StructType>
    var depth: UInt32

    fileprivate init(_ type: StructType, depth: UInt32) {
        self.type = Unmanaged.passUnretained(type)
        self.depth = depth
        eft_retain_alone(self.type.toOpaque())
    }
}

/// The type that a `struct` statement declares: its name and its fields in order.
public final class StructType {
    public let name: String
    /// The fields as parameters of the constructor.
    public let signature: CallSignature
    public let doc: String
    /// Evaluates omitted fields and checks the given ones; called with the bound arguments.
    let prototype: Prototype
    let fieldNames: [StringObject]
    public let fieldCount: Int
    /// Whether every field may be given by position, and a value made without running the prototype.
    let isPlain: Bool
    /// What each field demands of a value, and the value of one that is left out: unset if that takes more than a literal.
    let checks: UnsafePointer<BuiltinLayout.Check>
    let defaults: ValuePointer
    private let positions: [String: Int]

    /// - Parameter isTraced: whether every construction must run the code of the prototype, which tells a profile of itself.
    init(name: String, signature: CallSignature, doc: String, prototype: Prototype, isTraced: Bool) {
        self.name = name
        self.signature = signature
        self.doc = doc
        self.prototype = prototype
        fieldNames = signature.parameters.map { StringObject.of($0.name) }
        positions = Dictionary(signature.parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        fieldCount = signature.parameters.count
        isPlain = signature.positionalCount == signature.parameters.count && !isTraced
        let checks = UnsafeMutablePointer<BuiltinLayout.Check>.allocate(capacity: max(1, fieldCount))
        defaults = .allocate(capacity: max(1, fieldCount))
        for (index, parameter) in signature.parameters.enumerated() {
            (checks + index).initialize(to: BuiltinLayout.Check(field: parameter.type))
            (defaults + index).initialize(to: parameter.defaultValue)
        }
        self.checks = UnsafePointer(checks)
    }

    deinit {
        checks.deallocate()
        defaults.release(count: fieldCount)
        defaults.deallocate()
    }

    func position(of field: String) -> Int? { positions[field] }
}

/// A struct value: its fields lie behind the header in one allocation.
public final class StructObject: ManagedBuffer<StructHeader, Value> {
    /// Takes `type.fieldCount` values out of `fields`, leaving them without value.
    static func make(_ type: StructType, moving fields: UnsafeMutablePointer<Value>) -> StructObject {
        make(type) { fields + $0 }
    }

    /// Takes each field out of its slot; one that has none gets its default.
    @inline(__always) static func make(_ type: StructType, _ slot: (Int) -> ValuePointer?) -> StructObject {
        let count = type.fieldCount
        let buffer = StructObject.create(minimumCapacity: count) { _ in StructHeader(type, depth: 1) }
        let object = unsafeDowncast(buffer, to: StructObject.self)
        object.withUnsafeMutablePointers { header, storage in
            for index in 0..<count {
                if let field = slot(index) {
                    if field.holdsContainer { header.pointee.depth = max(header.pointee.depth, field.depth &+ 1) }
                    (storage + index).initialize(movedFrom: field)
                } else {
                    let value = type.defaults + index
                    if value.holdsContainer { header.pointee.depth = max(header.pointee.depth, value.depth &+ 1) }
                    (storage + index).initialize(copyOf: value)
                }
            }
        }
        return object
    }

    func copied() -> StructObject {
        let type = type
        let buffer = StructObject.create(minimumCapacity: type.fieldCount) { _ in StructHeader(type, depth: depth) }
        let object = unsafeDowncast(buffer, to: StructObject.self)
        withUnsafeMutablePointerToElements { source in
            object.withUnsafeMutablePointerToElements { target in
                for index in 0..<type.fieldCount { (target + index).initialize(copyOf: source + index) }
            }
        }
        return object
    }

    public var type: StructType { withUnsafeMutablePointerToHeader { $0.pointee.type.takeUnretainedValue() } }
    var depth: UInt32 { withUnsafeMutablePointerToHeader { $0.pointee.depth } }

    /// The value of a field by its position in the type.
    subscript(position: Int) -> Value { withUnsafeMutablePointerToElements { $0[position] } }

    /// The value of a field, or nil.
    public func field(_ name: String) -> Value? { type.position(of: name).map { self[$0] } }

    var buffer: UnsafeBufferPointer<Value> {
        withUnsafeMutablePointerToElements { UnsafeBufferPointer(start: $0, count: type.fieldCount) }
    }

    public var fields: [Value] { (0..<type.fieldCount).map { self[$0] } }

    @inline(__always) func noteDepth(of value: Value) {
        if value.isContainer {
            withUnsafeMutablePointerToHeader { $0.pointee.depth = max($0.pointee.depth, value.depth &+ 1) }
        }
    }

    @inline(__always) func noteDepth(atLeast bound: UInt32) {
        withUnsafeMutablePointerToHeader { if $0.pointee.depth < bound { $0.pointee.depth = bound } }
    }

    func takeFields(into pending: inout [Value]) {
        withUnsafeMutablePointerToElements { storage in
            for index in 0..<type.fieldCount {
                pending.append((storage + index).take())
            }
        }
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeFields(into: &pending)
            DeepRelease.drain(&pending)
        }
        withUnsafeMutablePointers { header, storage in
            let type = header.pointee.type
            storage.release(count: type._withUnsafeGuaranteedRef { $0.fieldCount })
            eft_release_alone(type.toOpaque())
        }
    }
}

/// A function of a script with the values that it captured when it was created.
public final class FunctionObject {
    /// The code of the prototype, which this object keeps alive. It and the captures lie where `ObjectLayout` says.
    let code: UnsafeMutablePointer<FunctionCode>
    /// The captured values, as many as the prototype says.
    let captures: ValuePointer
    let prototype: Prototype
    private let captureCount: Int
    let depth: UInt32

    init(prototype: Prototype, captures: [Value]) {
        self.prototype = prototype
        self.code = prototype.code
        captureCount = captures.count
        self.captures = .allocate(capacity: captures.count)
        self.captures.initialize(from: captures, count: captures.count)
        self.depth = captures.isEmpty ? 1 : depthOf(captures)
    }

    func takeCaptures(into pending: inout [Value]) {
        for index in 0..<captureCount { pending.append((captures + index).take()) }
    }

    public var name: String { prototype.name }
    public var signature: CallSignature { prototype.signature }
    public var doc: String { prototype.doc }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeCaptures(into: &pending)
            DeepRelease.drain(&pending)
        }
        captures.release(count: captureCount)
        captures.deallocate()
    }
}

/// A method taken off its object: `f = xs.count`.
public final class BoundMethod {
    @exclusivity(unchecked) var receiver: Value
    public let method: Builtin
    let depth: UInt32

    init(receiver: Value, method: Builtin) {
        self.receiver = receiver
        self.method = method
        self.depth = receiver.depth &+ 1
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending = [receiver]
            receiver = .none
            DeepRelease.drain(&pending)
        }
    }
}
