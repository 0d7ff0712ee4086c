import Statement

/// Taking texts apart and putting them together.
enum TextParts {
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F) }

    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    /// The byte ranges of the words between stretches of white space.
    private static func wordRanges(_ text: StringObject) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        if text.isASCII {
            text.withBytes { bytes in
                var start = -1
                for index in bytes.indices {
                    if isSpace(bytes[index]) {
                        if start >= 0 { ranges.append(start..<index) }
                        start = -1
                    } else if start < 0 {
                        start = index
                    }
                }
                if start >= 0 { ranges.append(start..<bytes.count) }
            }
            return ranges
        }
        var start = -1
        var offset = 0
        for scalar in text.text.unicodeScalars {
            if scalar.properties.isWhitespace {
                if start >= 0 { ranges.append(start..<offset) }
                start = -1
            } else if start < 0 {
                start = offset
            }
            offset += UTF8.width(scalar)
        }
        if start >= 0 { ranges.append(start..<offset) }
        return ranges
    }

    static func words(_ text: StringObject, limit: Int) -> [Value] {
        let ranges = wordRanges(text)
        if limit < 0 || ranges.count <= limit { return ranges.map { .string(TextSearch.bytes(of: text, $0)) } }
        var parts: [Value] = ranges[..<limit].map { .string(TextSearch.bytes(of: text, $0)) }
        parts.append(.string(TextSearch.bytes(of: text, ranges[limit].lowerBound..<text.byteCount)))
        return parts
    }

    static func lastWords(_ text: StringObject, limit: Int) -> [Value] {
        let ranges = wordRanges(text)
        if limit < 0 || ranges.count <= limit { return ranges.map { .string(TextSearch.bytes(of: text, $0)) } }
        let kept = ranges.count - limit
        let head = TextSearch.bytes(of: text, 0..<ranges[kept - 1].upperBound)
        return [.string(strip(head, nil, left: true, right: false))] + ranges[kept...].map { .string(TextSearch.bytes(of: text, $0)) }
    }

    static func split(_ text: StringObject, _ separator: StringObject, limit: Int) throws -> ListObject {
        let width = separator.byteCount
        if width == 0 { throw ScriptError(.value, "the separator is empty", help: "list(text) gives the characters") }
        let parts = ListObject(capacity: 8)
        var start = 0
        while limit < 0 || parts.count < limit, let hit = TextSearch.find(separator, in: text, from: start) {
            if parts.count & 0xFFF == 0 { try Interruption.check() }
            try parts.append(.string(TextSearch.bytes(of: text, start..<hit)))
            start = hit + width
        }
        try parts.append(.string(TextSearch.bytes(of: text, start..<text.byteCount)))
        return parts
    }

    static func splitFromRight(_ text: StringObject, _ separator: StringObject, limit: Int) throws -> [Value] {
        let width = separator.byteCount
        if width == 0 { throw ScriptError(.value, "the separator is empty", help: "list(text) gives the characters") }
        var parts: [Value] = []
        var end = text.byteCount
        while limit < 0 || parts.count < limit, let hit = TextSearch.findLast(separator, in: text, upTo: end) {
            parts.append(.string(TextSearch.bytes(of: text, (hit + width)..<end)))
            end = hit
        }
        parts.append(.string(TextSearch.bytes(of: text, 0..<end)))
        return parts.reversed()
    }

    static func lines(_ text: StringObject) throws -> [Value] {
        var parts: [Value] = []
        try text.withBytes { bytes in
            var start = 0
            var index = 0
            while index < bytes.count {
                if bytes[index] == 0x0A || bytes[index] == 0x0D {
                    if parts.count & 0xFFF == 0 { try Interruption.check() }
                    parts.append(.string(TextSearch.bytes(of: text, start..<index)))
                    if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
                    start = index + 1
                }
                index += 1
            }
            if start < bytes.count { parts.append(.string(TextSearch.bytes(of: text, start..<bytes.count))) }
        }
        return parts
    }

    static func join(_ pieces: [StringObject], _ separator: StringObject) throws -> StringObject {
        if pieces.isEmpty { return .empty }
        if pieces.count == 1 { return pieces[0] }
        let size = pieces.reduce(separator.byteCount * (pieces.count - 1)) { $0 + $1.byteCount }
        try MemoryLimit.requireText(size)
        return StringObject.make(count: size) { target in
            var offset = 0
            func put(_ piece: StringObject) {
                piece.withBytes { source in
                    if let base = source.baseAddress { (target + offset).update(from: base, count: source.count) }
                    offset += source.count
                }
            }
            for (index, piece) in pieces.enumerated() {
                if index > 0 { put(separator) }
                put(piece)
            }
        }
    }

    static func replace(_ text: StringObject, _ old: StringObject, _ new: StringObject, limit: Int) throws -> StringObject {
        // Where the occurrences begin: an empty one is between all characters and at both ends.
        var hits: [Int] = []
        var left = limit < 0 ? Int.max : limit
        var start = 0
        while left > 0, start <= text.byteCount {
            guard let hit = old.byteCount == 0 ? start : TextSearch.find(old, in: text, from: start) else { break }
            hits.append(hit)
            left -= 1
            if old.byteCount > 0 {
                start = hit + old.byteCount
            } else {
                start = hit == text.byteCount ? hit + 1 : TextSearch.nextScalar(in: text, after: hit)
            }
        }
        if hits.isEmpty { return text }
        let kept = text.byteCount - hits.count * old.byteCount
        try MemoryLimit.require(hits.count, times: new.byteCount, "the text with \(hits.count) replacements")
        try MemoryLimit.requireText(kept + hits.count * new.byteCount)
        return StringObject.make(count: kept + hits.count * new.byteCount) { target in
            var offset = 0
            func put(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
                let source = UnsafeBufferPointer(rebasing: bytes)
                if let base = source.baseAddress { (target + offset).update(from: base, count: source.count) }
                offset += source.count
            }
            text.withBytes { source in
                new.withBytes { inserted in
                    var end = 0
                    for hit in hits {
                        put(source[end..<hit])
                        put(inserted[...])
                        end = hit + old.byteCount
                    }
                    put(source[end...])
                }
            }
        }
    }

    static func strip(_ text: StringObject, _ characters: String?, left: Bool, right: Bool) -> StringObject {
        if characters == nil, let kept = asciiStripped(text, left: left, right: right) { return kept }
        let set = characters.map { Set($0.unicodeScalars) }
        func isStripped(_ scalar: Unicode.Scalar) -> Bool {
            set?.contains(scalar) ?? (scalar.properties.isWhitespace || (scalar.value >= 0x1C && scalar.value <= 0x1F))
        }
        var scalars = Substring(text.text).unicodeScalars
        if left { while let first = scalars.first, isStripped(first) { scalars.removeFirst() } }
        if right { while let last = scalars.last, isStripped(last) { scalars.removeLast() } }
        return StringObject.of(String(scalars))
    }

    /// The same where the characters at the ends are ASCII; nil if not.
    private static func asciiStripped(_ text: StringObject, left: Bool, right: Bool) -> StringObject? {
        let kept: Range<Int>? = text.withBytes { bytes in
            var (start, end) = (0, bytes.count)
            if left { while start < end, isSpace(bytes[start]) { start += 1 } }
            if right { while start < end, isSpace(bytes[end - 1]) { end -= 1 } }
            if start < end, (left && bytes[start] >= 0x80) || (right && bytes[end - 1] >= 0x80) { return nil }
            return start..<end
        }
        guard let kept else { return nil }
        return kept.count == text.byteCount ? text : TextSearch.bytes(of: text, kept)
    }

    /// An ASCII text with each byte mapped; nil if it is not ASCII.
    static func mapASCII(_ text: StringObject, _ map: (UInt8) -> UInt8) -> StringObject? {
        guard text.isASCII else { return nil }
        return StringObject.make(count: text.byteCount) { target in
            text.withBytes { for index in 0..<$0.count { target[index] = map($0[index]) } }
        }
    }

    static func title(_ text: String) -> String {
        var result = ""
        var inWord = false
        for scalar in text.unicodeScalars {
            let isCased = scalar.properties.isCased
            result +=
                isCased ? (inWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping) : String(Character(scalar))
            inWord = isCased
        }
        return result
    }
}

/// `"{} {name:.2f}".format(…)`.
enum TextFormat {
    static func format(_ text: String, _ positional: [Value], _ named: DictObject, _ interpreter: Interpreter) throws -> String {
        var result = ""
        var rest = text[...]
        var next = 0
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "{" || character == "}" {
                if rest.first == character {
                    result.append(character)
                    rest = rest.dropFirst()
                    continue
                }
                guard character == "{" else {
                    throw ScriptError(.value, "single `}` in a format text", help: "write `}}` for the character itself")
                }
                result += try field(&rest, positional, named, &next, interpreter)
                continue
            }
            result.append(character)
        }
        return result
    }

    private static func field(
        _ rest: inout Substring, _ positional: [Value], _ named: DictObject, _ next: inout Int, _ interpreter: Interpreter
    ) throws -> String {
        var depth = 1
        var body = ""
        while depth > 0 {
            guard let character = rest.first else { throw ScriptError(.value, "`{` without `}` in a format text") }
            rest = rest.dropFirst()
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth > 0 { body.append(character) }
        }
        let colon = body.firstIndex(of: ":") ?? body.endIndex
        var name = String(body[..<colon])
        let spec = colon < body.endIndex ? String(body[body.index(after: colon)...]) : ""
        var conversion: Character?
        if let bang = name.firstIndex(of: "!") {
            conversion = name[bang...].dropFirst().first
            name = String(name[..<bang])
        }
        var value = try lookup(name, positional, named, &next, interpreter)
        if conversion == "r" { value = .string(value.repr) }
        if conversion == "s" { value = .string(value.display) }
        let format = try FormatSpec(spec.contains("{") ? try TextFormat.format(spec, positional, named, interpreter) : spec)
        return format.isEmpty ? value.display : try format.format(value)
    }

    private static func lookup(
        _ path: String, _ positional: [Value], _ named: DictObject, _ next: inout Int, _ interpreter: Interpreter
    ) throws -> Value {
        let name = String(path.prefix { $0 != "." && $0 != "[" })
        var value: Value
        if name.isEmpty || Int(name) != nil {
            let index = Int(name) ?? next
            if name.isEmpty { next += 1 }
            guard positional.indices.contains(index) else {
                throw ScriptError(.index, "the format needs at least \(index + 1) values, got \(positional.count)")
            }
            value = positional[index]
        } else {
            guard let found = named.get(name) else { throw Machine.missingKey(.string(name), named) }
            value = found
        }
        var rest = path.dropFirst(name.count)
        while let first = rest.first {
            rest = rest.dropFirst()
            if first == "." {
                let attribute = String(rest.prefix { $0 != "." && $0 != "[" })
                rest = rest.dropFirst(attribute.count)
                value = try interpreter.attribute(of: value, attribute)
            } else {
                let key = String(rest.prefix { $0 != "]" })
                rest = rest.dropFirst(key.count + 1)
                value = try interpreter.item(of: value, Int(key).map { .int($0) } ?? .string(key))
            }
        }
        return value
    }
}
