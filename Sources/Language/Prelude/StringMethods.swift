/// The methods of texts. Positions count characters (Unicode scalars), as Python's do.
enum StringMethods {
    private static func text(_ call: borrowing BuiltinCall) throws -> StringObject {
        guard case .string(let text) = call.receiver else { throw ScriptError(.type, "\(call.builtin.name)() needs a str") }
        return text
    }

    private static func part(_ call: borrowing BuiltinCall, _ position: Int) throws -> StringObject {
        guard case .string(let text) = call[position] else { throw call.mismatch(position, expected: "a str") }
        return text
    }

    static let table = Namespace("str", doc: "Text.", searching.builtins + splitting.builtins + changing.builtins + testing.builtins)

    // MARK: Searching

    /// The byte range that `start` and `stop` (character positions, negative ones from the end) leave; nil where it would end before it begins.
    private static func window(_ call: borrowing BuiltinCall, _ text: StringObject) throws -> Range<Int>? {
        let count = text.scalarCount
        func place(_ value: Value, _ absent: Int) -> Int {
            guard case .int(let place) = value else { return absent }
            return place < 0 ? max(0, place + count) : place
        }
        let start = place(call[1], 0)
        let stop = min(count, place(call[2], count))
        guard start <= stop else { return nil }
        return TextSearch.byteOffset(of: start, in: text)..<TextSearch.byteOffset(of: stop, in: text)
    }

    private static func find(_ call: borrowing BuiltinCall, last: Bool) throws -> Int? {
        let text = try text(call)
        let part = try part(call, 0)
        guard let window = try window(call, text) else { return nil }
        let hit =
            last ? TextSearch.findLast(part, in: text, upTo: window.upperBound) : TextSearch.find(part, in: text, from: window.lowerBound)
        guard let hit, hit >= window.lowerBound, hit + part.byteCount <= window.upperBound else { return nil }
        return TextSearch.scalarIndex(of: hit, in: text)
    }

    private static func affixes(_ call: borrowing BuiltinCall) throws -> [StringObject] {
        let values = call[0].asItems ?? [call[0]]
        return try values.map { value in
            guard case .string(let text) = value else { throw call.mismatch(0, expected: "a str, or a tuple of str") }
            return text
        }
    }

    private static let searching = Namespace(
        "",
        [
            Builtin(
                "find", "(part: str, start: int | none = none, stop: int | none = none) -> int",
                doc: "The position of the first occurrence, or -1.", example: "\"banana\".find(\"an\") == 1"
            ) { call in
                .int(try find(call, last: false) ?? -1)
            },
            Builtin(
                "rfind", "(part: str, start: int | none = none, stop: int | none = none) -> int",
                doc: "The position of the last occurrence, or -1.", example: "\"banana\".rfind(\"an\") == 3"
            ) { call in
                .int(try find(call, last: true) ?? -1)
            },
            Builtin(
                "index", "(part: str, start: int | none = none, stop: int | none = none) -> int",
                doc: "As find, but an error if there is none.", example: "\"abc\".index(\"c\") == 2"
            ) { call in
                guard let position = try find(call, last: false) else { throw ScriptError(.value, "\(call[0].repr) is not in the text") }
                return .int(position)
            },
            Builtin(
                "rindex", "(part: str, start: int | none = none, stop: int | none = none) -> int",
                doc: "As rfind, but an error if there is none.", example: "\"banana\".rindex(\"an\") == 3"
            ) { call in
                guard let position = try find(call, last: true) else { throw ScriptError(.value, "\(call[0].repr) is not in the text") }
                return .int(position)
            },
            Builtin(
                "count", "(part: str, start: int | none = none, stop: int | none = none) -> int",
                doc: "How often a part occurs, without overlap.", example: "\"banana\".count(\"a\") == 3"
            ) { call in
                let text = try text(call)
                let part = try part(call, 0)
                guard let window = try window(call, text) else { return .int(0) }
                if part.byteCount == 0 {
                    return .int(
                        TextSearch.scalarIndex(of: window.upperBound, in: text) - TextSearch.scalarIndex(of: window.lowerBound, in: text)
                            + 1)
                }
                var count = 0
                var offset = window.lowerBound
                while let hit = TextSearch.find(part, in: text, from: offset), hit + part.byteCount <= window.upperBound {
                    count += 1
                    offset = hit + part.byteCount
                }
                return .int(count)
            },
            Builtin(
                "startswith", "(prefix) -> bool", doc: "Whether the text begins so; a tuple gives several choices.",
                example: "\"abc\".startswith(\"ab\")", quick: Quick.startsWith
            ) { call in
                let text = try text(call)
                return .bool(
                    try affixes(call).contains { prefix in
                        TextSearch.has(prefix, in: text, at: 0)
                    })
            },
            Builtin(
                "endswith", "(suffix) -> bool", doc: "Whether the text ends so; a tuple gives several choices.",
                example: "\"abc\".endswith(\"bc\")"
            ) { call in
                let text = try text(call)
                return .bool(
                    try affixes(call).contains { suffix in
                        TextSearch.has(suffix, in: text, at: text.byteCount - suffix.byteCount)
                    })
            },
        ])

    // MARK: Splitting and joining

    private static let splitting = Namespace(
        "",
        [
            Builtin(
                "split", "(separator: str | none = none, maxsplit: int = -1) -> list[str]",
                doc: "The parts between separators; without one, between stretches of white space.",
                example: "\"a b\".split() == [\"a\", \"b\"] and \"a,,b\".split(\",\") == [\"a\", \"\", \"b\"]"
            ) { call in
                let limit = try call.int(1)
                guard call.isGiven(0) else { return .list(TextParts.words(try text(call), limit: limit)) }
                return .list(try TextParts.split(text(call), part(call, 0), limit: limit))
            },
            Builtin(
                "rsplit", "(separator: str | none = none, maxsplit: int = -1) -> list[str]", doc: "As split, counting from the right.",
                example: "\"a.b.c\".rsplit(\".\", 1) == [\"a.b\", \"c\"]"
            ) { call in
                let limit = try call.int(1)
                guard call.isGiven(0) else { return .list(TextParts.lastWords(try text(call), limit: limit)) }
                return .list(try TextParts.splitFromRight(text(call), part(call, 0), limit: limit))
            },
            Builtin(
                "splitlines", "() -> list[str]", doc: "The lines, without their ends.",
                example: "\"a\\nb\\n\".splitlines() == [\"a\", \"b\"]"
            ) { call in .list(try TextParts.lines(text(call))) },
            Builtin(
                "partition", "(separator: str) -> tuple", doc: "The text before the first separator, the separator, and the rest.",
                example: "\"k=v\".partition(\"=\") == (\"k\", \"=\", \"v\")"
            ) { call in
                let text = try text(call)
                let separator = try part(call, 0)
                if separator.byteCount == 0 { throw ScriptError(.value, "the separator is empty") }
                guard let hit = TextSearch.find(separator, in: text, from: 0) else {
                    return .tuple([call.receiver, .string(""), .string("")])
                }
                return .tuple([
                    .string(TextSearch.bytes(of: text, 0..<hit)), call[0],
                    .string(TextSearch.bytes(of: text, (hit + separator.byteCount)..<text.byteCount)),
                ])
            },
            Builtin(
                "rpartition", "(separator: str) -> tuple", doc: "The text before the last separator, the separator, and the rest.",
                example: "\"a.b.c\".rpartition(\".\") == (\"a.b\", \".\", \"c\")"
            ) { call in
                let text = try text(call)
                let separator = try part(call, 0)
                if separator.byteCount == 0 { throw ScriptError(.value, "the separator is empty") }
                guard let hit = TextSearch.findLast(separator, in: text, upTo: text.byteCount) else {
                    return .tuple([.string(""), .string(""), call.receiver])
                }
                return .tuple([
                    .string(TextSearch.bytes(of: text, 0..<hit)), call[0],
                    .string(TextSearch.bytes(of: text, (hit + separator.byteCount)..<text.byteCount)),
                ])
            },
            Builtin(
                "join", "(parts) -> str", doc: "The parts with this text between them.", example: "\", \".join([\"a\", \"b\"]) == \"a, b\""
            ) { call in
                var pieces: [StringObject] = []
                for (index, part) in try call.iterable(0).enumerated() {
                    guard case .string(let piece) = part else {
                        throw ScriptError(
                            .type, "join() needs texts; item \(index) is \(part.typeNameWithArticle)",
                            help: "convert them: `\", \".join(map(str, xs))`")
                    }
                    pieces.append(piece)
                }
                return .string(try TextParts.join(pieces, try text(call)))
            },
        ])

    // MARK: Changing

    private static let changing = Namespace(
        "",
        [
            Builtin(
                "strip", "(characters: str | none = none) -> str", doc: "Without white space (or the given characters) at both ends.",
                example: "\" a \".strip() == \"a\""
            ) { call in
                .string(TextParts.strip(try text(call), try call.optionalString(0), left: true, right: true))
            },
            Builtin(
                "lstrip", "(characters: str | none = none) -> str", doc: "Without white space at the beginning.",
                example: "\" a \".lstrip() == \"a \""
            ) { call in
                .string(TextParts.strip(try text(call), try call.optionalString(0), left: true, right: false))
            },
            Builtin(
                "rstrip", "(characters: str | none = none) -> str", doc: "Without white space at the end.",
                example: "\" a \".rstrip() == \" a\""
            ) { call in
                .string(TextParts.strip(try text(call), try call.optionalString(0), left: false, right: true))
            },
            Builtin(
                "removeprefix", "(prefix: str) -> str", doc: "Without a beginning, if it is there.",
                example: "\"abc\".removeprefix(\"a\") == \"bc\""
            ) { call in
                let text = try text(call)
                let prefix = try part(call, 0)
                guard prefix.byteCount <= text.byteCount, TextSearch.bytes(of: text, 0..<prefix.byteCount).isEqual(to: prefix) else {
                    return call.receiver
                }
                return .string(TextSearch.bytes(of: text, prefix.byteCount..<text.byteCount))
            },
            Builtin(
                "removesuffix", "(suffix: str) -> str", doc: "Without an end, if it is there.",
                example: "\"abc\".removesuffix(\"c\") == \"ab\""
            ) { call in
                let text = try text(call)
                let suffix = try part(call, 0)
                let rest = text.byteCount - suffix.byteCount
                guard rest >= 0, TextSearch.bytes(of: text, rest..<text.byteCount).isEqual(to: suffix) else { return call.receiver }
                return .string(TextSearch.bytes(of: text, 0..<rest))
            },
            Builtin(
                "replace", "(old: str, new: str, count: int = -1) -> str", doc: "With each occurrence of a part replaced.",
                example: "\"aXbX\".replace(\"X\", \"-\") == \"a-b-\""
            ) { call in
                .string(try TextParts.replace(text(call), part(call, 0), part(call, 1), limit: call.int(2)))
            },
            Builtin("upper", "() -> str", doc: "In capital letters.", example: "\"a\".upper() == \"A\"") { call in
                let text = try text(call)
                return .string(
                    TextParts.mapASCII(text) { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 } ?? StringObject.of(text.text.uppercased()))
            },
            Builtin("lower", "() -> str", doc: "In small letters.", example: "\"A\".lower() == \"a\"", aliases: ["casefold"]) { call in
                let text = try text(call)
                return .string(
                    TextParts.mapASCII(text) { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } ?? StringObject.of(text.text.lowercased()))
            },
            Builtin("title", "() -> str", doc: "Each word with a capital first letter.", example: "\"red shoes\".title() == \"Red Shoes\"")
            { call in .string(TextParts.title(try text(call).text)) },
            Builtin(
                "capitalize", "() -> str", doc: "With a capital first letter, the rest in small ones.",
                example: "\"aBC\".capitalize() == \"Abc\""
            ) { call in
                let text = try text(call).text
                let first = text.unicodeScalars.first.map(\.properties.titlecaseMapping) ?? ""
                return .string(first + String(text.unicodeScalars.dropFirst()).lowercased())
            },
            Builtin("swapcase", "() -> str", doc: "Capital letters for small ones and the reverse.", example: "\"aB\".swapcase() == \"Ab\"")
            { call in
                .string(try text(call).text.map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined())
            },
            Builtin("zfill", "(width: int) -> str", doc: "Zeros in front, up to a width.", example: "\"7\".zfill(3) == \"007\"") { call in
                let text = try text(call)
                let missing = try checkedWidth(call) - text.scalarCount
                if missing <= 0 { return call.receiver }
                let body = text.text
                let zeros = String(repeating: "0", count: missing)
                if let sign = body.first, sign == "-" || sign == "+" { return .string(String(sign) + zeros + body.dropFirst()) }
                return .string(zeros + body)
            },
            Builtin("ljust", "(width: int, fill: str = \" \") -> str", doc: "Filled up at the right.", example: "\"a\".ljust(3) == \"a  \"")
            { call in try padded(call) { (0, $0) } },
            Builtin("rjust", "(width: int, fill: str = \" \") -> str", doc: "Filled up at the left.", example: "\"a\".rjust(3) == \"  a\"")
            { call in try padded(call) { ($0, 0) } },
            Builtin(
                "center", "(width: int, fill: str = \" \") -> str", doc: "Filled up at both sides.", example: "\"a\".center(3) == \" a \""
            ) { call in
                // Where the sides differ CPython puts the odd blank left if the width is odd too.
                let width = try call.int(0)
                return try padded(call) { missing in
                    let left = missing / 2 + (missing & width & 1)
                    return (left, missing - left)
                }
            },
            Builtin(
                "format", "(*values, **named) -> str", doc: "With `{}`, `{0}` and `{name}` replaced by values; formats as in f-strings.",
                example: "\"{} {x:.1f}\".format(1, x = 2) == \"1 2.0\""
            ) { call in
                .string(try TextFormat.format(text(call).text, call.items(0), call.dict(1), call.interpreter))
            },
        ])

    private static func checkedWidth(_ call: borrowing BuiltinCall) throws -> Int {
        let width = try call.int(0)
        if width > 0 { try MemoryLimit.requireText(width) }
        return width
    }

    private static func padded(_ call: borrowing BuiltinCall, _ sides: (Int) -> (Int, Int)) throws -> Value {
        let text = try text(call)
        let fill = try call.string(1)
        guard fill.unicodeScalars.count == 1 else { throw ScriptError(.type, "the fill must be one character") }
        let missing = try checkedWidth(call) - text.scalarCount
        if missing <= 0 { return call.receiver }
        let (left, right) = sides(missing)
        return .string(String(repeating: fill, count: left) + text.text + String(repeating: fill, count: right))
    }

    // MARK: Testing

    private static func all(_ name: String, _ doc: String, _ example: String, _ test: @escaping @Sendable (Unicode.Scalar) -> Bool)
        -> Builtin
    {
        Builtin(name, "() -> bool", doc: doc, example: example) { call in
            let scalars = try text(call).text.unicodeScalars
            return .bool(!scalars.isEmpty && scalars.allSatisfy(test))
        }
    }

    private static let testing = Namespace(
        "",
        [
            all("isdigit", "Whether all characters are digits, and there is one.", "\"12\".isdigit()") {
                $0.properties.numericType == .decimal || $0.properties.numericType == .digit
            },
            all("isnumeric", "Whether all characters are numeric, and there is one.", "\"12\".isnumeric()") {
                $0.properties.numericType != nil
            },
            all("isalpha", "Whether all characters are letters, and there is one.", "\"ab\".isalpha()") { TextParts.isLetter($0) },
            all("isalnum", "Whether all characters are letters or digits, and there is one.", "\"a1\".isalnum()") {
                TextParts.isLetter($0) || $0.properties.numericType != nil
            },
            all("isspace", "Whether all characters are white space, and there is one.", "\" \".isspace()") { $0.properties.isWhitespace },
            Builtin("isupper", "() -> bool", doc: "Whether all letters are capital, and there is one.", example: "\"A1\".isupper()") {
                call in
                let scalars = try text(call).text.unicodeScalars
                return .bool(scalars.contains { $0.properties.isUppercase } && !scalars.contains { $0.properties.isLowercase })
            },
            Builtin("islower", "() -> bool", doc: "Whether all letters are small, and there is one.", example: "\"a1\".islower()") { call in
                let scalars = try text(call).text.unicodeScalars
                return .bool(scalars.contains { $0.properties.isLowercase } && !scalars.contains { $0.properties.isUppercase })
            },
            Builtin("isidentifier", "() -> bool", doc: "Whether the text could be a name.", example: "\"a1\".isidentifier()") { call in
                let scalars = try text(call).text.unicodeScalars
                guard let first = scalars.first, first == "_" || first.properties.isXIDStart else { return .bool(false) }
                return .bool(scalars.dropFirst().allSatisfy { $0.properties.isXIDContinue })
            },
        ])
}
