import Statement

/// The binary operators of the language that a host object may answer.
public enum HostBinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
    case matmul = "@"
    case bitAnd = "&"
    case bitOr = "|"
    case bitXor = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
}

/// The unary operators that a host object may answer.
public enum HostUnaryOperator: String, Sendable {
    case negate = "-"
    case plus = "+"
    case invert = "~"
}

/// An object of the engine (tensor, model, tuner, …) as scripts hold it: with identity, and with its own attributes, methods and operators.
///
/// Subclass it in the bindings; every member has a default that says "not supported".
open class HostObject: @unchecked Sendable {
    public init() {}

    /// Where a script made the object; kept for those that `remembersOrigin`.
    final var origin: CodePlace?

    /// Whether errors about the object say where it was made.
    open var remembersOrigin: Bool { false }

    /// The type's name in messages, in annotations and for `type(x)`.
    open var typeName: String { "object" }

    /// The methods of the type: one table for all its objects.
    open var methods: Namespace { .empty }

    /// Names for completion and spelling suggestions, methods not included. Must not run user code.
    open var attributeNames: [String] { [] }

    /// The value of an attribute that is not a method; nil if there is none of that name.
    open func attribute(_ name: String) throws -> Value? { nil }

    /// Sets an attribute; false if there is none of that name that can be set.
    open func setAttribute(_ name: String, to value: Value) throws -> Bool { false }

    /// `x[key]`; the key is an int, a text, a slice (`SliceKey`), `none`, a list, a host object, or a tuple of those.
    open func index(_ key: IndexKey) throws -> Value {
        throw ScriptError.type("\(Value.withArticle(typeName)) cannot be indexed")
    }

    /// What to write instead of `x[key] = value` where items cannot be assigned.
    open var assignmentHelp: String? { nil }

    /// `x[key] = value`.
    open func setIndex(_ key: IndexKey, to value: Value) throws {
        throw ScriptError.type("items of \(Value.withArticle(typeName)) cannot be assigned", help: assignmentHelp)
    }

    /// `len(x)`; nil if the object has no length.
    open func length() throws -> Int? { nil }

    /// `item in x`; nil if the object does not answer.
    open func contains(_ item: Value) throws -> Bool? { nil }

    /// For `for … in x`; nil if the object cannot be iterated.
    open func makeIterator() throws -> ValueIterator? { nil }

    /// `self op other`, or `other op self` when `reversed`; nil if the operator is not supported between the two.
    open func binary(_ operation: HostBinaryOperator, _ other: Value, reversed: Bool) throws -> Value? { nil }

    /// `-x`, `+x`, `~x`; nil if not supported.
    open func unary(_ operation: HostUnaryOperator) throws -> Value? { nil }

    /// Whether the object can be called, as `x(…)`.
    open var isCallable: Bool { callSignature != nil }
    /// How the object is called, if it can be.
    open var callSignature: Builtin? { nil }

    /// The number that the object stands for, such as a tensor of one element; for `float(x)`, `int(x)`, `bool(x)` and number formats.
    open func numericValue() throws -> Double? { nil }

    /// Equality where a bool is needed (in lists, as a dict key, in `==` when `binary` gives nil). Identity unless overridden.
    open func isEqual(to other: HostObject) -> Bool { self === other }

    /// Must be the same for equal objects.
    open var hashCode: Int { ObjectIdentifier(self).hashValue }

    /// Whether the object never changes and is equal to others by what it holds, as a number is.
    open var isValue: Bool { false }

    /// What `print(x)` shows.
    open var display: String { description }

    /// What `repr(x)` and the prompt show.
    open var description: String { "<\(typeName)>" }

    /// What the prompt shows where a window is at hand; `description` unless the type can do better there.
    ///
    /// - Parameters:
    ///   - columns: how wide a line may be; lines may go on below without end.
    ///   - colour: whether ANSI colours are welcome.
    open func shown(columns: Int, colour: Bool) -> String { description }

    /// The help line for `if x { … }`, where only a bool will do.
    open var conditionHelp: String? { nil }

    /// Short words for a label under the object in an error, such as "f32[8, 384]".
    open var summary: String { typeName }

    /// The same with names for the axes, such as "f32[n=8, d=384]"; nil for an axis without a name.
    open func summary(naming axes: [String?]) -> String { summary }

    /// One line of documentation for the type.
    open var doc: String { "" }

    /// Names the pieces of memory that the object keeps alive, with their bytes; small ones may be left out.
    open func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {}
}

/// What stands between the brackets of `x[…]`.
public indirect enum IndexKey: Sendable {
    case value(Value)
    /// `start:stop:step`; each part is absent or any value.
    case slice(start: Value?, stop: Value?, step: Value?)
    /// `...`
    case ellipsis
    /// `a, b, …`
    case tuple([IndexKey])
}

/// A source of values for a loop. Subclass it for host objects.
open class ValueIterator {
    /// The statement that made it.
    private let origin = Journal.recordingStamp

    public init() {}

    /// An iterator of an earlier statement is read on: where it stood is not known afterwards.
    final func noteReading() {
        if origin != Journal.recordingStamp { Journal.cannotUndo("read on in an iterator") }
    }

    /// The next value, or nil at the end.
    open func next() throws -> Value? { nil }
}

/// An iterator from a closure.
public final class ClosureIterator: ValueIterator {
    private let produce: () throws -> Value?
    public init(_ produce: @escaping () throws -> Value?) { self.produce = produce }
    override public func next() throws -> Value? { try produce() }
}
