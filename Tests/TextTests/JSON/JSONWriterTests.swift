import Testing

@testable import Text

@Suite struct JSONWriterTests {
    private let value: JSONValue = ["b": [1, 2.5, nil], "a": ["c": "é\u{1}\"\u{1F600}"], "e": [], "o": [:], "t": true]

    @Test func oneLineAsPythonWritesIt() throws {
        // json.dumps(value, ensure_ascii=False)
        #expect(
            try JSONWriter().string(value)
                == #"{"b": [1, 2.5, null], "a": {"c": "é\u0001\"😀"}, "e": [], "o": {}, "t": true}"#)
        #expect(try JSONWriter().string([1.0, 1e16, 1e-7, -0.0]) == "[1.0, 1e+16, 1e-07, -0.0]")
    }

    @Test func variants() throws {
        var writer = JSONWriter(isCompact: true)
        writer.escapesNonASCII = true
        writer.sortsKeys = true
        #expect(try writer.string(value) == #"{"a":{"c":"\u00e9\u0001\"\ud83d\ude00"},"b":[1,2.5,null],"e":[],"o":{},"t":true}"#)
        #expect(try JSONWriter(indent: 2).string(["a": [1, []], "b": [:]]) == "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}")
    }

    @Test func numbersThatJSONCannotWrite() throws {
        let error = try #require(throws: JSONWriteError.self) { try JSONWriter().string(["loss": [1, .double(.nan)]]) }
        #expect(error.path == "loss[1]" && error.value.isNaN)
        var writer = JSONWriter()
        writer.nonFinite = .literal
        #expect(try writer.string([.double(.nan), .double(-.infinity)]) == "[NaN, -Infinity]")
        writer.nonFinite = .null
        #expect(try writer.string([.double(.nan)]) == "[null]")
    }
}
