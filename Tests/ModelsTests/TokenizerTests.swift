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

    // MARK: Rules, on a small vocabulary

    static let pieces = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "shoe", "##s", "##d", "re", "e", "##é", "é", ",", "Red", "a", "##a",
    ]

    func tokenizer(_ normalization: BertNormalization = .init(), single: Bool = false, maxWord: Int = 100) throws -> WordPieceTokenizer {
        var definition = WordPieceTokenizer.Definition(pieces: Self.pieces, unknownID: 1, classID: 2, separatorID: 3)
        definition.normalization = normalization
        definition.maximumWordLength = maxWord
        definition.addedTokens = [.init(content: "[MASK]", id: 4, singleWord: single)]
        return try #require(WordPieceTokenizer(definition))
    }

    /// The ids between [CLS] and [SEP].
    func ids(_ text: String, _ tokenizer: WordPieceTokenizer, maxLength: Int? = nil) -> [Int32] {
        Array(tokenizer.encode(text, maxLength: maxLength).dropFirst().dropLast())
    }

    @Test func longestPieceFirstAndWholeWordUnknown() throws {
        let tokenizer = try tokenizer()
        #expect(ids("red shoes", tokenizer) == [5, 6, 7])
        #expect(ids("redd", tokenizer) == [5, 8])
        #expect(ids("redx red", tokenizer) == [1, 5])
    }

    @Test func caseAndAccentsAsConfigured() throws {
        #expect(ids("Red É", try tokenizer()) == [5, 10])
        let kept = try tokenizer(.init(stripsAccents: false, lowercases: true))
        #expect(ids("É", kept) == [12])
        let cased = try tokenizer(.init(lowercases: false))
        #expect(ids("Red É é", cased) == [14, 1, 12])
        // Stripping without lower-casing.
        #expect(ids("é", try tokenizer(.init(stripsAccents: true, lowercases: false))) == [10])
    }

    @Test func controlCharactersAndSpaces() throws {
        #expect(ids("re\u{200B}d\u{0}\u{85}\u{3000}red", try tokenizer()) == [5, 5])
        // Without cleaning they stay in the word, which is then unknown.
        #expect(ids("re\u{200B}d", try tokenizer(.init(cleansText: false))) == [1])
    }

    @Test func longWordsAreUnknown() throws {
        let tokenizer = try tokenizer(maxWord: 4)
        #expect(ids("aaaa aaaaa", tokenizer) == [15, 16, 16, 16, 1])
    }

    @Test func addedTokensInsideText() throws {
        #expect(ids("red[MASK]red", try tokenizer()) == [5, 4, 5])
        #expect(ids("[mask]", try tokenizer()).contains(4) == false)
        let single = try tokenizer(single: true)
        #expect(ids("red [MASK],", single) == [5, 4, 13])
        #expect(!ids("red[MASK] é[MASK] [MASK]_", single).contains(4))
    }

    @Test func truncationKeepsTheFrame() throws {
        let tokenizer = try tokenizer()
        #expect(tokenizer.encode("red red red", maxLength: 4) == [2, 5, 5, 3])
        #expect(tokenizer.encode("red red red", maxLength: 2) == [2, 3])
        #expect(tokenizer.encode("red", maxLength: 0) == [2, 3])
        #expect(tokenizer.encode("shoes", maxLength: 3) == [2, 6, 3])
    }

    /// Marks that are no accents (here two of classes 224 and 216, in the wrong order) take canonical order: 1D165 before 302E.
    @Test func marksTakeCanonicalOrder() throws {
        let definition = WordPieceTokenizer.Definition(pieces: ["[UNK]", "a\u{1D165}\u{302E}"], unknownID: 0, classID: 0, separatorID: 0)
        let tokenizer = try #require(WordPieceTokenizer(definition))
        #expect(ids("a\u{302E}\u{1D165}", tokenizer) == [1])
        #expect(ids("a\u{302E}\u{301}\u{1D165}", tokenizer) == [1])
    }

    @Test func parallelEqualsSerial() throws {
        let tokenizer = try tokenizer()
        let texts = (0..<2000).map { String(repeating: "red shoes, é ", count: $0 % 7) }
        let serial = tokenizer.encode(texts, maxLength: 20)
        #expect(tokenizer.encode(texts, maxLength: 20, threads: 3) == serial)
        #expect(serial.count == 2000 && Array(serial[2]) == tokenizer.encode(texts[2], maxLength: 20))
    }

    @Test func vocabularyTextAndJSONAgree() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        let fromJSON = try TokenizerFile.load(from: directory)
        try FileManager.default.removeItem(at: directory.appendingPathComponent("tokenizer.json"))
        let fromText = try TokenizerFile.load(from: directory)
        for text in ["waterproof boots", "Red LEATHER boots, for men! [MASK]", "zzz unknown-words 123", ""] {
            #expect(fromText.encode(text) == fromJSON.encode(text))
        }
        #expect(fromText.definition.maxLength == 64)
    }
}
