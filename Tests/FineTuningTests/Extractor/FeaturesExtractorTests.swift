import Clickstream
import Synchronization
import Tensors
import Testing

@testable import FineTuning

@Suite struct FeaturesExtractorTests {
    let items: ItemsSet
    let model: FakeModel
    let retriever = TextQueryRetriever()

    init() throws {
        // Cosines with the query (1, 0): a 1, b 0.8, c 0.6, d 0, e -1.
        let vectors: [(String, [Float])] = [
            ("query", [1, 0]), ("other", [0, 1]), ("a text", [2, 0]), ("b text", [4, 3]), ("c text", [3, 4]), ("d text", [0, 5]),
            ("e text", [-1, 0]),
        ]
        model = try FakeModel(vectors)
        items = try ItemsSet(rows: ["a", "b", "c", "d", "e"].map { .init(id: $0, text: "\($0) text") })
    }

    func input(
        _ results: [String], _ events: [String], query: String = "query", ranks: [String: Double?]? = nil, parts: [String: String]? = nil
    ) throws -> FineTuningInput {
        try FineTuningInput(
            query: .item(TextQueryItem(text: query)), events: events, results: results,
            ranks: ranks ?? Dictionary(uniqueKeysWithValues: results.map { ($0, 0.5) }), partToObject: parts)
    }

    func features(_ extractor: FeaturesExtractor, _ batch: [InputPair]) throws -> FineTuningFeatures {
        try extractor.features(batch, items: items, retriever: retriever)
    }

    /// D4, D5, D7: ranks were means of signs, pairs were zipped, and targets as many as unclicked results.
    @Test func allPairsWithTheClickedResultSlow() throws {
        let features = try self.features(FeaturesExtractor(model: model), [InputPair(input(["a", "b", "c", "d", "e"], ["c", "b"]))])
        #expect(LossTests.close(features.positiveRanks?.doubles() ?? [], [0.6, 0.6, 0.8, 0.8]))
        #expect(LossTests.close(features.negativeRanks?.doubles() ?? [], [1, 0, 1, 0]))
        #expect(features.target?.doubles() == [1, 1, 1, 1])
        #expect(features.positiveConfidences?.doubles() == [1, 1, 1, 1])
        #expect(features.positiveRanks?.requiresGrad == true)
        // e is out: |0.6 + 1| and |0.8 + 1| are not below 1.
        let wide = try FeaturesExtractor(model: model, isSimilarity: false, maxAbsDifferenceThreshold: 3)
        let all = try self.features(wide, [InputPair(input(["a", "b", "c", "d", "e"], ["c", "b"]))])
        #expect(LossTests.close(all.negativeRanks?.doubles() ?? [], [1, 0, -1, 1, 0, -1]))
        #expect(all.target?.doubles() == [-1, -1, -1, -1, -1, -1])
    }

    @Test func aBatchIsEncodedOnce() throws {
        let batch = [InputPair(try input(["a", "b"], ["a"])), InputPair(try input(["b", "a", "c"], ["c"]))]
        _ = try features(FeaturesExtractor(model: model), batch)
        #expect(model.calls.map(\.queries) == [["query"]])
        #expect(model.calls.map { $0.items.sorted() } == [["a text", "b text", "c text"]])
    }

    /// D6: a clickless session's results become negatives for the relevant one's positives; those pairs are not filtered again.
    @Test func clicklessSessionsLendNegatives() throws {
        let relevant = try input(["a", "b", "c"], ["b"])
        let clickless = try input(["d", "e", "a"], [], query: "other")
        let extractor = try FeaturesExtractor(model: model, notIrrelevantOnly: false, maxAbsDifferenceThreshold: 0.9)
        let features = try self.features(extractor, [InputPair(relevant, clickless)])
        // Own pairs (b, a), (b, c); then the first two positives against d and e under the query (0, 1): d 1, e 0.
        #expect(LossTests.close(features.positiveRanks?.doubles() ?? [], [0.8, 0.8, 0.8, 0.8]))
        #expect(LossTests.close(features.negativeRanks?.doubles() ?? [], [1, 0.6, 1, 0]))
        #expect(features.target?.count == 4)
        let alone = try self.features(FeaturesExtractor(model: model), [InputPair(relevant, clickless)])
        #expect(alone.count == 2)
        #expect(extractor.counts.pairs == 4)
    }

    /// D6, D20: sessions that give no pair are counted, and none of them is an error.
    @Test func sessionsThatCannotTrainAreCounted() throws {
        let warnings = Mutex<[String]>([])
        try Warnings.received(by: { text in warnings.withLock { $0.append(text) } }) {
            let extractor = try FeaturesExtractor(model: model, maxAbsDifferenceThreshold: 0.1)
            let clickless = try input(["a"], [])
            let features = try self.features(
                extractor,
                [
                    InputPair(nil, clickless), InputPair(clickless), InputPair(try input(["a", "b"], ["a", "b"])),
                    InputPair(try input(["a", "b"], ["a"])), InputPair(try input(["b"], ["b"])),
                ])
            #expect(features.count == 0)
            #expect(try ProbMarginRankingLoss().loss(features).item() == 0)
            #expect(
                extractor.counts.description
                    == "5 sessions gave 0 pairs; 2 had no click, 2 nothing unclicked, 1 only pairs outside the thresholds (1 pairs removed)"
            )
        }
        #expect(
            warnings.withLock { $0 } == [
                "Not irrelevant input has no results: a pair without a relevant session is skipped; further ones are only counted"
            ])
    }

    /// D22: of the pairs (c, a), (c, d), (b, a), (b, d) with gaps -0.4, 0.6, -0.2, 0.8, the hard third is the first.
    @Test func passesTheExamplesAskedFor() throws {
        let batch = [InputPair(try input(["a", "b", "c", "d"], ["c", "b"]))]
        func gaps(_ order: [ExamplesType], isSimilarity: Bool = true) throws -> [Double] {
            let features = try self.features(
                FeaturesExtractor(model: model, isSimilarity: isSimilarity, examplesOrder: order), batch)
            return zip(features.positiveRanks?.doubles() ?? [], features.negativeRanks?.doubles() ?? []).map { $0 - $1 }
        }
        #expect(LossTests.close(try gaps([.hardAll]), [-0.4]))
        #expect(LossTests.close(try gaps([.softAll, .hardAll]), [0.6, 0.8, -0.4]))
        // As distances the widest gap is the hardest.
        #expect(LossTests.close(try gaps([.hardAll], isSimilarity: false), [0.8]))
        #expect(LossTests.close(try gaps([]), [-0.4, 0.6, -0.2, 0.8]))
        #expect(try gaps([.negativeOnly]).isEmpty)
    }

    /// D11: negatives were drawn with replacement, or at random order, and one was always lost.
    @Test func downSamplesObjectsInOrder() throws {
        let ids = ["a:0", "b:0", "a:1", "c:0", "d:0", "b:1", "e:0"]
        let parts = Dictionary(uniqueKeysWithValues: ids.map { ($0, String($0.prefix(1))) })
        let input = try input(ids, [], parts: parts)
        var seen = Set<[String]>()
        for seed in 0..<200 as Range<UInt64> {
            let kept = try FeaturesExtractor(model: model, negativeDownsamplingFactor: 0.5, randomState: seed).downsampled(ids, of: input)
            let objects = Set(kept.map { $0.prefix(1) })
            // int(0.5 · 5) objects with all their parts, in result order.
            #expect(objects.count == 2)
            #expect(kept == ids.filter { objects.contains($0.prefix(1)) })
            seen.insert(kept)
        }
        // All 5 choose 2 selections come up.
        #expect(seen.count == 10)
        // D10: 1.0, the default, was refused.
        #expect(try FeaturesExtractor(model: model).downsampled(ids, of: input) == ids)
        #expect(try FeaturesExtractor(model: model, negativeDownsamplingFactor: 0).downsampled(ids, of: input) == [])
    }

    /// D9: calculated one by one, every windowed confidence was 0. D3: and they were looked up by a group's name.
    @Test func confidencesAreOfTheWholeList() throws {
        struct Recorder: ConfidenceCalculator {
            func confidences(ranks: [Double], clicks: [Double]) -> [Double] { zip(ranks, clicks).map { $0 * 10 + $1 } }
        }
        let parts = ["a:0": "a", "a:1": "a", "b": "b"]
        let input = try input(["a:0", "b", "a:1"], ["a:1"], ranks: ["a:0": 0.25, "b": 0.5, "a:1": 0.75], parts: parts)
        let confidences = try SessionConfidences(
            input, calculator: Recorder(), ranksAggregator: MaxAggregator(), clicksAggregator: MaxClicksAggregator())
        // Object a: rank max(.25, .75), clicked since one part is.
        #expect(try confidences.confidence(of: "a:0") == 8.5)
        #expect(try confidences.confidence(of: "b") == 5)
    }

    @Test func badSessionsAreNamed() throws {
        func message(_ input: FineTuningInput) -> String? {
            #expect(throws: FineTuningError.self) { try features(FeaturesExtractor(model: model), [InputPair(input)]) }?.message
        }
        #expect(message(try input(["a", "zz"], ["a"])) == "ID zz is missed (session 'query')")
        #expect(message(try input(["a", "b"], ["a", "c"])) == "event 'c' is not among the results (session 'query')")
        #expect(message(try input(["a", "b"], ["a"], ranks: ["a": 1, "b": nil])) == "rank of 'b' is unknown (session 'query')")
    }

    @Test func brokenVectorsAreAnErrorNotANothing() throws {
        let broken = try FakeModel([("query", [1, 0]), ("a text", [.nan, 0]), ("b text", [1, 1])])
        let error = #expect(throws: FineTuningError.self) {
            try features(FeaturesExtractor(model: broken), [InputPair(try input(["b", "a"], ["b"]))])
        }
        #expect(error?.message == "a rank is not a finite number: nan (session 'query')")
    }

    @Test func usersPartsAreChecked() throws {
        struct TooFew: ConfidenceCalculator {
            func confidences(ranks: [Double], clicks: [Double]) -> [Double] { [1] }
        }
        let error = #expect(throws: FineTuningError.self) {
            try self.features(FeaturesExtractor(model: model, confidenceCalculator: TooFew()), [InputPair(try input(["a", "b"], ["a"]))])
        }
        #expect(error?.message == "confidence_calculator must give one confidence per object: 1 for 2 objects (session 'query')")
        // A user's ranker stands in for the cosine.
        let ranker = FunctionRanker { query, items in try (items * query).sum(dim: [1]) }
        let features = try self.features(
            FeaturesExtractor(model: model, ranker: ranker, maxAbsDifferenceThreshold: 100), [InputPair(try input(["a", "b"], ["b"]))])
        #expect(features.positiveRanks?.doubles() == [4])
        #expect(features.negativeRanks?.doubles() == [2])
    }

    @Test func checksItsArguments() throws {
        for factor in [-0.1, 1.1, .nan] {
            #expect(throws: FineTuningError.self) { try FeaturesExtractor(model: model, negativeDownsamplingFactor: factor) }
        }
        for bad in [-0.1, .nan] {
            let error = #expect(throws: FineTuningError.self) { try FeaturesExtractor(model: model, minAbsDifferenceThreshold: bad) }
            #expect(error?.condition == "min_abs_difference_threshold should be positive numeric")
        }
        for bad in [-0.1, 0, .nan] {
            let error = #expect(throws: FineTuningError.self) { try FeaturesExtractor(model: model, maxAbsDifferenceThreshold: bad) }
            #expect(error?.condition == "max_abs_difference_threshold should be positive numeric")
        }
    }

    /// D2: missing ranks could not be computed at all. An id with several rows gets their mean.
    @Test func calculatesRanksWithoutGradient() throws {
        let copies = try ItemsSet(rows: items.rows + [.init(id: "a", item: "d text")])
        let extractor = try FeaturesExtractor(model: model)
        model.train()
        let ranks = try extractor.calculateRanks(input(["a", "c"], ["a"]), items: copies, retriever: retriever)
        #expect(LossTests.close([ranks["a"] ?? .nan, ranks["c"] ?? .nan], [0.5, 0.6]))
        // Measured without dropout, and left in training as before.
        #expect(model.calls.map(\.training) == [false])
        #expect(model.isTraining)
    }

    @Test func readersOfABatchShareItsEncoding() throws {
        let batch = [InputPair(try input(["a", "b"], ["a"]), try input(["c"], [], query: "other"))]
        let extractor = try FeaturesExtractor(model: model)
        let calculators: [any MetricCalculator] = [DistanceShift(), DistanceShift()]
        let shared = try extractor.sharingRanks(of: batch, items: items, retriever: retriever) {
            try calculators.map { try $0.metrics(of: batch, extractor: extractor, items: items, retriever: retriever) }
        }
        #expect(model.calls.count == 1)
        let alone = try DistanceShift().metrics(of: batch, extractor: extractor, items: items, retriever: retriever)
        #expect(shared == [alone, alone])
        #expect(model.calls.count > 1)
    }

    @Test func portionsGiveTheSameRanks() throws {
        let inputs = [try input(["a", "b"], ["a"]), try input(["c", "a"], [], query: "other"), try input(["e", "d", "b"], ["d"])]
        let extractor = try FeaturesExtractor(model: model)
        let whole = try extractor.calculateRanks(inputs, items: items, retriever: retriever)
        for limits in [(1, 1), (3, 2), (100, 100)] {
            var ranks: [[String: Double]] = []
            var steps: [Int] = []
            try extractor.rankAll(
                inputs, items: items, retriever: retriever, limits: .init(textsPerPortion: limits.0, textsPerCall: limits.1),
                progress: { done, total in steps.append(total - done) }
            ) { _, found in ranks.append(found) }
            #expect(ranks == whole)
            #expect(steps.last == 0)
        }
    }
}
