import Clickstream

/// What is told of a step that gave a value that is not finite.
extension StepThrough {
    /// The error of a step that was undone: what the repetition under watch found (operation, operands, parameter), and the batch's sessions.
    func report(_ error: FineTuningError) -> FineTuningError {
        let sessions = batches[position].compactMap(\.notIrrelevant).map { "\($0.query.label.debugDescription) (\($0.place))" }
        let more = sessions.count > 5 ? " and \(sessions.count - 5) more" : ""
        return FineTuningError(
            .numeric, "step \(position) gave a value that is not finite and was undone", found: error.message,
            place: "sessions " + sessions.prefix(5).joined(separator: ", ") + more, help: error.help)
    }
}
