import Testing

@testable import Console

@Suite struct EditorBindingsTests {
    private func keys(_ text: String) -> Set<String> {
        Set(EditorBindings(text).keys.map { String(decoding: $0, as: UTF8.self) })
    }

    /// The notations of editrc(5).
    @Test(arguments: [
        "bind ^[[A ed-prev-history", "bind \"\\e[A\" ed-prev-history", "bind '\\033[A' ed-prev-history", "eft:bind -a \"\\e[A\" vi-yank",
        "  bind  -s \"\\e[A\" text  # a comment", "# bind ^X x\nedit on\nbind \"\\e[A\" ed-prev-history",
    ])
    func aKey(_ line: String) {
        #expect(keys(line) == ["\u{1B}[A"])
    }

    @Test func namedKeysAndControlCharacters() {
        #expect(keys("bind -k up ed-prev-history") == ["\u{1B}[A", "\u{1B}OA"])
        #expect(keys("bind ^W ed-delete-prev-word\nbind ^? x") == ["\u{17}", "\u{7F}"])
        #expect(keys("bind -v\nbind\nedit on\n\nunbind ^[[A").isEmpty)
    }
}
