/// A curve in one line of block characters.
public enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// `values` averaged into at most `columns` columns, scaled from their least to their greatest; a gap where none is finite.
    public static func text(_ values: [Double], columns: Int) -> String {
        guard !values.isEmpty, columns > 0 else { return "" }
        let count = min(columns, values.count)
        let means: [Double?] = (0..<count).map { column in
            let part = values[(column * values.count / count)..<((column + 1) * values.count / count)].filter(\.isFinite)
            return part.isEmpty ? nil : part.reduce(0) { $0 + $1 / Double(part.count) }
        }
        let known = means.compactMap { $0 }
        guard let low = known.min(), let high = known.max() else { return String(repeating: " ", count: count) }
        return String(
            means.map { mean in
                guard let mean else { return " " }
                guard high > low else { return blocks[3] }
                let level = (mean / 2 - low / 2) / (high / 2 - low / 2) * Double(blocks.count - 1)
                return blocks[min(blocks.count - 1, max(0, Int(level.rounded())))]
            })
    }
}
