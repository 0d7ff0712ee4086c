import Foundation

/// Cuts a text into sentences. A block between lines of ``` stays whole, and a numbered list's line takes the sentence after it.
///
/// A sentence ends at `.`, `!`, `?` or `…` (closing quotes and brackets included) before white space, unless it is the stop of an
/// abbreviation or an initial, or the text goes on with a small letter; and at the end of its line.
public struct DummySentenceSplitter: ItemSplitter {
    public init() {}

    public func parts(of item: String) -> [String] {
        var blocks: [String] = []
        var current: [String] = []
        func close() {
            if !current.isEmpty { blocks.append(current.joined(separator: " ")) }
            current = []
        }
        for piece in Self.pieces(item) {
            switch piece {
            case .code(let text):
                close()
                blocks.append(text)
            case .line(let line) where line.firstMatch(of: /^\d+\.\s/) != nil:
                close()
                current = [line]
            case .line(let line):
                var sentences = Self.sentences(of: line)
                if !current.isEmpty, !sentences.isEmpty {
                    current.append(sentences.removeFirst())
                    close()
                }
                blocks += sentences
            }
        }
        close()
        return blocks
    }

    private enum Piece {
        case code(String)
        case line(String)
    }

    /// Code blocks, and the lines around them; a block that is never closed is plain lines.
    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        let lines = text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        var index = 0
        while index < lines.count {
            if lines[index].wholeMatch(of: /```[a-zA-Z]*/) != nil,
                let end = lines[(index + 1)...].firstIndex(where: { $0.hasPrefix("```") })
            {
                pieces.append(.code(lines[index...end].joined(separator: "\n")))
                index = end + 1
            } else {
                pieces.append(.line(lines[index]))
                index += 1
            }
        }
        return pieces
    }

    /// Sentences of one line, without the white space around them.
    static func sentences(of line: String) -> [String] {
        var sentences: [String] = []
        var start = line.startIndex
        var index = line.startIndex
        func take(to end: String.Index) {
            let sentence = line[start..<end].trimmingCharacters(in: .whitespaces)
            if !sentence.isEmpty { sentences.append(sentence) }
            start = end
        }
        while index < line.endIndex {
            guard ".!?…".contains(line[index]) else {
                index = line.index(after: index)
                continue
            }
            var end = line.index(after: index)
            while end < line.endIndex, ".!?…\"'”’»)]".contains(line[end]) { end = line.index(after: end) }
            if ends(line, at: index, after: end, from: start) { take(to: end) }
            index = end
        }
        take(to: line.endIndex)
        return sentences
    }

    /// Whether the stop at `index` ends a sentence that began at `start`; `end` is behind it and what closes with it.
    private static func ends(_ line: String, at index: String.Index, after end: String.Index, from start: String.Index) -> Bool {
        guard end < line.endIndex, line[end].isWhitespace else { return false }
        guard let next = line[end...].first(where: { !$0.isWhitespace }) else { return true }
        if next.isLowercase { return false }
        guard line[index] == ".", line.index(after: index) == end else { return true }
        let word = line[start..<index].split(whereSeparator: { $0.isWhitespace || "(\"'".contains($0) }).last ?? ""
        let isInitial = word.count == 1 && word.first?.isUppercase == true
        return !isInitial && !abbreviations.contains(word.lowercased())
    }

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "e.g", "i.e", "etc", "cf", "al", "fig", "no", "vol", "approx", "dept",
        "inc", "ltd", "co", "corp", "est", "min", "max", "p", "pp", "u.s", "u.k",
    ]
}
