/// What is known about a callable or module, for help and completion.
public struct Description {
    public let name: String
    public let signature: CallSignature?
    public let doc: String
    public let example: String
}

extension Interpreter {
    /// Every name that an input at the prompt could begin with, sorted.
    public var namesInScope: [String] { Set(globals.definedNames).union(nativeNames).sorted() }

    /// The value of a name of the prompt: a variable or builtin.
    public func lookup(_ name: String) -> Value? { globals[name] ?? native(name) }

    /// The names after the dot of a value; runs no user code.
    public func attributeNames(of value: Value) -> [String] {
        switch value {
        case .structure(let object): object.type.signature.parameters.map(\.name)
        case .module(let module): module.definedNames
        case .host(let object): object.attributeNames + object.methods.names
        case .error: ["message", "kind", "help", "notes"]
        case .function, .builtin: ["name", "doc"]
        case .structType: ["name"]
        default: ValueMethods.table(for: value).names
        }
    }

    /// The method of a value by name, if its type has one; runs no user code.
    public func method(of value: Value, _ name: String) -> Builtin? { ValueMethods.table(for: value)[name] }

    /// Gives a name of the prompt a value.
    public func define(_ name: String, _ value: Value) { globals.define(name, value) }

    /// The attribute of a value.
    public func attribute(of value: Value, _ name: String) throws -> Value { try machine.attribute(value, name) }

    /// The item of a value.
    public func item(of value: Value, _ key: Value) throws -> Value { try machine.item(of: value, key) }

    /// Signature and documentation of a callable or module; nil for other values.
    public func describe(_ value: Value) -> Description? {
        switch value {
        case .builtin(let builtin):
            Description(name: builtin.name, signature: builtin.signature, doc: builtin.doc, example: builtin.example)
        case .boundMethod(let bound):
            Description(name: bound.method.name, signature: bound.method.signature, doc: bound.method.doc, example: bound.method.example)
        case .function(let function): Description(name: function.name, signature: function.signature, doc: function.doc, example: "")
        case .structType(let type): Description(name: type.name, signature: type.signature, doc: type.doc, example: "")
        case .module(let module): Description(name: module.name, signature: nil, doc: module.doc, example: "")
        case .host(let object):
            object.callSignature.map { Description(name: $0.name, signature: $0.signature, doc: $0.doc, example: $0.example) }
                ?? Description(name: object.typeName, signature: nil, doc: object.doc, example: "")
        default: nil
        }
    }

    /// Ends a long builtin early if the user asked for it.
    ///
    /// - Throws: Interrupted.
    public func checkInterrupt() throws { try machine.poll() }
}

extension FunctionObject {
    /// The text that the function was written in.
    package var source: Source { prototype.source }
}
