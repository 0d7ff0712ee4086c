/// Text broken into lines that fit a window.
enum TextLayout {
    /// A signature on one line, or broken behind the commas between its parameters.
    static func signature(_ text: String, width: Int) -> [String] {
        if Terminal.columns(text) < width { return [text] }
        var pieces = [""]
        var depth = 0
        for character in text {
            if "([{".contains(character) { depth += 1 } else if ")]}".contains(character) { depth -= 1 }
            // The blank behind a comma is where the line ends.
            if character == " ", depth == 1, pieces[pieces.count - 1].last == "," {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        return filled(pieces, width: width, hanging: 4)
    }

    /// Prose with its lines broken between words. A line that starts with a name and a gap goes on below what stands behind the gap.
    static func prose(_ text: String, indent: Int, width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            let line = String(repeating: " ", count: line.isEmpty ? 0 : indent) + line
            if Terminal.columns(line) < width { return [line] }
            let margin = line.prefix { $0 == " " }.count
            var hanging = margin
            if let gap = line.dropFirst(margin).firstRange(of: "   ") {
                let column = line.distance(from: line.startIndex, to: gap.lowerBound)
                hanging = column + line[gap.lowerBound...].prefix { $0 == " " }.count
            } else if let gap = line.dropFirst(margin).firstRange(of: "  ") {
                hanging = line.distance(from: line.startIndex, to: gap.upperBound)
            }
            let words = line.dropFirst(margin).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return filled(
                [String(repeating: " ", count: margin) + (words.first ?? "")] + words.dropFirst(), width: width,
                hanging: min(hanging, width / 2))
        }
    }

    /// The pieces with a blank between them, as many on a line as there is room for.
    private static func filled(_ pieces: [String], width: Int, hanging: Int) -> [String] {
        var lines: [String] = []
        for piece in pieces {
            if let last = lines.last, Terminal.columns(last) + 1 + Terminal.columns(piece) < width {
                lines[lines.count - 1] = last + " " + piece
            } else {
                lines.append((lines.isEmpty ? "" : String(repeating: " ", count: hanging)) + piece)
            }
        }
        return lines
    }
}
