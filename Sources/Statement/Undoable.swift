/// A property of an object with identity, whose value before a statement can be put back. See `Journal`.
///
/// The value must be one that nobody changes behind the property's back: a number, a tensor, a collection, a reference to another object.
/// Writes in place stay in place, except the first of a statement when the value is a collection.
@propertyWrapper
public struct Undoable<Value> {
    private let property: Property<Value>

    public init(wrappedValue: Value) { property = Property(wrappedValue) }

    public var wrappedValue: Value {
        get { property.value }
        nonmutating _modify {
            property.touch()
            yield &property.value
        }
    }

    /// Lets `body` change how the value is stored, not what it is: that is not remembered. The value is changed in place.
    public func quietly<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R { try body(&property.value) }

    /// Remembers the value as it is now, for a property whose value is about to change together with others.
    public func touch() { property.touch() }
}

final class Property<Value> {
    var value: Value
    /// The journal that has heard of the property last.
    private var stamp: UInt64

    init(_ value: Value) {
        self.value = value
        // What a statement makes is gone when the statement is taken back: there is nothing to remember.
        stamp = Journal.recording?.stamp ?? 0
    }

    @inline(__always) func touch() {
        guard let journal = Journal.recording, journal.stamp != stamp else { return }
        stamp = journal.stamp
        journal.remember(PropertyChange(self))
    }
}

/// A remembered value and where it belongs.
protocol Change: HoldsMemory {
    /// Names the property.
    var property: ObjectIdentifier { get }
    func swap()
}

private final class PropertyChange<Value>: Change {
    private let place: Property<Value>
    private var other: Value

    init(_ place: Property<Value>) {
        self.place = place
        other = place.value
    }

    var property: ObjectIdentifier { ObjectIdentifier(place) }

    func swap() { Swift.swap(&place.value, &other) }

    func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {
        if let holder = other as? any HoldsMemory {
            holder.visitMemory(visit)
        } else {
            visit(ObjectIdentifier(self), MemoryLayout<Value>.size)
        }
    }
}
