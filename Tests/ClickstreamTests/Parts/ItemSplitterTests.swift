import Testing
import Text

@testable import Clickstream

@Suite struct ItemSplitterTests {
    @Test func golden() throws {
        let tools = try TextTools.load()
        for golden in tools["separator"]?.arrayValue ?? [] {
            let splitter = try SeparatorSplitter(separators: golden[1] == .null ? [";"] : golden[1]?.texts ?? [])
            #expect(splitter.parts(of: golden[0]?.text ?? "") == golden[2]?.texts)
        }
        let pattern = try #require(tools["pattern"])
        #expect(try PatternSplitter(pattern[1]?.text ?? "").parts(of: pattern[0]?.text ?? "") == pattern[2]?.texts)
        let fields = try #require(tools["field_combined"])
        let combined = try FieldCombinedSplitter(fieldNames: fields[1]?.texts ?? [], separator: " ")
        #expect(combined.parts(of: fields[0]?.text ?? "") == fields[2]?.texts)
        let json = try #require(tools["json_splitter"])
        #expect(try JSONSplitter(fieldNames: json[1]?.texts ?? []).parts(of: json[0]?.text ?? "") == json[2]?.texts)
    }

    @Test func goldenTokenGroups() throws {
        let cases = try #require(try TextTools.load()["token_groups"]?.arrayValue)
        #expect(cases.count == 3)
        for golden in cases {
            let splits = golden[1]?.intValue != nil
            let splitter = try TokenGroupTextSplitter(
                blocksSplitter: SeparatorSplitter(separators: ["|"]), maxTokens: 4, splitSentences: splits
            ) {
                $0.split(separator: " ").count
            }
            #expect(try splitter.parts(of: golden[0]?.text ?? "") == golden[2]?.texts)
        }
    }

    /// D44: a first word over the limit gave an empty part before it.
    @Test func aWordOverTheLimitIsAPartAlone() throws {
        let splitter = try TokenGroupTextSplitter(blocksSplitter: NoSplitter(), maxTokens: 3) { $0.count }
        #expect(try splitter.parts(of: "enormous a b") == ["enormous", "a b"])
        #expect(throws: ClickstreamError.self) { try TokenGroupTextSplitter(blocksSplitter: NoSplitter(), maxTokens: 0) { $0.count } }
    }

    @Test func fieldNamesStandAlone() throws {
        let splitter = try FieldCombinedSplitter(fieldNames: ["title", "a.b"])
        #expect(splitter.parts(of: #"subtitle: "x", TITLE: "y", axb: "z", a.b: "w""#) == [#"TITLE: "y","#, #"a.b: "w""#])
        #expect(splitter.parts(of: "") == [])
        #expect(throws: ClickstreamError.self) { try FieldCombinedSplitter(fieldNames: []) }
        #expect(throws: ClickstreamError.self) { try PatternSplitter("(") }
        #expect(throws: ClickstreamError.self) { try JSONSplitter(fieldNames: ["a"]).parts(of: "[1]") }
        #expect(throws: ClickstreamError.self) { try SeparatorSplitter(separators: [";", ""]) }
    }

    @Test(arguments: [
        ("It fits. It lasts! Does it?", ["It fits.", "It lasts!", "Does it?"]),
        ("Made by Dr. Smith for J. Doe, e.g. in Leeds. Good.", ["Made by Dr. Smith for J. Doe, e.g. in Leeds.", "Good."]),
        ("Version 2.5 is out. see below", ["Version 2.5 is out. see below"]),
        ("He said \"Buy it.\" Then he left.", ["He said \"Buy it.\"", "Then he left."]),
        ("1. Wash it.\nUse soap. Dry it.\n2. Wear it.\n\n", ["1. Wash it. Use soap.", "Dry it.", "2. Wear it."]),
        ("Run:\n```sh\nls. -a\n\nB. C\n```\nDone.", ["Run:", "```sh\nls. -a\n\nB. C\n```", "Done."]),
        ("```\nnever closed", ["```", "never closed"]),
        ("", []), ("  \n ", []),
    ])
    func sentences(text: String, parts: [String]) { #expect(DummySentenceSplitter().parts(of: text) == parts) }

    @Test func itemsAndSessionsOfParts() throws {
        let items = try ItemsSet(rows: [
            .init(id: "a", item: "x;y"), .init(id: "b", item: "z"), .init(id: "a", item: "X;Y"), .init(id: "c", item: "u;v;w"),
        ])
        let input = try FineTuningInput(
            query: .text("q"), events: ["c", "a"], results: ["b", "a", "c"], ranks: ["a": 0.5, "b": nil, "c": 0.25], eventTypes: [2, 1],
            timestamp: 7)
        let clickless = try FineTuningInput(query: .text("r"), events: [], results: ["b"])
        let paired = try PairedFineTuningInputsDataset(inputs: [input, clickless], randomize: true, inputsCount: 1, randomState: 9)
        let (newItems, sessions) = try ItemsSetSplitter(SeparatorSplitter()).split(
            DatasetDict(train: items, test: items), DatasetDict(train: paired, test: paired))
        let train = try sessions.dataset("train")
        let split = try #require(train.notIrrelevant.first)
        #expect(split.results == ["b:0", "a:0", "a:1", "c:0", "c:1", "c:2"])
        #expect(split.events == ["c:0", "c:1", "c:2", "a:0", "a:1"])
        #expect(split.eventTypes == [2, 2, 2, 1, 1] && split.timestamp == 7)
        #expect(split.rank(of: "a:1") == 0.5 && split.rank(of: "b:0") == nil && split.objectID(of: "c:2") == "c")
        #expect(train.randomize && train.inputsCount == 1 && train.randomState == 9 && train.count == 1)
        #expect(try newItems.dataset("test").items(ids: ["a:1"]).items == ["y", "Y"])
        // Parts of parts belong to the object still.
        let (_, again) = try ItemsSetSplitter(NoSplitter()).split(newItems, sessions)
        #expect(try again.dataset("train").notIrrelevant.first?.objectID(of: "c:2:0") == "c")
        let stray = try PairedFineTuningInputsDataset(inputs: [FineTuningInput(query: .text("q"), events: ["z"], results: ["z"])])
        #expect(throws: ClickstreamError.self) {
            try ItemsSetSplitter(NoSplitter()).split(DatasetDict(train: items, test: items), DatasetDict(train: stray, test: stray))
        }
    }
}
