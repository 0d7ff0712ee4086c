import Text

/// Makes the catalogues of a task: train and test items out of one data set, augmented, preprocessed, and cut into parts as asked.
public struct ItemSetManager {
    /// Records of items: all of them, or already split.
    public enum Dataset {
        case records([JSONObject])
        case split(DatasetDict<[JSONObject]>)
    }

    private let preprocessor: ItemsPreprocessor
    private let itemsSetSplitter: ItemsSetSplitter?
    private let augmenter: ItemsSetAugmentationApplier?
    private let doAugmentTest: Bool
    private let doAugmentationBeforePreprocess: Bool

    /// - Parameters:
    ///   - itemsSetSplitter: cuts items into parts, last of all.
    ///   - augmenter: adds variants of the train items, and of the test items if `doAugmentTest`.
    ///   - doAugmentationBeforePreprocess: augments the records' texts rather than what preprocessing makes of them.
    /// - Throws: a value error when records have no one text that could be augmented before preprocessing.
    public init(
        preprocessor: ItemsPreprocessor, itemsSetSplitter: ItemsSetSplitter? = nil, augmenter: ItemsSetAugmentationApplier? = nil,
        doAugmentTest: Bool = false, doAugmentationBeforePreprocess: Bool = true
    ) throws(ClickstreamError) {
        if augmenter != nil, doAugmentationBeforePreprocess, preprocessor.itemFieldName == nil {
            throw ClickstreamError(
                .value, "these items have no text before they are preprocessed", help: "set do_augmentation_before_preprocess to false")
        }
        self.preprocessor = preprocessor
        self.itemsSetSplitter = itemsSetSplitter
        self.augmenter = augmenter
        self.doAugmentTest = doAugmentTest
        self.doAugmentationBeforePreprocess = doAugmentationBeforePreprocess
    }

    /// The catalogues and the sessions that go with them, whose results are parts if items were split.
    public func callAsFunction(
        _ dataset: Dataset, _ clickstream: DatasetDict<PairedFineTuningInputsDataset>
    ) throws -> (items: DatasetDict<ItemsSet>, clickstream: DatasetDict<PairedFineTuningInputsDataset>) {
        let train = try clickstream.dataset("train")
        let test = try clickstream.dataset("test")
        guard train.count > 0 else { throw ClickstreamError(.value, "Train clickstream is empty") }
        guard test.count > 0 else { throw ClickstreamError(.value, "Test clickstream is empty") }
        var items = DatasetDict<ItemsSet>()
        for (key, records) in try split(dataset, ["train": train, "test": test]).entries {
            items[key] = try prepared(records, isTrain: key == "train")
        }
        guard let itemsSetSplitter else { return (items, clickstream) }
        return try itemsSetSplitter.split(items, clickstream)
    }

    /// Records by split: those whose ids a split's sessions show. An item may be in both.
    private func split(
        _ dataset: Dataset, _ sessions: KeyValuePairs<String, PairedFineTuningInputsDataset>
    ) throws(ClickstreamError) -> DatasetDict<[JSONObject]> {
        guard case .records(let records) = dataset else {
            if case .split(let split) = dataset { return split }
            return DatasetDict()
        }
        var split = DatasetDict<[JSONObject]>()
        for (key, inputs) in sessions {
            let seen = inputs.irrelevantIDs.union(inputs.notIrrelevantIDs)
            split[key] = records.filter { record in
                guard let id = record[preprocessor.idFieldName] else { return false }
                return seen.contains(id.stringValue ?? id.description)
            }
        }
        return split
    }

    private func prepared(_ records: [JSONObject], isTrain: Bool) throws -> ItemsSet {
        guard let augmenter, isTrain || doAugmentTest else { return try preprocessor.itemsSet(records) }
        guard doAugmentationBeforePreprocess, let field = preprocessor.itemFieldName else {
            return try augmenter.apply(preprocessor.itemsSet(records))
        }
        // Augmented as a catalogue of raw texts, each of which becomes a record again.
        let raw = try ItemsPreprocessor.text(itemFieldName: field, idFieldName: preprocessor.idFieldName).itemsSet(records)
        let augmented = try augmenter.apply(raw).rows.map { row in
            JSONObject([(preprocessor.idFieldName, .string(row.id)), (field, .string(row.item.description))])
        }
        return try preprocessor.itemsSet(augmented)
    }
}
