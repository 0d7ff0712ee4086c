import Testing

@testable import Clickstream

@Suite struct SessionSplitterTests {
    /// Sessions of few queries and seconds, by a seed.
    static func sessions(_ count: Int, seed: UInt64) throws -> [FineTuningInput] {
        var random = SeededRandom(seed: seed)
        return try (0..<count).map { _ in
            try FineTuningInput(
                query: .text("q\(random.below(25))"), events: ["a"], results: ["a", "b"], timestamp: 1000 + random.below(60))
        }
    }

    /// On any data and seed: nothing is lost or doubled, no key is on both sides, the share holds, and the seed decides.
    @Test(arguments: [1, 2, 3, 40, 41] as [UInt64], ["query", "time", "session", "group"])
    func noLeaks(seed: UInt64, by name: String) throws {
        let sessions = try Self.sessions(50 + Int(seed) * 3, seed: seed)
        func group(_ input: FineTuningInput) -> String { String((input.timestamp ?? 0) % 7) }
        let key = SessionSplitter.Key(name: name) ?? .group(group)
        func value(_ input: FineTuningInput) -> String {
            switch name {
            case "query": input.query.label
            case "time": String(input.timestamp ?? 0)
            case "group": group(input)
            default: "\(ObjectIdentifier(input))"
            }
        }
        for share in [0.1, 0.5, 0.9] {
            let splitter = try SessionSplitter(testShare: share, by: key, seed: seed)
            let (train, test) = try splitter.divide(sessions)
            #expect(Set((train + test).map(ObjectIdentifier.init)).count == sessions.count && train.count + test.count == sessions.count)
            #expect(Set(train.map(value)).isDisjoint(with: test.map(value)))
            #expect(!train.isEmpty && !test.isEmpty)
            let largest = Dictionary(grouping: sessions, by: value).values.map(\.count).max() ?? 0
            #expect(abs(Double(test.count) - share * Double(sessions.count)) <= Double(largest) + 1)
            if name == "time" {
                #expect(try #require(train.compactMap(\.timestamp).max()) < #require(test.compactMap(\.timestamp).min()))
            }
            let again = try splitter.divide(sessions)
            #expect(again.test.map(ObjectIdentifier.init) == test.map(ObjectIdentifier.init))
        }
        if name != "time" {
            let tests = try (0..<4).map { try SessionSplitter(by: key, seed: $0).divide(sessions).test.map(ObjectIdentifier.init) }
            #expect(Set(tests).count > 1)
        }
    }

    @Test func errors() throws {
        let one = try FineTuningInput(query: .text("q"), events: ["a"], results: ["a"])
        #expect(throws: ClickstreamError.self) { try SessionSplitter(by: .query).divide([one, one]) }
        #expect(throws: ClickstreamError.self) { try SessionSplitter(by: .query).divide([]) }
        #expect(throws: ClickstreamError.self) { try SessionSplitter(by: .time).divide([one]) }
        for share in [0, 1, -1, .nan] { #expect(throws: ClickstreamError.self) { try SessionSplitter(testShare: share) } }
        let clickless = try FineTuningInput(query: .text("r"), events: [], results: ["a"])
        let error = #expect(throws: ClickstreamError.self) { try SessionSplitter(testShare: 0.5).split([one, clickless]) }
        #expect(error?.place == "train split" || error?.place == "test split")
    }
}
