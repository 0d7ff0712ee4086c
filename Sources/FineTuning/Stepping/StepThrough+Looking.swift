import Clickstream
import Tensors

/// What a step did.
extension StepThrough {
    /// A step's gradient and update of one parameter, or of several taken together.
    public struct GradientSummary {
        public let name: String
        /// Euclidean length of the gradient, after clipping.
        public let norm: Double
        /// Largest absolute value in the gradient.
        public let largest: Double
        /// Share of the gradient's values that are not finite, 0 to 1.
        public let notFinite: Double
        /// Length of the step's change over the length of the parameter.
        public let updateRatio: Double
    }

    /// How much a step changed one parameter.
    public struct Change {
        public let name: String
        /// Share of the values that are others now, 0 to 1.
        public let share: Double
        /// The largest change of a value.
        public let largest: Double
        /// Length of the change over the length of the parameter.
        public let ratio: Double
    }

    /// One (clicked, skipped) pair of a step and its part in it.
    public struct PairRow {
        public let pair: Extraction.Pair
        public let clickedRank: Double
        public let skippedRank: Double
        /// How far the clicked result was ahead.
        public let gap: Double
        /// The less certain of the two results' confidences.
        public let confidence: Double
        /// The pair's loss if it were alone, over the sum of those of all pairs; nil when the loss reads more than pairs, or is 0.
        public let shareOfLoss: Double?
        /// Absolute gradient with respect to the pair's two ranks, over the sum of those of all pairs; nil in the same cases.
        public let shareOfGradient: Double?
    }

    /// A result of a query before and after the last step; places count from 1.
    public struct RankingRow {
        public let id: String
        public let isClicked: Bool
        public let before: (place: Int, rank: Double)
        public let after: (place: Int, rank: Double)
    }

    /// The last step's gradients and updates, parameter by parameter; empty before the first step and after a step back.
    public func gradients() throws -> [GradientSummary] { try summaries { $0 } }

    /// The same by groups of parameters: an encoder layer, the embeddings, the pooler.
    public func gradientsByGroup() throws -> [GradientSummary] { try summaries(Self.group) }

    /// The group that a parameter is shown under: `encoder.layer.3`, or what stands before the first dot of its name; of CLIP's names
    /// `text_model.encoder.layers.3`, `text_model.embeddings`.
    static func group(_ name: String) -> String {
        let parts = name.split(separator: ".")
        if let layer = parts.firstIndex(where: { $0 == "layer" || $0 == "layers" }), layer + 1 < parts.count {
            return parts[...(layer + 1)].joined(separator: ".")
        }
        if name.hasPrefix("text_model.") || name.hasPrefix("vision_model.") { return parts.prefix(2).joined(separator: ".") }
        return parts.first.map(String.init) ?? name
    }

    private func summaries(_ group: (String) -> String) throws -> [GradientSummary] {
        guard let before = try valuesBeforeLastStep(), !lastGradients.isEmpty else { return [] }
        var names: [String] = []
        var sums: [String: (gradient: TensorFigures, change: Double, weight: Double)] = [:]
        for (parameter, gradient) in lastGradients {
            guard let earlier = before[ObjectIdentifier(parameter)] else { continue }
            let name = label(parameter, group)
            if sums[name] == nil { names.append(name) }
            var sum = sums[name] ?? (TensorFigures(), 0, 0)
            let figures = try gradient.figures()
            sum.gradient.squares += figures.squares
            sum.gradient.largest = max(sum.gradient.largest, figures.largest)
            sum.gradient.notFinite += figures.notFinite
            sum.gradient.count += figures.count
            sum.change += try (parameter.tensor.detach() - earlier).figures().squares
            sum.weight += try earlier.figures().squares
            sums[name] = sum
        }
        return names.compactMap { name in
            sums[name].map { sum in
                GradientSummary(
                    name: name, norm: sum.gradient.squares.squareRoot(), largest: sum.gradient.largest,
                    notFinite: Double(sum.gradient.notFinite) / Double(max(sum.gradient.count, 1)),
                    updateRatio: sum.weight > 0 ? (sum.change / sum.weight).squareRoot() : 0)
            }
        }
    }

    /// The parameters that the last step changed.
    public func parametersChanged() throws -> [Change] {
        guard let before = try valuesBeforeLastStep() else { return [] }
        return try tuner.model.allParameters.compactMap { parameter in
            let now = parameter.tensor.detach()
            guard let earlier = before[ObjectIdentifier(parameter)], !now.sharesStorage(with: earlier) else { return nil }
            let old = earlier.doubles(), new = now.doubles()
            let changed = zip(old, new).reduce(0) { $0 + ($1.0.bitPattern == $1.1.bitPattern ? 0 : 1) }
            guard changed > 0 else { return nil }
            let change = try (now - earlier).figures(), weight = try earlier.figures()
            return Change(
                name: label(parameter) { $0 }, share: Double(changed) / Double(old.count), largest: change.largest,
                ratio: weight.squares > 0 ? (change.squares / weight.squares).squareRoot() : 0)
        }
    }

    /// A parameter's name or group, with its tower where there are two.
    private func label(_ parameter: Parameter, _ group: (String) -> String) -> String {
        if tuner.model.sameQueryAndItems { return group(parameter.name) }
        let isOfItems = tuner.model.itemsModelParameters.contains { $0 === parameter }
        return (isOfItems ? "items." : "query.") + group(parameter.name)
    }

    private func valuesBeforeLastStep() throws -> [ObjectIdentifier: Tensor]? {
        guard position > 0 else { return nil }
        let parameters = tuner.model.allParameters
        let values: [Tensor]
        if let last = kept.last, last.position == position - 1 {
            values = last.snapshot.model?.values.compactMap(\.self) ?? []
        } else {
            values = try with(stateBefore: position - 1) { parameters.map { $0.tensor.detach() } }
        }
        return Dictionary(zip(parameters.map { ObjectIdentifier($0) }, values), uniquingKeysWith: { first, _ in first })
    }

    /// The pairs of the last step.
    public func pairs() throws -> [PairRow] {
        guard let extraction = records.last?.extraction, let positive = extraction.features.positiveRanks,
            let negative = extraction.features.negativeRanks
        else { return [] }
        let shares = tuner.lossFunc.readsInBatch ? nil : try self.shares(of: extraction.features)
        let (clicked, skipped) = (positive.doubles(), negative.doubles())
        let sign = tuner.featuresExtractor.isSimilarity ? 1.0 : -1.0
        let trust = zip(
            extraction.features.positiveConfidences?.doubles() ?? clicked.map { _ in 1 },
            extraction.features.negativeConfidences?.doubles() ?? clicked.map { _ in 1 }
        ).map { min($0, $1) }
        return extraction.pairs.indices.map { i in
            PairRow(
                pair: extraction.pairs[i], clickedRank: clicked[i], skippedRank: skipped[i], gap: sign * (clicked[i] - skipped[i]),
                confidence: trust[i], shareOfLoss: shares?.loss?[i], shareOfGradient: shares?.gradient?[i])
        }
    }

    /// Each pair's share of the loss and of the gradient; nil where the whole is 0 or not finite.
    private func shares(of features: FineTuningFeatures) throws -> (loss: [Double]?, gradient: [Double]?) {
        // The loss may draw random numbers: looking must not change the walk.
        let words = tuner.outerRandom?.words
        defer { if let words { tuner.outerRandom?.words = words } }
        var leaves = features
        leaves.positiveRanks = try features.positiveRanks?.requiringGrad()
        leaves.negativeRanks = try features.negativeRanks?.requiringGrad()
        let loss = try tuner.lossFunc.loss(leaves)
        if loss.requiresGrad { try loss.backward() }
        let parts = [leaves.positiveRanks, leaves.negativeRanks].compactMap { $0?.grad?.doubles() }
        let gradients = (0..<features.count).map { i in parts.reduce(0) { $0 + abs($1[i]) } }
        let alone = try noGrad { try (0..<features.count).map { try tuner.lossFunc.loss(features.only($0)).item() } }
        return (Self.normalized(alone), Self.normalized(gradients))
    }

    private static func normalized(_ values: [Double]) -> [Double]? {
        let sum = values.reduce(0, +)
        return sum.isFinite && sum != 0 ? values.map { $0 / sum } : nil
    }

    /// How the last step changed the ranking of a query's results: those of its first session in the last batch, or in any batch.
    ///
    /// Ties are broken by the order of the results. Throws when no batch holds the query.
    public func explain(query: String) throws -> [RankingRow] {
        guard position > 0, let batch = lastBatch else {
            throw FineTuningError(.value, "no step has been taken", help: "call next() first")
        }
        func session(in batch: [InputPair]) throws -> FineTuningInput? {
            for input in batch.flatMap({ [$0.notIrrelevant, $0.irrelevant] }).compactMap(\.self) {
                if try tuner.queryRetriever.modelInput(input.query) == query { return input }
            }
            return nil
        }
        guard let input = try session(in: batch) ?? batches.lazy.compactMap({ try? session(in: $0) }).first else {
            let queries = batch.compactMap { $0.notIrrelevant?.query.label.debugDescription }
            throw FineTuningError(
                .value, "no batch holds the query", found: query.debugDescription,
                help: "the last batch has \(queries.prefix(8).joined(separator: ", "))\(queries.count > 8 ? ", …" : "")")
        }
        let items = try tuner.itemsSets.dataset("train")
        func ranks() throws -> [String: Double] {
            try tuner.featuresExtractor.calculateRanks(input, items: items, retriever: tuner.queryRetriever)
        }
        let after = try ranks()
        let before = try with(stateBefore: position - 1, ranks)
        let sign = tuner.featuresExtractor.isSimilarity ? 1.0 : -1.0
        func places(_ ranks: [String: Double]) -> [String: Int] {
            let order = input.results.enumerated().sorted {
                let (a, b) = (sign * (ranks[$0.element] ?? 0), sign * (ranks[$1.element] ?? 0))
                return a == b ? $0.offset < $1.offset : a > b
            }
            return Dictionary(order.enumerated().map { ($1.element, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        }
        let (old, new) = (places(before), places(after))
        return input.results.sorted { (new[$0] ?? 0) < (new[$1] ?? 0) }.map { id in
            RankingRow(
                id: id, isClicked: input.events.contains(id), before: (old[id] ?? 0, before[id] ?? 0),
                after: (new[id] ?? 0, after[id] ?? 0))
        }
    }
}
