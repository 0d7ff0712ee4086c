import Foundation

extension SessionReport: CustomStringConvertible {
    /// The report as a few lines of text.
    public var description: String {
        var lines = [
            "\(sessions) sessions, \(queries) distinct queries, \(results) results, \(clicks) clicks",
            "\(trainable) can train",
        ]
        for obstacle in Obstacle.allCases {
            if let count = obstacles[obstacle] { lines.append("\(count) cannot: \(obstacle.rawValue)" + note(obstacle)) }
        }
        if withoutRanks > 0 { lines.append("\(withoutRanks) lack ranks (preprocess_inputs computes them)") }
        if duplicates > 0 { lines.append("\(duplicates) repeat an earlier session") }
        if strayEvents > 0 { lines.append("\(strayEvents) events are not among their session's results") }
        if let unknownIDs, unknownIDs.ids > 0 {
            lines.append("\(unknownIDs.ids) result ids in \(unknownIDs.sessions) sessions have no item:")
            lines += unknownIDs.examples.map { "    '\($0.id)' in \($0.place)" }
        }
        if let repeatedItems, repeatedItems > 0 { lines.append("\(repeatedItems) item ids have several rows") }
        if !shown.isEmpty { lines.append("click rate by position: " + rates) }
        return lines.joined(separator: "\n")
    }

    private func note(_ obstacle: Obstacle) -> String {
        obstacle == .noClick ? " (they still lend negatives when not_irrelevant_only is false)" : ""
    }

    private var rates: String {
        let first = shown.indices.prefix(10).map { position in
            clickRate(at: position).map { "\(position + 1): " + String(format: "%.3f", $0) } ?? "\(position + 1): -"
        }
        return first.joined(separator: "  ") + (shown.count > 10 ? "  … \(shown.count) positions" : "")
    }
}
