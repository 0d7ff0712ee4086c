/// The hyper-parameters of one run, checked when made and fixed from then on.
public struct FineTuningParams: Hashable, Sendable {
    /// Encoder layers kept fixed, besides the embeddings.
    public let numFixedLayers: Int
    public let queryLR: Double
    public let itemsLR: Double
    public let queryWeightDecay: Double
    public let itemsWeightDecay: Double
    /// Gap of ranks that the loss asks for.
    public let margin: Double
    /// Whether clickless sessions are left out of the loss.
    public let notIrrelevantOnly: Bool
    /// Share of a session's unclicked objects that is kept; the extractor checks the range.
    public let negativeDownsampling: Double
    /// Pairs train only while their gap is strictly between these.
    public let minAbsDifferenceThreshold: Double
    public let maxAbsDifferenceThreshold: Double
    public let examplesOrder: [ExamplesType]

    /// Checks every number and names the first that is out of range.
    public init(
        numFixedLayers: Int, queryLR: Double, itemsLR: Double, queryWeightDecay: Double, itemsWeightDecay: Double, margin: Double,
        notIrrelevantOnly: Bool, negativeDownsampling: Double, minAbsDifferenceThreshold: Double = 0, maxAbsDifferenceThreshold: Double = 1,
        examplesOrder: [ExamplesType] = [.allExamples]
    ) throws(FineTuningError) {
        guard numFixedLayers >= 0 else {
            throw FineTuningError(.value, "\(numFixedLayers) must be a non-negative integer", place: "num_fixed_layers")
        }
        for (name, rate) in [("query_lr", queryLR), ("items_lr", itemsLR)] where !(rate > 0 && rate.isFinite) {
            throw FineTuningError(
                .value, "\(PythonText.of(rate)) must be a positive float", place: name, help: "1e-5 to 5e-4 are usual")
        }
        let others = [("query_weight_decay", queryWeightDecay), ("items_weight_decay", itemsWeightDecay), ("margin", margin)]
        for (name, value) in others where !(value >= 0 && value.isFinite) {
            throw FineTuningError(.value, "\(PythonText.of(value)) must be a non-negative float", place: name)
        }
        self.numFixedLayers = numFixedLayers
        self.queryLR = queryLR
        self.itemsLR = itemsLR
        self.queryWeightDecay = queryWeightDecay
        self.itemsWeightDecay = itemsWeightDecay
        self.margin = margin
        self.notIrrelevantOnly = notIrrelevantOnly
        self.negativeDownsampling = negativeDownsampling
        self.minAbsDifferenceThreshold = minAbsDifferenceThreshold
        self.maxAbsDifferenceThreshold = maxAbsDifferenceThreshold
        self.examplesOrder = examplesOrder
    }

    /// Fields with their values as texts, sorted by name.
    public var fields: [(name: String, value: String)] {
        [
            ("examples_order", examplesOrder.map { "ExamplesType." + $0.name }.joined(separator: ",")),
            ("items_lr", PythonText.of(itemsLR)),
            ("items_weight_decay", PythonText.of(itemsWeightDecay)),
            ("margin", PythonText.of(margin)),
            ("max_abs_difference_threshold", PythonText.of(maxAbsDifferenceThreshold)),
            ("min_abs_difference_threshold", PythonText.of(minAbsDifferenceThreshold)),
            ("negative_downsampling", PythonText.of(negativeDownsampling)),
            ("not_irrelevant_only", PythonText.of(notIrrelevantOnly)),
            ("num_fixed_layers", String(numFixedLayers)),
            ("query_lr", PythonText.of(queryLR)),
            ("query_weight_decay", PythonText.of(queryWeightDecay)),
        ]
    }

    /// SHA-256 of the description: the name of the run that trains with these parameters.
    public var id: String { SHA256.hexadecimal(of: description.utf8) }
}

extension FineTuningParams: CustomStringConvertible {
    /// "key: value" of all fields sorted by key, joined by " / ".
    public var description: String { fields.map { "\($0.name): \($0.value)" }.joined(separator: " / ") }
}
