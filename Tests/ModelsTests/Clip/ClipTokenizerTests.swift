import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct ClipTokenizerTests {
    static let sources = ["clip/tiny_clip", "clip/sentence_clip/0_CLIPModel"]

    /// tokenizer.json, and vocab.json with merges.txt; nasty texts, cut and whole.
    @Test(arguments: sources) func idsOfTheReference(_ source: String) throws {
        let tokenizer = try BytePairFile.load(from: Fixtures.url(source))
        let golden = try ClipGolden.load()
        #expect(golden.texts.count == 28 && tokenizer.vocabularySize == 610)
        for line in golden.texts {
            let expected = source == Self.sources[0] ? line.ids : line.ids_20
            #expect(tokenizer.encode(line.text) == expected, "\(line.text.debugDescription)")
        }
    }

    @Test func manyTextsAreThoseOneByOne() throws {
        let tokenizer = try BytePairFile.load(from: Fixtures.url(Self.sources[0]))
        let texts = (0..<700).map { "red shoes size \($0)" }
        let batch = tokenizer.encode(texts, threads: 3)
        #expect(batch.count == 700 && texts.indices.allSatisfy { Array(batch[$0]) == tokenizer.encode(texts[$0]) })
    }

    @Test func theEndStaysWhenATextIsCut() throws {
        let tokenizer = try BytePairFile.load(from: Fixtures.url(Self.sources[0]))
        #expect(tokenizer.encode("red shoes", maxLength: 3) == [608, 532, 609])
        #expect(tokenizer.encode("red shoes", maxLength: 0) == [608, 609])
        // A word of a million letters is one word, and takes no time that grows with its square.
        #expect(tokenizer.encode(String(repeating: "the", count: 300_000)).count == 24)
    }

    /// In files of earlier versions the special tokens are looked for in the lower-cased text.
    @Test func tokensOfTheNormalizedText() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url(Self.sources[0]))
        try edit(directory.appendingPathComponent("tokenizer.json")) { $0.replacing("\"normalized\": false", with: "\"normalized\": true") }
        let tokenizer = try BytePairFile.load(from: directory)
        #expect(tokenizer.encode("<|ENDOFTEXT|> shoes") == [608, 609, 530, 609])
    }

    /// transformers 5.24: AutoTokenizer.from_pretrained(…)("hi! there !! x").input_ids, with "!" for the padding.
    @Test func thePaddingTokenIsRecognised() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url(Self.sources[0]))
        let plain = try BytePairFile.load(from: directory).encode("hi! there !! x")
        #expect(plain == [608, 71, 328, 256, 527, 81, 324, 0, 256, 343, 609])
        try edit(directory.appendingPathComponent("tokenizer_config.json")) {
            $0.replacing("\"pad_token\": \"<|endoftext|>\"", with: "\"pad_token\": \"!\"")
        }
        let padded = try BytePairFile.load(from: directory).encode("hi! there !! x")
        #expect(padded == [608, 71, 328, 0, 527, 81, 324, 0, 0, 343, 609])
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let file: String, old: String, new: String, said: [String]
        var testDescription: String { said.joined(separator: " ") }
    }

    static let damages = [
        Damage(file: "tokenizer.json", old: "\"BPE\"", new: "\"Unigram\"", said: ["tokenizer.json", "model", "Unigram"]),
        Damage(file: "tokenizer.json", old: "\"</w>\"", new: "\"@@\"", said: ["end_of_word_suffix"]),
        Damage(file: "tokenizer.json", old: "\"merges\": [", new: "\"merges\": [\"a b c\",", said: ["model.merges[0]", "\"a b c\""]),
        Damage(file: "tokenizer.json", old: "\"merges\": [", new: "\"merges\": [\"a ß\",", said: ["\"a ß\"", "not in the vocabulary"]),
        Damage(file: "tokenizer.json", old: "\"!\": 0", new: "\"!\": -1", said: ["model.vocab", "\"!\""]),
        Damage(file: "vocab.json", old: "\"<|endoftext|>\"", new: "\"<|end|>\"", said: ["vocab.json", "eos_token", "<|endoftext|>"]),
        Damage(file: "merges.txt", old: "#version: 0.2\n", new: "#version: 0.2\nabc\n", said: ["merges.txt", "line 2", "\"abc\""]),
    ]

    @Test(arguments: damages) func damagesAreNamed(_ damage: Damage) throws {
        let folder = try TemporaryFolder()
        let source = damage.file == "tokenizer.json" ? Self.sources[0] : Self.sources[1]
        let directory = try folder.copy(Fixtures.url(source))
        try edit(directory.appendingPathComponent(damage.file)) {
            #expect($0.contains(damage.old))
            return $0.replacing(damage.old, with: damage.new, maxReplacements: 1)
        }
        let error = #expect(throws: ModelError.self) { try BytePairFile.load(from: directory) }
        for part in damage.said { #expect(error?.description.contains(part) == true, "\(error?.description ?? "")") }
    }

    @Test func missingFilesAreNamed() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url(Self.sources[1]))
        try FileManager.default.removeItem(at: directory.appendingPathComponent("merges.txt"))
        let error = #expect(throws: ModelError.self) { try BytePairFile.load(from: directory) }
        #expect(error?.kind == .missingFile && error?.description.contains("merges.txt") == true)
    }
}

/// Merging against the textbook's loop: over and over, the lowest-ranked pair of neighbours, the leftmost first.
@Suite struct BytePairMergesTests {
    @Test(arguments: 0..<40) func agreesWithThePlainLoop(seed: Int) {
        var random = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func draw(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        // Any pairs, not only those that training finds: results that merge on, ranks out of order.
        var merges = BytePairMerges()
        var table: [[Int32]: (rank: Int32, result: Int32)] = [:]
        for rank in 0..<30 {
            let pair = [Int32(draw(8)), Int32(draw(8))], result = Int32(draw(8))
            merges.add(pair[0], pair[1], result: result, rank: Int32(rank))
            table[pair] = (Int32(rank), result)
        }
        let word = (0..<draw(60)).map { _ in Int32(draw(6)) }
        var plain = word
        while let best = plain.indices.dropLast().compactMap({ i in table[[plain[i], plain[i + 1]]].map { ($0.rank, i, $0.result) } })
            .min(by: { ($0.0, $0.1) < ($1.0, $1.1) })
        {
            plain.replaceSubrange(best.1...best.1 + 1, with: [best.2])
        }
        #expect(merges.apply(to: word) == plain)
    }
}
