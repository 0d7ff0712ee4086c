import Testing

@testable import Text

@Suite struct DisplayWidthTests {
    @Test func wideCharactersCountTwice() {
        #expect(DisplayWidth.columns("日本") == 4)
        #expect(DisplayWidth.columns("🎉é") == 3)
        #expect(DisplayWidth.clip("日本語", columns: 5) == "日本")
    }
}
