import Clickstream
import Models
import Tensors

extension FeaturesExtractor {
    /// Texts and vectors that several readers of one batch share, encoded when the first of them asks.
    struct SharedBatch {
        let sessions: () throws -> [RankedSession]
        var encoded: EncodedTexts?
    }

    /// Ranks of all results of a session under the current model, without gradient.
    ///
    /// Each result stands for itself, parts too; one with several rows gets the plain aggregate of their ranks.
    public func calculateRanks(_ input: FineTuningInput, items: ItemsSet, retriever: any QueryRetriever) throws -> [String: Double] {
        try calculateRanks([input], items: items, retriever: retriever).first ?? [:]
    }

    /// The same for several sessions, whose distinct texts are encoded once.
    public func calculateRanks(
        _ inputs: [FineTuningInput], items: ItemsSet, retriever: any QueryRetriever
    ) throws -> [[String: Double]] {
        let sessions = try inputs.map { try allResults(of: $0, items: items, retriever: retriever) }
        return try withoutGradient { try rankTable(sessions).plainRanks(ranksAggregator) }
    }

    /// Runs `body` while all that ask for ranks of the batch's sessions share one encoding of it, made without gradient.
    ///
    /// The model must not change meanwhile.
    public func sharingRanks<R>(
        of batch: [InputPair], items: ItemsSet, retriever: any QueryRetriever, _ body: () throws -> R
    ) throws -> R {
        let former = sharedBatch
        sharedBatch = SharedBatch(sessions: {
            try batch.flatMap { [$0.notIrrelevant, $0.irrelevant] }.compactMap(\.self).map {
                try self.allResults(of: $0, items: items, retriever: retriever)
            }
        })
        defer { sharedBatch = former }
        return try withoutGradient(body)
    }

    /// Ranks of all results of many sessions, handed to `body` session by session.
    ///
    /// Distinct texts are encoded once per portion, which bounds the vectors held in memory.
    /// `progress` is told of the texts encoded and to encode.
    func rankAll(
        _ inputs: [FineTuningInput], items: ItemsSet, retriever: any QueryRetriever, limits: PortionLimits = PortionLimits(),
        progress: (_ done: Int, _ total: Int) throws -> Void, _ body: (FineTuningInput, [String: Double]) throws -> Void
    ) throws {
        var portions: [(sessions: [RankedSession], texts: DistinctSessionTexts)] = []
        for input in inputs {
            let session = try allResults(of: input, items: items, retriever: retriever)
            if portions.isEmpty || portions[portions.count - 1].texts.count >= limits.textsPerPortion {
                portions.append(([], DistinctSessionTexts(of: [])))
            }
            portions[portions.count - 1].sessions.append(session)
            portions[portions.count - 1].texts.add(session)
        }
        let total = portions.reduce(0) { $0 + $1.texts.count }
        var done = 0
        for (sessions, texts) in portions {
            let ranks = try withoutGradient {
                let encoded = try EncodedTexts(texts, model: model, textsPerCall: limits.textsPerCall) { count in
                    done += count
                    try progress(done, total)
                }
                return try RankTable(sessions, encoded: encoded, ranker: ranker).plainRanks(ranksAggregator)
            }
            for (session, ranks) in zip(sessions, ranks) { try body(session.input, ranks) }
        }
    }

    /// How much is encoded at a time.
    struct PortionLimits {
        /// Texts whose vectors are held at once.
        var textsPerPortion = 20_000
        /// Queries, and items, that one pass of the model takes.
        var textsPerCall = 128
    }

    /// Ranks of sessions, from the shared encoding when it has their texts.
    func rankTable(_ sessions: [RankedSession]) throws -> RankTable {
        if sharedBatch != nil, sharedBatch?.encoded == nil, let all = try sharedBatch?.sessions() {
            sharedBatch?.encoded = try EncodedTexts(of: all, model: model)
        }
        if let shared = sharedBatch?.encoded, shared.covers(sessions) {
            return try RankTable(sessions, encoded: shared, ranker: ranker)
        }
        return try RankTable(sessions, encoded: EncodedTexts(of: sessions, model: model), ranker: ranker)
    }

    private func allResults(of input: FineTuningInput, items: ItemsSet, retriever: any QueryRetriever) throws -> RankedSession {
        try RankedSession(input, ids: input.results, items: items, retriever: retriever, objectID: { $0 })
    }

    /// Without gradients, and without dropout: what is measured is the model as it will be used.
    private func withoutGradient<R>(_ body: () throws -> R) throws -> R {
        let wasTraining = model.isTraining
        if wasTraining { model.eval() }
        defer { if wasTraining { model.train() } }
        return try noGrad(body)
    }
}
