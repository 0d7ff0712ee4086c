import Foundation

/// The shapes of an SVG document. The origin is the upper left corner; numbers are points.
struct SVGPage {
    enum Anchor: String { case start, middle, end }

    private let width: Int
    private let height: Int
    private let fontSize: Double
    private var shapes: [String] = []

    init(width: Int, height: Int, fontSize: Double) {
        self.width = width
        self.height = height
        self.fontSize = fontSize
    }

    var document: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
        font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="\(Self.number(fontSize))">
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(shapes.joined(separator: "\n"))
        </svg>

        """
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String) {
        shapes.append(#"<path d="M\#(Self.pair(x1, y1))L\#(Self.pair(x2, y2))" stroke="\#(colour)" fill="none"/>"#)
    }

    mutating func polyline(_ places: [(x: Double, y: Double)], _ colour: String) {
        guard let first = places.first else { return }
        if places.count == 1 { return circle(first.x, first.y, colour) }
        let path = places.map { Self.pair($0.x, $0.y) }.joined(separator: " ")
        shapes.append(#"<polyline points="\#(path)" stroke="\#(colour)" stroke-width="1.5" stroke-linejoin="round" fill="none"/>"#)
    }

    mutating func circle(_ x: Double, _ y: Double, _ colour: String) {
        shapes.append(#"<circle cx="\#(Self.number(x))" cy="\#(Self.number(y))" r="2.5" fill="\#(colour)"/>"#)
    }

    mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ colour: String) {
        shapes.append(
            #"<rect x="\#(Self.number(x))" y="\#(Self.number(y))" width="\#(Self.number(width))" height="\#(Self.number(height))" "#
                + #"fill="\#(colour)"/>"#)
    }

    mutating func label(
        _ text: String, _ x: Double, _ y: Double, anchor: Anchor, size: Double? = nil, turned: Bool = false, colour: String = "#222222"
    ) {
        guard !text.isEmpty else { return }
        let turn = turned ? #" transform="rotate(-90 \#(Self.pair(x, y, separator: " ")))""# : ""
        let font = size.map { #" font-size="\#(Self.number($0))""# } ?? ""
        shapes.append(
            #"<text x="\#(Self.number(x))" y="\#(Self.number(y))" text-anchor="\#(anchor.rawValue)" fill="\#(colour)"\#(font)\#(turn)>"#
                + "\(Self.escaped(text))</text>")
    }

    private static func pair(_ x: Double, _ y: Double, separator: String = ",") -> String { number(x) + separator + number(y) }

    /// Two decimals, without trailing zeros.
    private static func number(_ value: Double) -> String {
        let text = String(format: "%.2f", value.isFinite ? value : 0)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    /// Text as XML 1.0 allows it: marks escaped, control characters left out.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
