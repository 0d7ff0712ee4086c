import Testing

@testable import Bindings
@testable import Language

/// The table of the engine's types says what the objects themselves say.
@Suite struct HostTypeTests {
    static let rows = Tables.objects.compactMap { name, object in
        HostTypeTable.types[object.typeName].map { (name: name, object: object, type: $0) }
    }

    @Test func mostTypesAreKnown() { #expect(Self.rows.count >= 25) }

    /// Types that annotations may name have a row.
    @Test func annotations() {
        let known = Set(HostTypeTable.types.types.map(\.name))
        let callables: Set = ["ItemSetManager", "ItemsSetSplitter"]
        #expect(Environment.typeNames.subtracting(known).subtracting(callables) == [])
    }

    @Test func members() throws {
        let interpreter = Interpreter(configuration: Environment.configuration())
        for (name, object, type) in Self.rows where !type.isOpen {
            let own = Set(object.attributeNames)
            #expect(own.subtracting(type.attributes.map(\.name)).isEmpty, "\(name): attributes that the table lacks")
            #expect(Set(object.methods.names) == Set(type.methods.names), "\(name): methods")
            for attribute in type.attributes where own.contains(attribute.name) {
                guard let value = try object.attribute(attribute.name) else { continue }
                var axes: [String: Int] = [:]
                #expect(TypeCheck.fits(attribute.type, value, interpreter, axes: &axes), "\(name).\(attribute.name) is \(value.typeName)")
            }
        }
    }
}
