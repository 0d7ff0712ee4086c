#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Positions in UTF-8 text: byte offsets inside, scalar indices outside.
enum TextSearch {
    /// The byte offset of the first occurrence at or after a byte offset.
    static func find(_ part: StringObject, in text: StringObject, from start: Int) -> Int? {
        text.withBytes { bytes in
            part.withBytes { pattern -> Int? in
                guard start <= bytes.count else { return nil }
                if pattern.isEmpty { return start }
                guard let base = bytes.baseAddress, let needle = pattern.baseAddress else { return nil }
                var offset = start
                while offset + pattern.count <= bytes.count {
                    guard let hit = memchr(base + offset, Int32(needle[0]), bytes.count - offset - pattern.count + 1) else { return nil }
                    offset = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
                    if memcmp(base + offset, needle, pattern.count) == 0 { return offset }
                    offset += 1
                }
                return nil
            }
        }
    }

    /// Whether a part stands at a byte offset.
    static func has(_ part: StringObject, in text: StringObject, at offset: Int) -> Bool {
        text.withBytes { bytes in
            part.withBytes { pattern in
                guard offset >= 0, offset <= bytes.count - pattern.count else { return false }
                return pattern.isEmpty || memcmp(bytes.baseAddress! + offset, pattern.baseAddress!, pattern.count) == 0
            }
        }
    }

    /// The byte offset of the last occurrence that ends at or before a byte offset.
    static func findLast(_ part: StringObject, in text: StringObject, upTo end: Int) -> Int? {
        text.withBytes { bytes in
            part.withBytes { pattern in
                var offset = min(end, bytes.count) - pattern.count
                while offset >= 0 {
                    if pattern.isEmpty || memcmp(bytes.baseAddress! + offset, pattern.baseAddress!, pattern.count) == 0 { return offset }
                    offset -= 1
                }
                return nil
            }
        }
    }

    /// The byte offset of the scalar after the one at `offset`.
    static func nextScalar(in text: StringObject, after offset: Int) -> Int {
        text.withBytes { bytes in
            var next = offset + 1
            while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
            return next
        }
    }

    /// The byte offset of a scalar index in 0...count.
    static func byteOffset(of index: Int, in text: StringObject) -> Int {
        if text.isASCII { return index }
        return text.withBytes { bytes in
            var left = index
            var offset = 0
            while offset < bytes.count {
                if bytes[offset] & 0xC0 != 0x80 {
                    if left == 0 { return offset }
                    left -= 1
                }
                offset += 1
            }
            return bytes.count
        }
    }

    /// The scalar index of a byte offset.
    static func scalarIndex(of offset: Int, in text: StringObject) -> Int {
        if text.isASCII { return offset }
        return text.withBytes { bytes in bytes[..<offset].count { $0 & 0xC0 != 0x80 } }
    }

    static func bytes(of text: StringObject, _ range: Range<Int>) -> StringObject {
        text.withBytes { bytes in
            if range.count == 1, bytes[range.lowerBound] < 0x80 { return StringObject.characters[Int(bytes[range.lowerBound])] }
            return StringObject.make(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range]))
        }
    }

    /// The character at a valid scalar index.
    static func character(of text: StringObject, at index: Int) -> StringObject {
        let start = byteOffset(of: index, in: text)
        return bytes(of: text, start..<nextScalar(in: text, after: start))
    }

    static func slice(_ text: StringObject, _ range: SliceRange) -> StringObject {
        if range.count == 0 { return .empty }
        if range.step == 1 {
            let start = byteOffset(of: range.start, in: text)
            let end = text.isASCII ? start + range.count : byteOffset(of: range.start + range.count, in: text)
            return bytes(of: text, start..<end)
        }
        if text.isASCII {
            return StringObject.make(count: range.count) { target in
                text.withBytes { bytes in
                    for index in 0..<range.count { target[index] = bytes[range.start + index * range.step] }
                }
            }
        }
        let scalars = Array(text.text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for index in 0..<range.count { result.append(scalars[range.start + index * range.step]) }
        return StringObject.of(String(result))
    }
}
