import Clickstream
import Models
import Statement
import Tensors

/// Makes a loss's features of a batch of sessions: ranks under the current model, confidences, and the pairs to learn from.
public final class FeaturesExtractor {
    public let model: any EmbeddingsModelInterface
    public let ranker: any Ranker
    public let isSimilarity: Bool
    public let notIrrelevantOnly: Bool
    public let negativeDownsamplingFactor: Double
    public let minAbsDifferenceThreshold: Double
    public let maxAbsDifferenceThreshold: Double
    public let confidenceCalculator: any ConfidenceCalculator
    public let examplesOrder: [ExamplesType]
    public let ranksAggregator: any RanksAggregator
    public let clicksAggregator: any ClicksAggregator
    /// What became of all sessions so far.
    @Undoable public internal(set) var counts = ExtractionCounts()

    /// Which objects are clicked for which query in the training data: no negatives of each other for in-batch losses.
    @Undoable public var clickGraph = ClickGraph()
    @Undoable var random: SeededRandom
    var sharedBatch: SharedBatch?
    private var warned = Set<String>()

    /// - Parameters:
    ///   - ranker: scores items for a query.
    ///   - isSimilarity: whether a higher rank is nearer.
    ///   - notIrrelevantOnly: leaves clickless sessions out; otherwise they lend their results as negatives.
    ///   - negativeDownsamplingFactor: share of a session's unclicked objects that is kept, 0 to 1.
    ///   - minAbsDifferenceThreshold, maxAbsDifferenceThreshold: a pair counts while its gap is strictly between them.
    ///   - examplesOrder: which pairs of a batch train, by how hard the current model finds them; nil means all.
    ///   - ranksAggregator, clicksAggregator: make one rank and one click of an object's rows and parts.
    ///   - randomState: seed of the down-sampling.
    public init(
        model: any EmbeddingsModelInterface, ranker: any Ranker = CosineRanker(), isSimilarity: Bool = true, notIrrelevantOnly: Bool = true,
        negativeDownsamplingFactor: Double = 1, minAbsDifferenceThreshold: Double = 0, maxAbsDifferenceThreshold: Double = 1,
        confidenceCalculator: any ConfidenceCalculator = DummyConfidences(), examplesOrder: [ExamplesType]? = nil,
        ranksAggregator: any RanksAggregator = MeanAggregator(), clicksAggregator: any ClicksAggregator = MaxClicksAggregator(),
        randomState: UInt64 = 0
    ) throws(FineTuningError) {
        guard (0...1).contains(negativeDownsamplingFactor) else {
            throw FineTuningError(
                .value, "negative downsampling factor should be in range [0.0, 1.0]", found: "\(negativeDownsamplingFactor)",
                help: "1.0 keeps every unclicked result")
        }
        guard minAbsDifferenceThreshold >= 0, minAbsDifferenceThreshold.isFinite else {
            throw FineTuningError(
                .value, "min_abs_difference_threshold should be positive numeric", found: "\(minAbsDifferenceThreshold)")
        }
        guard maxAbsDifferenceThreshold > 0 else {
            throw FineTuningError(
                .value, "max_abs_difference_threshold should be positive numeric", found: "\(maxAbsDifferenceThreshold)")
        }
        self.model = model
        self.ranker = ranker
        self.isSimilarity = isSimilarity
        self.notIrrelevantOnly = notIrrelevantOnly
        self.negativeDownsamplingFactor = negativeDownsamplingFactor
        self.minAbsDifferenceThreshold = minAbsDifferenceThreshold
        self.maxAbsDifferenceThreshold = maxAbsDifferenceThreshold
        self.confidenceCalculator = confidenceCalculator
        self.examplesOrder = examplesOrder ?? [.allExamples]
        self.ranksAggregator = ranksAggregator
        self.clicksAggregator = clicksAggregator
        random = SeededRandom(seed: randomState)
    }

    /// The features of a batch: each relevant session's pairs, followed by those of its clickless partner unless left out.
    ///
    /// The batch's distinct texts are encoded once. Sessions without clicks are skipped and counted.
    public func features(
        _ batch: [InputPair], items: ItemsSet, retriever: any QueryRetriever
    ) throws -> FineTuningFeatures {
        try extract(batch, items: items, retriever: retriever).features
    }

    /// The features of a batch, and where each of their pairs comes from.
    public func extract(_ batch: [InputPair], items: ItemsSet, retriever: any QueryRetriever) throws -> Extraction {
        var elements: [(relevant: Int, irrelevant: Int?)] = []
        var sessions: [PairedSession] = []
        for pair in batch {
            counts.batchElements += 1
            guard let relevant = pair.notIrrelevant, !relevant.isIrrelevant else {
                counts.withoutClicks += 1
                let place = pair.notIrrelevant?.place ?? "a pair without a relevant session"
                warnOnce("Not irrelevant input has no results", "\(place) is skipped; further ones are only counted")
                continue
            }
            sessions.append(try prepare(relevant, items: items, retriever: retriever))
            var element: (Int, Int?) = (sessions.count - 1, nil)
            if !notIrrelevantOnly, let irrelevant = pair.irrelevant, !irrelevant.results.isEmpty {
                element.1 = sessions.count
                sessions.append(try prepare(irrelevant, items: items, retriever: retriever))
            }
            elements.append(element)
        }
        guard !sessions.isEmpty else { return .empty }
        let table = try rankTable(sessions.map(\.session))
        var extraction = try pair(sessions, elements, ranks: table.objectRanks(ranksAggregator))
        extraction.features.inBatch = inBatch(elements.map { sessions[$0.relevant] }, encoded: table.encoded)
        return extraction
    }

    private func pair(
        _ sessions: [PairedSession], _ elements: [(relevant: Int, irrelevant: Int?)], ranks: Tensor
    ) throws -> Extraction {
        var bases = [0]
        for session in sessions { bases.append((bases.last ?? 0) + session.session.objects.count) }
        var builder = PairBuilder(ranks: ranks, minimum: minAbsDifferenceThreshold, maximum: maxAbsDifferenceThreshold)
        for (relevant, irrelevant) in elements {
            let session = sessions[relevant]
            let pairs = builder.addPairs(of: session, base: bases[relevant])
            if session.negatives.isEmpty {
                counts.withoutNegatives += 1
            } else if pairs.isEmpty {
                counts.filteredOut += 1
            }
            if let irrelevant { builder.lend(pairs, to: sessions[irrelevant], base: bases[irrelevant]) }
        }
        builder.select(examplesOrder, isSimilarity: isSimilarity)
        counts.pairsRemoved += builder.removed
        counts.pairs += builder.positives.count
        let objects = sessions.flatMap { session in session.session.objects.map { (session.session, $0.id) } }
        let pairs = builder.positives.indices.map { pair in
            let (session, skipped) = objects[builder.negatives[pair]]
            return Extraction.Pair(
                query: session.query, clicked: objects[builder.positives[pair]].1, skipped: skipped, place: session.input.place,
                isLent: builder.isLent[pair])
        }
        return Extraction(features: try builder.features(ranks: ranks, isSimilarity: isSimilarity), pairs: pairs)
    }

    /// Every click of the relevant sessions as a row; which other rows' items are known positives of its query.
    private func inBatch(_ sessions: [PairedSession], encoded: EncodedTexts) -> InBatchFeatures {
        var rows: [(query: String, object: RankedSession.Object, session: Int)] = []
        for (index, session) in sessions.enumerated() {
            for event in session.events { rows.append((session.session.query, session.session.objects[event.object], index)) }
        }
        var graph = ClickGraph()
        for row in rows { graph.add(query: row.query, objects: CollectionOfOne(row.object.id)) }
        var known = [Bool](repeating: false, count: rows.count * rows.count)
        for (i, row) in rows.enumerated() {
            for (j, other) in rows.enumerated() where i != j {
                known[i * rows.count + j] =
                    graph.contains(query: row.query, object: other.object.id)
                    || clickGraph.contains(query: row.query, object: other.object.id)
            }
        }
        counts.clicks += rows.count
        counts.inBatchNegatives += rows.count * max(rows.count - 1, 0)
        counts.maskedNegatives += known.count { $0 }
        return InBatchFeatures(rowCount: rows.count, known: known) {
            try encoded.rows(queries: rows.map(\.query), items: rows.map { $0.object.contents.first ?? "" })
        }
    }

    /// Down-samples a session, takes its confidences and joins it with the items.
    private func prepare(_ input: FineTuningInput, items: ItemsSet, retriever: any QueryRetriever) throws -> PairedSession {
        let negatives = downsampled(input.notEvents, of: input)
        let confidences = try SessionConfidences(
            input, calculator: confidenceCalculator, ranksAggregator: ranksAggregator, clicksAggregator: clicksAggregator)
        let session = try RankedSession(
            input, ids: input.events + negatives, items: items, retriever: retriever, objectID: input.objectID(of:))
        if session.query.isEmpty { warnOnce("the query is empty", "\(input.place) trains all the same") }
        let positions = Dictionary(session.objects.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        func entry(_ id: String) throws -> (object: Int, confidence: Double) {
            (positions[input.objectID(of: id)] ?? 0, try confidences.confidence(of: id))
        }
        return PairedSession(session: session, events: try input.events.map(entry), negatives: try negatives.map(entry))
    }

    /// Keeps int(factor · n) of the n objects among the unclicked results, drawn without replacement, with all their parts, in result order.
    func downsampled(_ ids: [String], of input: FineTuningInput) -> [String] {
        guard negativeDownsamplingFactor < 1 else { return ids }
        var seen = Set<String>()
        let objects = ids.map(input.objectID(of:)).filter { seen.insert($0).inserted }
        let kept = Set(random.shuffled(objects).prefix(Int(negativeDownsamplingFactor * Double(objects.count))))
        return ids.filter { kept.contains(input.objectID(of: $0)) }
    }

    private func warnOnce(_ condition: String, _ found: String) {
        guard warned.insert(condition).inserted else { return }
        Warnings.emit("\(condition): \(found)")
    }
}
