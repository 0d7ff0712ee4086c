import Foundation
import Statement

/// The native module `re`: regular expressions (ICU syntax, which is close to Python's).
enum RegexModule {
    private static func compiled(_ call: borrowing BuiltinCall) throws -> NSRegularExpression {
        let pattern = try call.string(0)
        var options: NSRegularExpression.Options = []
        let flags = try call.string("flags")
        for flag in flags {
            switch flag {
            case "i": options.insert(.caseInsensitive)
            case "m": options.insert(.anchorsMatchLines)
            case "s": options.insert(.dotMatchesLineSeparators)
            case "x": options.insert(.allowCommentsAndWhitespace)
            default:
                throw ScriptError(
                    .value, "unknown flag `\(flag)`", help: "flags are i (ignore case), m (lines), s (dot matches all), x (comments)")
            }
        }
        // Python writes named groups (?P<name>…).
        let icu = pattern.replacing("(?P<", with: "(?<").replacing(/\(\?P=(\w+)\)/) { "\\k<\($0.1)>" }
        do {
            return try NSRegularExpression(pattern: icu, options: options)
        } catch {
            throw ScriptError(
                .value, "invalid regular expression \(Value.quoted(pattern))",
                help: "a literal bracket or star needs a backslash; r\"…\" keeps backslashes")
        }
    }

    /// The matches in a text, at most `limit`.
    ///
    /// The matcher reports its progress, so that a pattern that goes through all the ways to fail can be ended.
    /// - Throws: Interrupted.
    private static func matches(
        _ regex: NSRegularExpression, in text: String, _ options: NSRegularExpression.MatchingOptions = [], limit: Int = .max
    ) throws -> [NSTextCheckingResult] {
        var found: [NSTextCheckingResult] = []
        var isInterrupted = false
        regex.enumerateMatches(in: text, options: options.union(.reportProgress), range: NSRange(text.startIndex..., in: text)) {
            result, _, stop in
            if let result { found.append(result) }
            isInterrupted = Interruption.isRequested
            if isInterrupted || found.count >= limit { stop.pointee = true }
        }
        if isInterrupted { throw Interrupted() }
        return found
    }

    private static func part(_ text: String, _ range: NSRange) -> Value {
        guard let range = Range(range, in: text) else { return .none }
        return .string(String(text[range]))
    }

    private static func names(_ pattern: String) -> [String] { pattern.matches(of: /\(\?P?<([A-Za-z]\w*)>/).map { String($0.1) } }

    /// A match as a dict: `text`, `start`, `end`, `groups` (list) and `named` (dict).
    private static func match(_ result: NSTextCheckingResult, in text: String, pattern: String) -> Value {
        let groups = (1..<max(1, result.numberOfRanges)).map { part(text, result.range(at: $0)) }
        let named = DictObject()
        for name in names(pattern) {
            let range = result.range(withName: name)
            named.set(.string(name), range.location == NSNotFound ? .none : part(text, range))
        }
        let range = Range(result.range, in: text)
        let start = range.map { text.unicodeScalars.distance(from: text.startIndex, to: $0.lowerBound) } ?? 0
        let end = range.map { text.unicodeScalars.distance(from: text.startIndex, to: $0.upperBound) } ?? 0
        return .dict([
            ("text", part(text, result.range)), ("start", .int(start)), ("end", .int(end)), ("groups", .list(groups)),
            ("named", .dict(named)),
        ])
    }

    private static func find(_ call: borrowing BuiltinCall, _ options: NSRegularExpression.MatchingOptions, whole: Bool = false) throws
        -> Value
    {
        let regex = try compiled(call)
        let text = try call.string(1)
        let range = NSRange(text.startIndex..., in: text)
        guard let result = try matches(regex, in: text, options, limit: 1).first else { return .none }
        if whole && result.range != range { return .none }
        return match(result, in: text, pattern: try call.string(0))
    }

    static let table = Namespace(
        "re", doc: "Regular expressions. A match is a dict with text, start, end, groups and named.",
        [
            Builtin(
                "search", "(pattern: str, text: str, flags: str = \"\") -> dict | none", doc: "The first match anywhere, or none.",
                example: "re.search(\"b+\", \"abbc\")[\"text\"] == \"bb\""
            ) { call in try find(call, []) },
            Builtin(
                "match", "(pattern: str, text: str, flags: str = \"\") -> dict | none", doc: "The match at the beginning, or none.",
                example: "re.match(\"b\", \"ab\") is none"
            ) { call in try find(call, .anchored) },
            Builtin(
                "fullmatch", "(pattern: str, text: str, flags: str = \"\") -> dict | none", doc: "The match of the whole text, or none.",
                example: "re.fullmatch(\"a+\", \"aaa\") is not none"
            ) { call in
                // The pattern is closed off, so that alternatives are tried until one covers the whole text.
                let pattern = try call.string(0)
                let text = try call.string(1)
                let closed = try call.interpreter.call(
                    .builtin(RegexModule.anchoredSearch), [.string("(?:\(pattern))\\z"), .string(text), .string(try call.string(2))])
                return closed
            },
            Builtin(
                "findall", "(pattern: str, text: str, flags: str = \"\") -> list",
                doc: "All matches: their texts, or their groups if the pattern has some.",
                example: "re.findall(\"[0-9]+\", \"1 and 22\") == [\"1\", \"22\"]"
            ) { call in
                let regex = try compiled(call)
                let text = try call.string(1)
                return try .list(
                    matches(regex, in: text).map { result in
                        switch result.numberOfRanges {
                        case 1: return part(text, result.range)
                        case 2: return empty(part(text, result.range(at: 1)))
                        default: return .tuple((1..<result.numberOfRanges).map { empty(part(text, result.range(at: $0))) })
                        }
                    })
            },
            Builtin(
                "finditer", "(pattern: str, text: str, flags: str = \"\") -> list[dict]", doc: "All matches.",
                example: "len(re.finditer(\"a\", \"aba\")) == 2"
            ) { call in
                let regex = try compiled(call)
                let text = try call.string(1)
                let pattern = try call.string(0)
                return try .list(
                    matches(regex, in: text).map { match($0, in: text, pattern: pattern) })
            },
            Builtin(
                "sub", "(pattern: str, replacement, text: str, count: int = 0, flags: str = \"\") -> str",
                doc: "With matches replaced by a text (`\\\\1` is a group) or by what a function of the match gives.",
                example: "re.sub(\"[aeiou]\", \"*\", \"banana\") == \"b*n*n*\""
            ) { call in
                let regex = try compiled(call)
                let text = try call.string(2)
                let limit = try call.int(3)
                var result = ""
                var position = text.startIndex
                for (index, found) in try matches(regex, in: text).enumerated() {
                    if limit > 0 && index >= limit { break }
                    guard let range = Range(found.range, in: text) else { continue }
                    result += text[position..<range.lowerBound]
                    if case .string(let template) = call[1] {
                        result += expand(template.text, found, text)
                    } else {
                        let value = try call.interpreter.call(call.function(1), [match(found, in: text, pattern: call.string(0))])
                        guard case .string(let replacement) = value else {
                            throw ScriptError(.type, "the replacement function must give a str, not \(value.typeNameWithArticle)")
                        }
                        result += replacement.text
                    }
                    position = range.upperBound
                }
                return .string(result + text[position...])
            },
            Builtin(
                "split", "(pattern: str, text: str, flags: str = \"\") -> list[str]",
                doc: "The parts between matches; groups of the pattern are kept.",
                example: "re.split(\", *\", \"a, b,c\") == [\"a\", \"b\", \"c\"]"
            ) { call in
                let regex = try compiled(call)
                let text = try call.string(1)
                var parts: [Value] = []
                var position = text.startIndex
                for found in try matches(regex, in: text) {
                    guard let range = Range(found.range, in: text) else { continue }
                    parts.append(.string(String(text[position..<range.lowerBound])))
                    for group in 1..<max(1, found.numberOfRanges) { parts.append(part(text, found.range(at: group))) }
                    position = range.upperBound
                }
                return .list(parts + [.string(String(text[position...]))])
            },
            Builtin(
                "escape", "(text: str) -> str", doc: "A pattern that matches just this text.", example: "re.escape(\"a.b\") == \"a\\\\.b\""
            ) { call in .string(NSRegularExpression.escapedPattern(for: try call.string(0))) },
        ])

    private static let anchoredSearch = Builtin("fullmatch", "(pattern: str, text: str, flags: str = \"\") -> any", doc: "") { call in
        try find(call, .anchored)
    }

    /// A group that took no part counts as an empty text in `findall`.
    private static func empty(_ value: Value) -> Value { value.isNone ? .string("") : value }

    /// `\1`, `\g<name>` and `\\` in a replacement.
    private static func expand(_ template: String, _ match: NSTextCheckingResult, _ text: String) -> String {
        guard template.contains("\\") else { return template }
        var result = ""
        var rest = template[...]
        func group(_ name: Substring) -> String {
            let range: NSRange
            if let number = Int(name) {
                range = number < match.numberOfRanges ? match.range(at: number) : NSRange(location: NSNotFound, length: 0)
            } else {
                range = match.range(withName: String(name))
            }
            return part(text, range).asString ?? ""
        }
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.first else {
                result.append(character)
                continue
            }
            if next.isNumber {
                let digits = rest.prefix(2).prefix { $0.isNumber }
                rest = rest.dropFirst(digits.count)
                result += group(digits)
            } else if next == "g", rest.dropFirst().first == "<" {
                let name = rest.dropFirst(2).prefix { $0 != ">" }
                rest = rest.dropFirst(name.count + 3)
                result += group(name)
            } else {
                rest = rest.dropFirst()
                result += next == "n" ? "\n" : (next == "t" ? "\t" : String(next))
            }
        }
        return result
    }
}

extension BuiltinCall {
    /// The text of a parameter by name.
    func string(_ name: String) throws -> String { self[name].asString ?? "" }
}
