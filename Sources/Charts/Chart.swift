/// What is to be drawn: data, words and scales. Renderers (terminal, SVG) read it; they decide nothing about the data.
public struct Chart: Sendable {
    /// One curve or cloud of points.
    public struct Series: Sendable {
        public var name: String
        public var xs: [Double]
        public var ys: [Double]

        /// - Parameter xs: as long as `ys`; nil counts from 0.
        public init(name: String = "", xs: [Double]? = nil, ys: [Double]) {
            self.name = name
            self.xs = xs ?? ys.indices.map(Double.init)
            self.ys = ys
        }
    }

    public enum Content: Sendable {
        /// Points joined in their order; a value that is not finite leaves a gap.
        case lines([Series])
        case points([Series])
        /// One bar for each label, from zero.
        case bars(labels: [String], values: [Double])
        /// Counts of the values between neighbouring edges: one edge more than counts.
        case histogram(Histogram)
        /// Rows of cells, shaded from the least to the greatest value; labels may be empty.
        case heatmap(rows: [[Double]], rowLabels: [String], columnLabels: [String])
    }

    public var content: Content
    public var title = ""
    public var xLabel = ""
    public var yLabel = ""
    public var isLogX = false
    public var isLogY = false

    public init(_ content: Content) { self.content = content }

    /// Series of lines or points; none for other contents.
    var series: [Series] {
        switch content {
        case .lines(let series), .points(let series): series
        default: []
        }
    }

    /// A sentence about the values that no renderer can show; nil when all can be shown.
    var omission: String? {
        let missing: Int
        switch content {
        case .lines, .points:
            missing = series.reduce(0) { sum, one in
                sum + zip(one.xs, one.ys).count { !Scale.shows($0, logarithmic: isLogX) || !Scale.shows($1, logarithmic: isLogY) }
            }
        case .bars(_, let values): missing = values.count { !$0.isFinite }
        case .histogram(let histogram): missing = histogram.omitted
        case .heatmap(let rows, _, _): missing = rows.reduce(0) { $0 + $1.count { !$0.isFinite } }
        }
        guard missing > 0 else { return nil }
        let reason = isLogX || isLogY ? "not finite, or not above zero on a logarithmic axis" : "not finite"
        return missing == 1 ? "1 value is left out: \(reason)" : "\(missing) values are left out: \(reason)"
    }
}

/// Why a chart cannot be made or written.
public struct ChartError: Error, Equatable {
    public let message: String
    public let help: String?

    public init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }
}
