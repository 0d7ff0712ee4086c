import Testing

@testable import Text

@Suite struct JSONObjectTests {
    /// An object with the keys of another is as if it had been made member by member, beyond the size where an index is kept too.
    @Test(arguments: [0, 1, 5, 40]) func takesTheKeysOfAnother(count: Int) {
        let members = (0..<count).map { ("key \($0)", JSONValue.int(Int64($0))) }
        let template = JSONObject(members.map { ($0.0, .null) })
        let made = JSONObject(keysOf: template, values: members.map(\.1))
        #expect(made == JSONObject(members) && made.keys == template.keys)
        for (key, value) in members { #expect(made[key] == value) }
        #expect(made["key"] == nil)
        var changed = made
        changed["more"] = true
        #expect(changed.count == count + 1 && template.count == count && changed["more"] == true)
    }

    /// Texts that Unicode calls equal are different keys.
    @Test func keysAreBytes() {
        let object: JSONObject = ["\u{212B}": 1, "A\u{30A}": 2]
        #expect(object.count == 2 && object["\u{C5}"] == nil && object["A\u{30A}"] == 2)
    }
}
