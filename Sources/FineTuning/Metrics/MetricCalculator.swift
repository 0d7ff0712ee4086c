import Clickstream

/// Measures a batch without gradient.
public protocol MetricCalculator {
    /// The metrics of a batch of pairs, either side of which may be missing.
    ///
    /// Ranks come from the extractor; while several calculators measure one batch, it encodes the batch's texts once for all of them.
    func metrics(
        of batch: [InputPair], extractor: FeaturesExtractor, items: ItemsSet, retriever: any QueryRetriever
    ) throws -> [MetricValue]
}
