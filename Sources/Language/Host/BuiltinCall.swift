/// The arguments of one call of a builtin, bound to its parameters: one value per parameter, defaults filled in,
/// `*rest` as a list, `**options` as a dict, an omitted parameter whose default is not a literal as `none`.
public struct BuiltinCall: ~Copyable {
    // Both outlive the call, which is made by the one and on behalf of the other.
    public unowned(unsafe) let interpreter: Interpreter
    public unowned(unsafe) let builtin: Builtin
    /// The object on which a method was called; `.none` for a function.
    public let receiver: Value
    /// One bound value for each parameter of the signature; valid during the call.
    let arguments: UnsafeMutablePointer<Value>

    init(interpreter: Interpreter, builtin: Builtin, receiver: Value, arguments: UnsafeMutablePointer<Value>) {
        self.interpreter = interpreter
        self.builtin = builtin
        self.receiver = receiver
        self.arguments = arguments
    }

    public var count: Int { builtin.layout.parameterCount }

    /// The argument of the parameter at a position of the signature.
    public subscript(position: Int) -> Value {
        precondition(position < count, "\(builtin.name) has no parameter \(position)")
        return arguments[position]
    }

    /// The argument of a parameter by name.
    public subscript(name: String) -> Value {
        guard let position = builtin.signature.parameters.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(builtin.name) has no parameter \(name)")
        }
        return arguments[position]
    }

    private func name(_ position: Int) -> String { builtin.signature.parameters[position].name }

    /// A TypeError that names the function and the parameter.
    public func mismatch(_ position: Int, expected: String) -> ScriptError {
        ScriptError.type("\(builtin.name)() argument `\(name(position))` must be \(expected), not \(self[position].typeNameWithArticle)")
    }

    public func int(_ position: Int) throws -> Int {
        if case .int(let value) = self[position] { return value }
        throw mismatch(position, expected: "an int")
    }

    public func double(_ position: Int) throws -> Double {
        guard let value = self[position].asDouble else { throw mismatch(position, expected: "a number") }
        return value
    }

    public func bool(_ position: Int) throws -> Bool {
        guard let value = self[position].asBool else { throw mismatch(position, expected: "a bool") }
        return value
    }

    public func string(_ position: Int) throws -> String {
        guard let value = self[position].asString else { throw mismatch(position, expected: "a str") }
        return value
    }

    /// The items of a list or tuple.
    public func items(_ position: Int) throws -> [Value] {
        guard let value = self[position].asItems else { throw mismatch(position, expected: "a list") }
        return value
    }

    /// The values of anything that can be iterated.
    public func iterable(_ position: Int) throws -> [Value] { try interpreter.collect(self[position]) }

    public func strings(_ position: Int) throws -> [String] {
        try items(position).map { item in
            guard let text = item.asString else {
                throw mismatch(position, expected: "a list of str; it holds \(item.typeNameWithArticle)")
            }
            return text
        }
    }

    public func ints(_ position: Int) throws -> [Int] {
        try items(position).map { item in
            guard let number = item.asInt else { throw mismatch(position, expected: "a list of int; it holds \(item.typeNameWithArticle)") }
            return number
        }
    }

    public func doubles(_ position: Int) throws -> [Double] {
        try items(position).map { item in
            guard let number = item.asDouble else {
                throw mismatch(position, expected: "a list of numbers; it holds \(item.typeNameWithArticle)")
            }
            return number
        }
    }

    public func dict(_ position: Int) throws -> DictObject {
        guard case .dict(let value) = self[position] else { throw mismatch(position, expected: "a dict") }
        return value
    }

    /// Something that can be called with `interpreter.call`.
    public func function(_ position: Int) throws -> Value {
        guard self[position].isCallable else { throw mismatch(position, expected: "a function") }
        return self[position]
    }

    public func host<T: HostObject>(_ position: Int, as type: T.Type = T.self) throws -> T {
        guard case .host(let object) = self[position], let object = object as? T else {
            // The signature has the type's name for scripts.
            let declared = builtin.signature.parameters[position].type.description
            throw mismatch(position, expected: declared == "any" ? "an object of another type" : Value.withArticle(declared))
        }
        return object
    }

    /// Whether the argument was given or has a default other than none.
    public func isGiven(_ position: Int) -> Bool { !self[position].isNone }

    public func optionalInt(_ position: Int) throws -> Int? { isGiven(position) ? try int(position) : nil }
    public func optionalDouble(_ position: Int) throws -> Double? { isGiven(position) ? try double(position) : nil }
    public func optionalString(_ position: Int) throws -> String? { isGiven(position) ? try string(position) : nil }
    public func optionalFunction(_ position: Int) throws -> Value? { isGiven(position) ? try function(position) : nil }

    /// The object on which the method was called.
    public func receiver<T: HostObject>(as type: T.Type = T.self) throws -> T {
        guard case .host(let object) = receiver, let object = object as? T else {
            throw ScriptError.type("\(builtin.name)() needs \(T.self), not \(receiver.typeNameWithArticle)")
        }
        return object
    }
}
