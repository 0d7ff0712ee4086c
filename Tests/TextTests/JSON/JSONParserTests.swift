import Foundation
import Testing

@testable import Text

@Suite struct JSONParserTests {
    /// The error that `text` gives, or nil.
    private func failure(_ text: String, _ options: JSONParser.Options = .init()) -> JSONError? {
        do {
            _ = try JSONParser.parse(text, options: options)
            return nil
        } catch { return error }
    }

    @Test func scalars() throws {
        #expect(try JSONParser.parse(" null ") == .null)
        #expect(try JSONParser.parse("true") == true)
        #expect(try JSONParser.parse("false") == false)
        #expect(try JSONParser.parse("\"\"") == "")
        #expect(try JSONParser.parse("\u{FEFF}[1]") == [1])
    }

    @Test(arguments: [
        ("0", JSONValue.int(0)), ("-0", .double(-0.0)), ("12", 12), ("-7", -7), ("1.0", .double(1)), ("1e3", .double(1000)),
        ("-1.5E-2", .double(-0.015)), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .double(9223372036854775808)), ("-9223372036854775809", .double(-9.223372036854775808e18)),
        ("123456789012345678901234567890", .double(1.2345678901234568e29)), ("1e999", .double(.infinity)),
        ("5e-324", .double(.leastNonzeroMagnitude)),
    ])
    func numbers(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test func strings() throws {
        #expect(try JSONParser.parse(#""a\"b\\c\/d\b\f\n\r\t\u00e9\ud83d\ude00é😀""#) == "a\"b\\c/d\u{08}\u{0C}\n\r\té😀é😀")
        #expect(try JSONParser.parse(#""\ud83dx""#) == "\u{FFFD}x")
        #expect(try JSONParser.parse(#""\ud83d\u0041""#) == "\u{FFFD}A")
        #expect(try JSONParser.parse(#""\ude00""#) == "\u{FFFD}")
        var strict = JSONParser.Options()
        strict.rejectsLoneSurrogates = true
        #expect(failure(#"["\ud83dx"]"#, strict)?.offset == 2)
    }

    @Test func objectsKeepTheirOrderAndTheLastOfEqualKeys() throws {
        let object = try #require(try JSONParser.parse(#"{"b": 1, "a": [2, {"c": null}], "b": 3}"#).objectValue)
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
        #expect(object["a"]?[1]?["c"] == .null)
        var strict = JSONParser.Options()
        strict.rejectsDuplicateKeys = true
        let error = try #require(failure(#"{"b": 1, "b": 3}"#, strict))
        #expect(error.description == #"line 1, column 10: the key "b" occurs twice in one object"#)
    }

    @Test func largeObjectsFindTheirMembers() throws {
        let text = "{" + (0..<1000).map { "\"k\($0)\": \($0)" }.joined(separator: ",") + ", \"k7\": -1}"
        var object = try #require(try JSONParser.parse(text).objectValue)
        #expect(object.count == 1000 && object["k999"] == 999 && object["k7"] == -1 && object["k1000"] == nil)
        object["k3"] = nil
        #expect(object.count == 999 && object["k3"] == nil && object["k4"] == 4 && object.keys[3] == "k4")
    }

    @Test(arguments: [
        ("", 1, 1, "expected a value, found the end of the text"),
        ("{\"a\": 1,}", 1, 9, "expected a key in double quotes, found \"}\""),
        ("[1, 2", 1, 6, "expected ',' or ']', found the end of the text"),
        ("{\n  \"é\" 1}", 2, 7, "expected ':', found \"1\""),
        ("{'a': 1}", 1, 2, "expected a key in double quotes or '}', found ' (JSON strings stand in double quotes)"),
        ("[None]", 1, 2, "expected a value, found None (JSON writes null)"),
        ("[nul]", 1, 2, "expected a value, found \"nul\""),
        ("[nulls]", 1, 2, "expected a value, found \"nulls\""),
        ("[NaN]", 1, 2, "expected a value, found NaN, which JSON has no way to write"),
        ("[01]", 1, 2, "a number with a leading zero"),
        ("[1.]", 1, 4, "expected a digit, found \"]\""),
        ("[-]", 1, 3, "expected a digit, found \"]\""),
        ("[1 2]", 1, 4, "expected ',' or ']', found \"2\""),
        ("\"a\nb\"", 1, 3, "a control character inside a string; it is written \\n"),
        ("[\"abc", 1, 2, "this string is not closed; expected '\"'"),
        ("[\"\\x\"]", 1, 3, "expected one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX, found \"\\\\\""),
        ("[\"\\u12g4\"]", 1, 3, "an escape without four hexadecimal digits after \\u"),
        ("1 x", 1, 3, "expected the end of the text, found \"x\""),
    ])
    func errorsSayWhereAndWhat(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(failure(text))
        #expect(error.line == line && error.column == column && error.message == message, "\(error)")
    }

    @Test func invalidUTF8IsFound() throws {
        var bytes = Array("[\"é".utf8)
        bytes += [0xC3, 0x28] + Array("\"]".utf8)
        #expect(throws: JSONError(.encoding, offset: 4, line: 1, column: 4, found: "byte 0xc3 is not valid UTF-8", expected: "")) {
            try JSONParser.parse(bytes)
        }
        // An overlong slash, a surrogate, and a code point past the last one.
        for sequence in [[0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]] {
            #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + sequence + [0x22]) }
        }
    }

    @Test func depthIsLimited() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(failure(deep)?.message == "nested deeper than 512 levels")
        let full = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(failure(full) == nil)
        #expect(failure("[" + full + "]") != nil)
    }

    @Test func nonFiniteNumbersOnRequest() throws {
        var options = JSONParser.Options()
        options.allowsNonFinite = true
        let values = try #require(try JSONParser.parse("[NaN, Infinity, -Infinity]", options: options).arrayValue)
        #expect(values[0].doubleValue?.isNaN == true && values[1] == .double(.infinity) && values[2] == .double(-.infinity))
    }

    /// Foundation's reader accepts and gives the same for whatever documents we write.
    @Test func agreesWithFoundation() throws {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func value(_ depth: Int) -> JSONValue {
            switch random(depth > 3 ? 5 : 7) {
            case 0: return .null
            case 1: return .bool(random(2) == 0)
            case 2: return .int(Int64(random(1_000_000)) - 500_000)
            case 3: return .double(Double(random(1_000_000)) / 997 - 400)
            case 4: return .string(String((0..<random(9)).map { _ in "aé\"\\\n\u{1}😀/\u{7F} z"[random(11)] }))
            case 5: return .array((0..<random(5)).map { _ in value(depth + 1) })
            default: return .object(JSONObject((0..<random(5)).map { ("k\($0)\n", value(depth + 1)) }))
            }
        }
        for _ in 0..<200 {
            let original = JSONValue.array([value(0)])
            for writer in [JSONWriter(), JSONWriter(indent: 2), JSONWriter(isCompact: true)] {
                var writer = writer
                writer.escapesNonASCII = random(2) == 0
                let text = try writer.string(original)
                #expect(try JSONParser.parse(text) == original)
                let foundation = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSArray
                let again = try JSONSerialization.data(withJSONObject: try #require(foundation))
                #expect(try JSONParser.parse(Array(again)).normalised == original.normalised)
            }
        }
    }
}

extension JSONValue {
    /// Whole doubles as integers: Foundation does not keep them apart.
    fileprivate var normalised: JSONValue {
        switch self {
        case .double: intValue.map { .int($0) } ?? self
        case .array(let elements): .array(elements.map(\.normalised))
        case .object(let object): .object(JSONObject(object.map { ($0.key, $0.value.normalised) }))
        default: self
        }
    }
}

extension String {
    fileprivate subscript(_ offset: Int) -> Character { self[index(startIndex, offsetBy: min(offset, count - 1))] }
}
