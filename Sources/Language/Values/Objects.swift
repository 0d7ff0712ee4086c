public struct StructHeader {
    var type: StructType
    var depth: UInt32
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
    private let positions: [String: Int]

    init(name: String, signature: CallSignature, doc: String, prototype: Prototype) {
        self.name = name
        self.signature = signature
        self.doc = doc
        self.prototype = prototype
        fieldNames = signature.parameters.map { StringObject.of($0.name) }
        positions = Dictionary(signature.parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public var fieldCount: Int { signature.parameters.count }
    func position(of field: String) -> Int? { positions[field] }
}

/// A struct value: its fields lie behind the header in one allocation.
public final class StructObject: ManagedBuffer<StructHeader, Value> {
    /// Takes `type.fieldCount` values out of `fields`, leaving them without value.
    static func make(_ type: StructType, moving fields: UnsafeMutablePointer<Value>) -> StructObject {
        let count = type.fieldCount
        let buffer = StructObject.create(minimumCapacity: count) { _ in StructHeader(type: type, depth: 1) }
        let object = unsafeDowncast(buffer, to: StructObject.self)
        object.withUnsafeMutablePointers { header, storage in
            storage.moveInitialize(from: fields, count: count)
            fields.initialize(repeating: .none, count: count)
            for index in 0..<count where storage[index].isContainer {
                header.pointee.depth = max(header.pointee.depth, storage[index].depth &+ 1)
            }
        }
        return object
    }

    func copied() -> StructObject {
        let count = type.fieldCount
        let buffer = StructObject.create(minimumCapacity: count) { _ in StructHeader(type: type, depth: depth) }
        let object = unsafeDowncast(buffer, to: StructObject.self)
        withUnsafeMutablePointerToElements { source in
            object.withUnsafeMutablePointerToElements { $0.initialize(from: source, count: count) }
        }
        return object
    }

    public var type: StructType { withUnsafeMutablePointerToHeader { $0.pointee.type } }
    var depth: UInt32 { withUnsafeMutablePointerToHeader { $0.pointee.depth } }

    /// The value of a field by its position in the type.
    subscript(position: Int) -> Value { withUnsafeMutablePointerToElements { $0[position] } }

    /// The value of a field, or nil.
    public func field(_ name: String) -> Value? { type.position(of: name).map { self[$0] } }

    public var fields: [Value] { (0..<type.fieldCount).map { self[$0] } }

    @inline(__always) func noteDepth(of value: Value) {
        if value.isContainer {
            withUnsafeMutablePointerToHeader { $0.pointee.depth = max($0.pointee.depth, value.depth &+ 1) }
        }
    }

    func takeFields(into pending: inout [Value]) {
        withUnsafeMutablePointerToElements { storage in
            for index in 0..<type.fieldCount {
                pending.append(storage[index])
                storage[index] = .none
            }
        }
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeFields(into: &pending)
            DeepRelease.drain(&pending)
        }
        withUnsafeMutablePointers { header, storage in _ = storage.deinitialize(count: header.pointee.type.fieldCount) }
    }
}

/// A function of a script with the values that it captured when it was created.
public final class FunctionObject {
    let prototype: Prototype
    @exclusivity(unchecked) var captures: [Value]
    let depth: UInt32
    /// The code of the prototype, which this object keeps alive.
    let code: UnsafeMutablePointer<FunctionCode>

    init(prototype: Prototype, captures: [Value]) {
        self.prototype = prototype
        self.code = prototype.code
        self.captures = captures
        self.depth = captures.isEmpty ? 1 : depthOf(captures)
    }

    public var name: String { prototype.name }
    public var signature: CallSignature { prototype.signature }
    public var doc: String { prototype.doc }

    deinit { if depth > plainRecursionDepth { DeepRelease.release(items: &captures) } }
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
