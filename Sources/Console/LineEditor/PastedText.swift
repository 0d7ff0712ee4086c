/// Makes pasted text what its author typed: line ends normalised, prompts and results of a copied transcript taken out.
enum PastedText {
    static let prompt = "eft> "
    static let continuation = "...> "

    static func clean(_ text: String) -> String {
        let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        var lines = unified.split(separator: "\n", omittingEmptySubsequences: false)
        if let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), startsTranscript(first) {
            lines = lines.compactMap(typedPart)
        }
        var result = lines.joined(separator: "\n")
        while result.last == "\n" { result.removeLast() }
        // Other control characters would be drawn and stored as such; none has a meaning in a statement.
        result.unicodeScalars.removeAll { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x7F }
        return result
    }

    private static func startsTranscript(_ line: Substring) -> Bool { typedPart(line) != nil && line.hasPrefix("eft>") }

    /// What was typed on a line of a transcript; nil for a line that the program printed.
    private static func typedPart(_ line: Substring) -> Substring? {
        for mark in [prompt, continuation] {
            if line.hasPrefix(mark) { return line.dropFirst(mark.count) }
            if line == mark.dropLast() { return "" }
        }
        return nil
    }
}
