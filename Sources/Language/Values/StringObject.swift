#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

public struct StringHeader {
    /// Bytes in use.
    var count: Int
    var capacity: Int
    /// Unicode scalars, or -1 until counted. Equal to `count` exactly when the text is ASCII.
    var scalarCount: Int
    /// Hash of the bytes, or 0 until computed.
    var hash: Int
}

/// Immutable UTF-8 text in one allocation; a uniquely held one may be appended to (`s += x`).
///
/// The bytes are always valid UTF-8. Length and indices count Unicode scalars, as Python's do.
public final class StringObject: ManagedBuffer<StringHeader, UInt8> {
    /// A buffer for `capacity` bytes, none in use.
    static func allocate(capacity: Int) -> StringObject {
        let buffer = StringObject.create(minimumCapacity: capacity) { _ in
            StringHeader(count: 0, capacity: capacity, scalarCount: -1, hash: 0)
        }
        return unsafeDowncast(buffer, to: StringObject.self)
    }

    /// Makes text of `count` bytes from an initialiser that fills all of them with valid UTF-8.
    static func make(count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> StringObject {
        let object = allocate(capacity: count)
        object.withUnsafeMutablePointers { header, bytes in
            fill(bytes)
            header.pointee.count = count
        }
        return object
    }

    static func make(_ source: UnsafeRawBufferPointer) -> StringObject {
        make(count: source.count) { bytes in
            if let base = source.baseAddress { memcpy(bytes, base, source.count) }
        }
    }

    /// The object for a text; shared for a single ASCII character.
    static func of(_ text: String) -> StringObject {
        var text = text
        return text.withUTF8 { bytes in bytes.count == 1 ? characters[Int(bytes[0])] : make(UnsafeRawBufferPointer(bytes)) }
    }

    /// The decimal digits of a number.
    static func decimal(_ number: Int) -> StringObject {
        let count = decimalCount(number)
        return make(count: count) { writeDecimal(number, $0, count) }
    }

    static func decimalCount(_ number: Int) -> Int {
        var count = number < 0 ? 2 : 1
        var rest = number.magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    /// Writes the `count` characters of a number.
    static func writeDecimal(_ number: Int, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) {
        var magnitude = number.magnitude
        var position = count - 1
        repeat {
            bytes[position] = UInt8(truncatingIfNeeded: magnitude % 10) + UInt8(ascii: "0")
            magnitude /= 10
            position -= 1
        } while magnitude > 0
        if number < 0 { bytes[0] = UInt8(ascii: "-") }
    }

    nonisolated(unsafe) static let empty = Immortal.make(make(count: 0) { _ in })

    /// One object for each ASCII character, so that taking a string apart does not allocate.
    nonisolated(unsafe) static let characters: [StringObject] = (0..<128).map { code in
        Immortal.make(make(count: 1) { $0.pointee = UInt8(code) })
    }

    /// The same as values side by side.
    nonisolated(unsafe) static let characterValues: UnsafeMutablePointer<Value> = {
        let values = UnsafeMutablePointer<Value>.allocate(capacity: 128)
        for (code, character) in characters.enumerated() { (values + code).initialize(to: .string(character)) }
        return values
    }()

    var byteCount: Int { withUnsafeMutablePointerToHeader { $0.pointee.count } }

    @inline(__always) func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try withUnsafeMutablePointers { header, bytes in try body(UnsafeBufferPointer(start: bytes, count: header.pointee.count)) }
    }

    public var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    /// Number of Unicode scalars.
    public var scalarCount: Int {
        withUnsafeMutablePointers { header, bytes in
            if header.pointee.scalarCount >= 0 { return header.pointee.scalarCount }
            var count = 0
            for index in 0..<header.pointee.count where bytes[index] & 0xC0 != 0x80 { count += 1 }
            header.pointee.scalarCount = count
            return count
        }
    }

    var isASCII: Bool { scalarCount == byteCount }

    var hashCode: Int {
        withUnsafeMutablePointers { header, bytes in
            if header.pointee.hash != 0 { return header.pointee.hash }
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for index in 0..<header.pointee.count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
            hash ^= hash >> 29
            header.pointee.hash = hash == 0 ? 1 : Int(truncatingIfNeeded: hash)
            return header.pointee.hash
        }
    }

    func isEqual(to other: StringObject) -> Bool {
        if self === other { return true }
        return withBytes { left in
            other.withBytes { right in
                left.count == right.count && (left.count == 0 || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0)
            }
        }
    }

    /// Order by code point, which is the order of the UTF-8 bytes: negative, zero or positive.
    func compare(to other: StringObject) -> Int {
        withBytes { left in
            other.withBytes { right in
                let shared = min(left.count, right.count)
                let order = shared == 0 ? 0 : Int(memcmp(left.baseAddress!, right.baseAddress!, shared))
                return order != 0 ? order : left.count - right.count
            }
        }
    }

    /// The text of both, one after the other.
    static func concatenate(_ left: StringObject, _ right: StringObject) -> StringObject {
        let leftCount = left.byteCount
        let rightCount = right.byteCount
        if rightCount == 0 { return left }
        if leftCount == 0 { return right }
        return make(count: leftCount + rightCount) { bytes in
            left.withBytes { _ = memcpy(bytes, $0.baseAddress!, leftCount) }
            right.withBytes { _ = memcpy(bytes + leftCount, $0.baseAddress!, rightCount) }
        }
    }

    /// `target` with `suffix` behind it: in place when `target` is held once and has room, otherwise in a buffer that leaves room to grow.
    static func append(_ suffix: StringObject, to target: inout StringObject) throws {
        let extra = suffix.byteCount
        if extra == 0 { return }
        let count = target.byteCount
        if isKnownUniquelyReferenced(&target), target.header.capacity >= count + extra, target !== suffix {
            target.withUnsafeMutablePointers { header, bytes in
                suffix.withBytes { _ = memcpy(bytes + count, $0.baseAddress!, extra) }
                header.pointee.count = count + extra
                header.pointee.scalarCount = -1
                header.pointee.hash = 0
            }
            return
        }
        let capacity = max(count + extra, min((count + extra) * 2, MemoryLimit.largestValue))
        try MemoryLimit.requireText(capacity)
        let grown = allocate(capacity: capacity)
        grown.withUnsafeMutablePointers { header, bytes in
            if count > 0 { target.withBytes { _ = memcpy(bytes, $0.baseAddress!, count) } }
            suffix.withBytes { _ = memcpy(bytes + count, $0.baseAddress!, extra) }
            header.pointee.count = count + extra
        }
        target = grown
    }
}
