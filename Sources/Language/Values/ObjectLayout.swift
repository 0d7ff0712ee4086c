import CCounting

/// Where the parts of objects lie, in bytes from the object's start, for the machine's inner loop: it reads them there without going
/// through a reference, which Swift would count. Every object begins with its type and its count, eight bytes each.
enum ObjectLayout {
    static let textCount = 16
    static let textScalars = 32
    static let textBytes = 48
    static let listBase = 16
    static let listCount = 24
    static let listDepth = 40
    static let tupleCount = 16
    static let structType = 16
    static let functionCode = 16
    static let functionCaptures = 24
    /// Of a struct and of a tuple, both of which have the parts behind a header.
    static let depth = 24
    static let elements = 32

    /// Whether the compiler laid the objects out so, and whether counting works as `eft_counting.h` says.
    static let isAsExpected: Bool = {
        let slots = ValuePointer.allocate(capacity: 3)
        slots.initialize(repeating: .int(7), count: 3)
        defer {
            slots.deinitialize(count: 3)
            slots.deallocate()
        }
        let list = ListObject([.int(1), .list([])])
        slots[0] = .list(list)
        let tuple = TupleObject.make([.int(1), .int(2), .list([.list([])])])
        slots[1] = .tuple(tuple)
        slots[2] = .string("héllo")
        let isText = (slots + 2).textCount == 6 && (slots + 2).textBytes[5] == UInt8(ascii: "o") && !(slots + 2).isKnownASCII
        let isRight =
            slots.listBase == list.base && slots.listCount == 2 && slots.depth == 2 && slots[1].isContainer
            && (slots + 1).tupleCount == 3 && (slots + 1).elements == tuple.base && (slots + 1).depth == 3
        return isRight && isText && countsAsExpected
    }()

    /// One reference, two, one again; as the runtime sees it too.
    private static var countsAsExpected: Bool {
        var object = ListObject([])
        let address = UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
        let isAlone = eft_is_alone(address) && isKnownUniquelyReferenced(&object)
        eft_retain_alone(address)
        let isShared = !eft_is_alone(address) && !isKnownUniquelyReferenced(&object)
        eft_release_alone(address)
        let isAloneAgain = eft_is_alone(address) && isKnownUniquelyReferenced(&object)
        eft_immortalize(address)
        eft_retain_alone(address)
        eft_release_alone(address)
        eft_release_alone(address)
        return isAlone && isShared && isAloneAgain && !eft_is_alone(address) && eft_is_immortal(address)
    }
}

/// The parts of the object that a slot refers to. The tag must have been checked.
extension UnsafeMutablePointer where Pointee == Value {
    @inline(__always) var object: UnsafeMutableRawPointer { UnsafeRawPointer(self).load(as: UnsafeMutableRawPointer.self) }

    /// Whether nobody else holds the object; false also where that takes a closer look.
    @inline(__always) var isAlone: Bool { eft_is_alone(object) }

    @inline(__always) var textCount: Int { object.load(fromByteOffset: ObjectLayout.textCount, as: Int.self) }
    @inline(__always) var textBytes: UnsafePointer<UInt8> {
        UnsafePointer((object + ObjectLayout.textBytes).assumingMemoryBound(to: UInt8.self))
    }
    /// Whether the text was found to be ASCII; false also where nobody has looked.
    @inline(__always) var isKnownASCII: Bool { object.load(fromByteOffset: ObjectLayout.textScalars, as: Int.self) == textCount }
    @inline(__always) var listBase: ValuePointer { object.load(fromByteOffset: ObjectLayout.listBase, as: ValuePointer.self) }
    @inline(__always) var listCount: Int { object.load(fromByteOffset: ObjectLayout.listCount, as: Int.self) }
    @inline(__always) var tupleCount: Int { object.load(fromByteOffset: ObjectLayout.tupleCount, as: Int.self) }
    @inline(__always) var structType: UnsafeRawPointer {
        object.load(fromByteOffset: ObjectLayout.structType, as: UnsafeRawPointer.self)
    }
    /// The fields of a struct, the items of a tuple.
    @inline(__always) var elements: ValuePointer { (object + ObjectLayout.elements).assumingMemoryBound(to: Value.self) }
    @inline(__always) var functionCode: UnsafeMutablePointer<FunctionCode> {
        object.load(fromByteOffset: ObjectLayout.functionCode, as: UnsafeMutablePointer<FunctionCode>.self)
    }
    @inline(__always) var functionCaptures: ValuePointer {
        object.load(fromByteOffset: ObjectLayout.functionCaptures, as: ValuePointer.self)
    }

    /// How many containers are nested inside one another here; see `Value.depth`.
    @inline(__always) var depth: UInt32 {
        switch tag {
        case ValueTag.list: object.load(fromByteOffset: ObjectLayout.listDepth, as: UInt32.self)
        case ValueTag.structure, ValueTag.tuple: object.load(fromByteOffset: ObjectLayout.depth, as: UInt32.self)
        default: holdsContainer ? pointee.depth : 0
        }
    }
}
