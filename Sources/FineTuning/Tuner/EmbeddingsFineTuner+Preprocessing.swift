import Clickstream

extension EmbeddingsFineTuner {
    /// Fills in ranks: every input with a missing rank gets all of its ranks from the current model, in place. Notes the training clicks.
    ///
    /// `progress` is called with the texts of the split encoded and to encode; what it throws ends the work.
    public func preprocessInputs(
        _ clickstream: DatasetDict<PairedFineTuningInputsDataset>,
        progress: (_ split: String, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in }
    ) throws {
        if let train = clickstream["train"] { try addClicks(of: train) }
        for (key, dataset) in clickstream.entries {
            let inputs = dataset.inputs.filter { $0.lacksRanks && !$0.results.isEmpty }
            try featuresExtractor.rankAll(
                inputs, items: itemsSets.dataset(key), retriever: queryRetriever, progress: { try progress(key, $0, $1) }
            ) { input, ranks in try input.setRanks(ranks.mapValues { $0 }) }
        }
        if totalSteps == nil, let settings, let pairs = clickstream["train"]?.count { totalSteps = settings.totalSteps(pairs: pairs) }
    }

    /// Adds the clicks of training data to the graph of known positives, which in-batch losses do not take as negatives.
    public func addClicks(of dataset: PairedFineTuningInputsDataset) throws {
        for input in dataset.notIrrelevant {
            featuresExtractor.clickGraph.add(
                query: try queryRetriever.modelInput(input.query), objects: input.events.map(input.objectID(of:)))
        }
    }
}
