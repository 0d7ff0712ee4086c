/// A part of a training that says what it computes: another text when it is another function or has another setting.
public protocol Fingerprinted {
    var fingerprint: String { get }
}

extension EmbeddingsFineTuner {
    /// The parts that decide what is trained and measured, by name, each as a text.
    var partFingerprints: [(name: String, value: String)] {
        func text(_ part: Any) -> String { (part as? any Fingerprinted)?.fingerprint ?? "\(part)" }
        return [
            ("loss", text(lossFunc)), ("metrics", metricCalculators.map(text).joined(separator: ", ")),
            ("ranker", text(featuresExtractor.ranker) + (featuresExtractor.isSimilarity ? ", similarity" : ", distance")),
            ("confidence calculator", text(featuresExtractor.confidenceCalculator)),
            ("ranks aggregator", text(featuresExtractor.ranksAggregator)), ("clicks aggregator", text(featuresExtractor.clicksAggregator)),
            ("query retriever", text(queryRetriever)),
        ]
    }
}
