import Language
import Models
import Tensors
import Text

/// A hash of what a value holds: the same for equal contents in every process, another when anything in it is.
///
/// Tensors and models count with their numbers, functions with the code and the variables that they reach, other objects of the engine with
/// their attributes and elements.
struct ValueFingerprint {
    private var hash = ContentHash()
    private let interpreter: Interpreter
    /// Functions and objects that are being looked at, so that what refers to itself ends.
    private var open: Set<ObjectIdentifier> = []
    private var depth = 0

    private static let deepest = 200

    /// - Throws: what reading an attribute or an element throws.
    static func text(of value: Value, in interpreter: Interpreter) throws -> String {
        var fingerprint = ValueFingerprint(interpreter: interpreter)
        try fingerprint.add(value)
        return fingerprint.hash.hexadecimal
    }

    private init(interpreter: Interpreter) { self.interpreter = interpreter }

    private mutating func add(_ value: Value) throws {
        guard depth < Self.deepest else { throw ScriptError.value("what the cells read is nested more than \(Self.deepest) deep") }
        depth += 1
        defer { depth -= 1 }
        hash.update(value.typeName)
        switch value {
        case .none, .unset: break
        case .bool(let flag): add(word: flag ? 1 : 0)
        case .int(let number): add(word: UInt64(bitPattern: Int64(number)))
        case .float(let number): add(word: number.bitPattern)
        case .string(let text): hash.update(text.text)
        case .list, .tuple:
            let items = value.asItems ?? []
            add(word: UInt64(items.count))
            for item in items { try add(item) }
        case .dict(let dict):
            add(word: UInt64(dict.count))
            for (key, item) in dict.pairs {
                try add(key)
                try add(item)
            }
        case .range(let range): for bound in [range.start, range.stop, range.step] { add(word: UInt64(bitPattern: Int64(bound))) }
        case .structure(let object):
            for parameter in object.type.signature.parameters {
                hash.update(parameter.name)
                try add(object.field(parameter.name) ?? .none)
            }
        case .function(let function): try once(function) { try $0.addReach(of: value) }
        case .structType, .module: try addReach(of: value)
        case .builtin(let builtin): hash.update(builtin.name)
        case .boundMethod(let bound):
            hash.update(bound.method.name)
            try addReach(of: value)
        case .error, .iterator: hash.update(value.repr)
        case .host(let object): try once(object) { try $0.add(object) }
        }
    }

    private mutating func once(_ object: AnyObject, _ body: (inout ValueFingerprint) throws -> Void) throws {
        guard open.insert(ObjectIdentifier(object)).inserted else { return }
        defer { open.remove(ObjectIdentifier(object)) }
        try body(&self)
    }

    private mutating func addReach(of value: Value) throws {
        let reach = interpreter.reach(of: value)
        for part in reach.code { hash.update(part.text) }
        for variable in reach.values {
            hash.update(variable.name)
            try add(variable.value)
        }
    }

    private mutating func add(_ object: HostObject) throws {
        switch object {
        case let object as TensorObject: try add(object.tensor, named: "")
        case let object as ModelObject:
            hash.update(object.description)
            hash.update(object.model.queryPrefix + "\n" + object.model.itemPrefix)
            for parameter in object.model.allParameters { try add(parameter.tensor, named: parameter.name) }
        // Where metrics go has no part in what they are.
        case let object as ManagerObject: hash.update(object.manager.pluginName)
        default:
            hash.update(object.description)
            for name in object.attributeNames {
                hash.update(name)
                try add(try object.attribute(name) ?? .none)
            }
            // What has no length is a stream: its file is among those that a cell reads.
            guard try object.length() != nil, let elements = try object.makeIterator() else { return }
            while let element = try elements.next() { try add(element) }
        }
    }

    private mutating func add(_ tensor: Tensor, named name: String) throws {
        hash.update(name + tensor.signature)
        try StoredTensor(name, tensor).bytes.withUnsafeBytes { hash.update($0) }
    }

    private mutating func add(word: UInt64) { withUnsafeBytes(of: word.littleEndian) { hash.update($0) } }
}
