import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct TokenizerTests {
    struct Line: Decodable {
        let text: String
        let ids: [Int32]
    }

    @Test func everyGoldenLineIsExact() throws {
        try requireMiniLM()
        let tokenizer = try TokenizerFile.load(from: Fixtures.miniLM)
        let lines = try Fixtures.lines("tokenizer_minilm.jsonl").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.count == 1545)
        for line in lines where tokenizer.encode(line.text, maxLength: 256) != line.ids {
            Issue.record("\(line.text.debugDescription): \(tokenizer.encode(line.text, maxLength: 256)) instead of \(line.ids)")
        }
    }
}

/// The tests of the real model fail, rather than pass unseen, where `scripts/setup` has not fetched it.
func requireMiniLM() throws {
    struct Absent: Error, CustomStringConvertible {
        let description: String
    }
    guard FileManager.default.fileExists(atPath: Fixtures.miniLM.appendingPathComponent("config.json").path) else {
        throw Absent(description: "all-MiniLM-L6-v2 is not at \(Fixtures.miniLM.path): run scripts/setup")
    }
}
