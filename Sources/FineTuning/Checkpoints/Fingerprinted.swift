import Models

/// A part of a training that says what it computes: another text when it is another function or has another setting.
public protocol Fingerprinted {
    var fingerprint: String { get }
}

/// What a part says of itself, or else how it is printed.
private func text(_ part: Any) -> String { (part as? any Fingerprinted)?.fingerprint ?? "\(part)" }

extension EmbeddingsFineTuner {
    /// The parts that decide what is trained and measured, by name, each as a text.
    var partFingerprints: [(name: String, value: String)] {
        let schedule = rateFactor.map { [("scheduler", text($0))] } ?? []
        return schedule + [
            ("model", text(model)), ("loss", text(lossFunc)), ("metrics", metricCalculators.map(text).joined(separator: ", ")),
            ("ranker", text(featuresExtractor.ranker) + (featuresExtractor.isSimilarity ? ", similarity" : ", distance")),
            ("confidence calculator", text(featuresExtractor.confidenceCalculator)),
            ("ranks aggregator", text(featuresExtractor.ranksAggregator)), ("clicks aggregator", text(featuresExtractor.clicksAggregator)),
            ("query retriever", text(queryRetriever)),
        ]
    }
}

// What models compute besides the values of their parameters, which are checked or restored by themselves.

extension EmbeddingModel: Fingerprinted {
    public var fingerprint: String {
        "\(dimension) dimensions, \(pooling) pooling\(normalizes ? ", normalised" : ""), max_length \(maxLength), "
            + "prefixes \(queryPrefix.debugDescription) and \(itemPrefix.debugDescription), dropout \(isTraining ? "on" : "off")"
    }
}

extension HeadModel: Fingerprinted {
    public var fingerprint: String { "\(text(encoder)), head \(headFingerprint)" }
}

extension TwoTowerModel: Fingerprinted {
    public var fingerprint: String {
        "queries: \(text(queryModel)); items: \(text(itemsModel))"
    }
}
