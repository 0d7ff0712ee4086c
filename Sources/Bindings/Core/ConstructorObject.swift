import Language

/// A function that makes objects and has functions of its own, such as `EmbeddingsFineTuner.create`.
final class ConstructorObject: HostObject, @unchecked Sendable {
    private let constructor: Builtin
    private let members: Namespace

    init(_ constructor: Builtin, members: [Builtin]) {
        self.constructor = constructor
        self.members = Namespace(constructor.name, doc: constructor.doc, members)
    }

    override var typeName: String { "type" }
    override var description: String { "<type \(constructor.name)>" }
    override var doc: String { constructor.doc }
    override var callSignature: Builtin? { constructor }
    override var methods: Namespace { members }
}
