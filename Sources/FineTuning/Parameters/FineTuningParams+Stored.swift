extension FineTuningParams {
    /// Reads parameters back from the texts that a run store holds: numbers as Python writes them, lists as "1, 11" or by their names.
    ///
    /// Fields that are not parameters are passed over; one that is missing or cannot be read is named.
    public init(stored: [String: String]) throws(FineTuningError) {
        func text(_ name: String) throws(FineTuningError) -> String {
            guard let text = stored[name] else { throw FineTuningError(.value, "the stored run has no parameter \(name)") }
            return text
        }
        func unreadable(_ name: String, _ text: String) -> FineTuningError {
            FineTuningError(.value, "the stored run's parameter cannot be read", found: "'\(text)'", place: name)
        }
        func number(_ name: String, _ missing: Double? = nil) throws(FineTuningError) -> Double {
            if let missing, stored[name] == nil { return missing }
            let text = try text(name)
            guard let value = Double(text) else { throw unreadable(name, text) }
            return value
        }
        let layers = try text("num_fixed_layers")
        guard let numFixedLayers = Int(layers) else { throw unreadable("num_fixed_layers", layers) }
        let irrelevant = try text("not_irrelevant_only")
        guard let notIrrelevantOnly = ["True": true, "true": true, "1": true, "False": false, "false": false, "0": false][irrelevant] else {
            throw unreadable("not_irrelevant_only", irrelevant)
        }
        var order: [ExamplesType] = []
        let names = stored["examples_order"] ?? "ExamplesType.all_examples"
        for part in names.split(separator: ",") {
            let name = part.split(separator: ".").last.map { String($0.filter { !$0.isWhitespace }) } ?? ""
            guard let type = ExamplesType.allCases.first(where: { $0.name == name || String($0.rawValue) == name }) else {
                throw unreadable("examples_order", names)
            }
            order.append(type)
        }
        try self.init(
            numFixedLayers: numFixedLayers, queryLR: try number("query_lr"), itemsLR: try number("items_lr"),
            queryWeightDecay: try number("query_weight_decay"), itemsWeightDecay: try number("items_weight_decay"),
            margin: try number("margin"), notIrrelevantOnly: notIrrelevantOnly, negativeDownsampling: try number("negative_downsampling"),
            minAbsDifferenceThreshold: try number("min_abs_difference_threshold", 0),
            maxAbsDifferenceThreshold: try number("max_abs_difference_threshold", 1), examplesOrder: order)
    }
}
