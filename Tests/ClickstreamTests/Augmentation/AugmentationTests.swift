import Testing

@testable import Clickstream

@Suite struct AugmentationTests {
    @Test func cases() throws {
        var random = SeededRandom(seed: 1)
        let golden = try TextTools.load()["change_cases"]
        #expect(try ChangeCases().transform(golden?[0]?.text ?? "", random: &random) == golden?[1]?.texts)
    }

    @Test func selection() throws {
        var random = SeededRandom(seed: 1)
        let variants = ["a", "b", "c", "d"]
        #expect(try RandomSelection(size: 1).select(variants, random: &random) == variants)
        #expect(try RandomSelection(size: 9).select(variants, random: &random) == variants)
        #expect(try RandomSelection(size: 0.6).select(variants, random: &random).count == 2)
        // Drawn with replacement: 2 of 4 are equal in a quarter of the draws.
        let draws = try (0..<200).map { _ in try RandomSelection(size: 2).select(variants, random: &random) }
        #expect(draws.allSatisfy { $0.count == 2 && $0.allSatisfy(variants.contains) })
        #expect((20...90).contains(draws.count { $0[0] == $0[1] }))
        for size in [0, -1, .nan, .infinity] { #expect(throws: ClickstreamError.self) { try RandomSelection(size: size) } }
    }

    @Test func misspellings() throws {
        let text = "waterproof leather boots, for men's winter walks"
        var random = SeededRandom(seed: 5)
        let misspellings = try Misspellings(errorRates: [0, 1])
        let variants = misspellings.transform(text, random: &random)
        #expect(variants.count == 3 && variants[0] == text && variants[1] == text && variants[2] != text)
        // One mistake changes a word's length by one at most, and a dropped space the text's.
        for _ in 0..<200 {
            let variant = Misspellings.misspelt(text, rate: 1, random: &random)
            #expect(abs(variant.count - text.count) <= 7)
            #expect(variant.contains(","))
        }
        var (first, second) = (SeededRandom(seed: 3), SeededRandom(seed: 3))
        #expect(misspellings.transform(text, random: &first) == misspellings.transform(text, random: &second))
        // Half of the words, give or take, at a rate of one half.
        let words = Array(repeating: "boots", count: 400).joined(separator: " ")
        let changed = Misspellings.misspelt(words, rate: 0.5, random: &random).split(separator: " ").count { $0 != "boots" }
        #expect((100...260).contains(changed))
        for word in ["", "a", "é", "日本", "!!"] { _ = Misspellings.misspelt(word, rate: 1, random: &random) }
        #expect(throws: ClickstreamError.self) { try Misspellings(errorRates: [1.5]) }
    }

    @Test func compositionAppliesEachToAllOfTheFormer() throws {
        var random = SeededRandom(seed: 1)
        let double = try AugmentationWithRandomSelection { [$0, $0 + $0] }
        let all = try AugmentationsComposition([double, ChangeCases()])
        #expect(try all.transform("aB", random: &random) == ["aB", "ab", "AB", "aBaB", "abab", "ABAB"])
        #expect(try AugmentationsComposition([double, double], selectionSize: 3).transform("x", random: &random).count == 3)
    }

    @Test func appliers() throws {
        let items = try ItemsSet(rows: [.init(id: "a", item: "Boot"), .init(id: "b", item: "Hat")])
        let augmented = try ItemsSetAugmentationApplier(ChangeCases()).apply(items)
        #expect(augmented.rows.prefix(2).map(\.item) == ["Boot", "Hat"] && augmented.count == 8)
        #expect(try augmented.items(ids: ["b"]).items == ["Hat", "Hat", "hat", "HAT"])
        let inputs = [
            try FineTuningInput(query: .item(TextQueryItem(text: "Red", fields: ["lang": "en"])), events: ["a"], results: ["a"]),
            try FineTuningInput(query: .fields(["text": "Blue"]), events: [], results: ["b"], timestamp: 3),
        ]
        let more = try ClickstreamQueryAugmentationApplier(ChangeCases()).apply(inputs)
        #expect(more.map(\.query.label) == ["Red", "Blue", "Red", "red", "RED", "Blue", "blue", "BLUE"])
        #expect(more[0] === inputs[0] && more[2] !== inputs[0] && more[7].timestamp == 3)
        guard case .item(let item) = more[3].query else { throw ClickstreamError(.type, "a query of another kind") }
        #expect(item.fields["lang"] == "en")
        let foreign = try FineTuningInput(query: .foreign(Opaque()), events: [], results: [])
        #expect(throws: ClickstreamError.self) { try ClickstreamQueryAugmentationApplier(ChangeCases()).apply([foreign]) }
    }

    /// Some object that is no text.
    private final class Opaque {}
}
