import Foundation
import Testing

@testable import Language

/// scripts/emoji.eft: what it takes from an annotations file, and that its users behave as its click model says.
@Suite struct EmojiScriptTests {
    private let annotations = """
        <?xml version="1.0" encoding="UTF-8" ?>
        <ldml>
        \t<annotations>
        \t\t<annotation cp="{">brace | bracket</annotation>
        \t\t<annotation cp="{" type="tts">open curly bracket</annotation>
        \t\t<annotation cp="🏻">light skin tone | type 1–2</annotation>
        \t\t<annotation cp="🏻" type="tts">light skin tone</annotation>
        \t\t<annotation cp="😀">face | grin | grinning face</annotation>
        \t\t<annotation cp="😀" type="tts">grinning face</annotation>
        \t\t<annotation cp="❤‍🔥">burn | heart | R&amp;B</annotation>
        \t\t<annotation cp="❤‍🔥" type="tts">heart on fire</annotation>
        \t</annotations>
        </ldml>
        """

    /// The functions that come from elsewhere in the full language: records are printed, and every query finds the same ids.
    private let builtins = [
        Builtin("write_jsonl", "(path: str, records) -> none", doc: "") { call in
            guard let repr = call.interpreter.lookup("repr") else { return .none }
            for record in try call.iterable(1) {
                call.interpreter.configuration.output(try call.interpreter.call(repr, [record]).asString ?? "")
                call.interpreter.configuration.output("\n")
            }
            return .none
        },
        Builtin("retrieve", "(model, items, queries: list, k: int) -> list", doc: "") { call in
            let found = Value.list((0..<(try call.int(3))).map { .tuple([.string("e\($0)"), .float(0)]) })
            return .list(try call.iterable(2).map { _ in found })
        },
    ]

    @Test func catalogueQueriesAndJudgements() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(annotations.utf8).write(to: folder.appendingPathComponent("en.xml"))
        let printed = try LibraryScripts.run(
            """
            from emoji import prepare, read_annotations
            for entry in read_annotations("\(folder.path)/en.xml") { print(entry) }
            print(prepare("\(folder.path)/en.xml", "\(folder.path)/data", held_out = 2))
            """, builtins: builtins)
        #expect(printed[0] == "{'emoji': '😀', 'name': 'grinning face', 'keywords': ['face', 'grin']}")
        #expect(printed[1] == "{'emoji': '❤\\u200d🔥', 'name': 'heart on fire', 'keywords': ['burn', 'heart', 'R&B']}")
        #expect(printed.contains("{'id': '😀', 'name': 'grinning face'}"))
        #expect(printed.filter { $0.hasSuffix("'split': 'test'}") }.count == 2)
        #expect(printed.filter { $0.hasSuffix("'split': 'train'}") }.count == 3)
        #expect(printed.last == "{'items': 2, 'queries': 5, 'pairs': 5}")
        let judgements = try String(contentsOf: folder.appendingPathComponent("data/qrels.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(judgements.count == 5 && judgements.filter { $0.hasSuffix("\t😀\t1") }.count == 2)
    }

    @Test func pagesHoldTheBestAndSomeFromFurtherDown() throws {
        let printed = try LibraryScripts.run(
            """
            from emoji import page
            seed(3)
            ranking = [f"e{i}" for i in range(40)]
            for round in range(200) {
                results = page(ranking, 10, 3)
                assert len(unique(results)) == 10
                assert [id for id in results if id in ranking[:7]] == ranking[:7]
                assert len([id for id in results if id in ranking[7:]]) == 3
            }
            places = [page(ranking, 10, 3).index("e0") for _ in range(500)]
            print(min(places), max(places))
            """, builtins: builtins)
        #expect(printed == ["0 3"])
    }

    /// Click rates over many sessions against the model's probabilities, within five standard deviations.
    @Test func usersClickAsTheModelSays() throws {
        let printed = try LibraryScripts.run(
            """
            from emoji import clicks
            ids = [f"e{i}" for i in range(10)]
            counts = {id: 0 for id in ids}
            seed(3)
            for round in range(4000) {
                for id in clicks(ids, {"e0": 1, "e3": 1, "e8": 1}, 0.5, 0.9, 0.05) { counts[id] += 1 }
            }
            for id in ids { print(counts[id] / 4000) }
            """, builtins: builtins)
        let rates = printed.compactMap { Double($0) }
        #expect(rates.count == 10)
        for (place, rate) in rates.enumerated() {
            let expected = ([0, 3, 8].contains(place) ? 0.9 : 0.05) / Double(place + 1).squareRoot()
            #expect(
                abs(rate - expected) < 5 * (expected * (1 - expected) / 4000).squareRoot(), "place \(place): \(rate) against \(expected)")
        }
    }

    @Test func sessionsAreSeededAndCounted() throws {
        let script = """
            from emoji import simulate
            queries = [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]
            print(simulate("s", none, none, queries, {"a": {"e0": 1}, "b": {}}, per_query = 50, random_state = 5))
            """
        let first = try LibraryScripts.run(script, builtins: builtins)
        let second = try LibraryScripts.run(script, builtins: builtins)
        #expect(first.count == 101 && first == second)
        let clicked = first.dropLast().filter { !$0.hasSuffix("'events': []}") }.count
        #expect(first.last == String(clicked) && clicked > 30 && clicked < 90)
    }
}
