/// How text looks in a terminal: blanks for tabs, signs for control characters, two columns for wide characters.
package enum DisplayWidth {
    static let tab = "    "

    /// `text` with what would move or confuse the cursor made visible.
    package static func visible(_ text: some StringProtocol, keepsNewlines: Bool = false) -> String {
        // Most text has nothing to replace.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: result.append(contentsOf: tab.unicodeScalars)
            case 0x0A where keepsNewlines: result.append(scalar)
            case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
            case 0x7F: result.append("\u{2421}")
            // C1 controls, line separators and marks that turn the direction of text around.
            case 0x80..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The number of columns that `text` takes, as `visible` shows it.
    package static func columns(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.reduce(0) { $0 + ($1 == 0x09 ? tab.utf8.count : 1) } }
        return text.reduce(0) { $0 + columns($1) }
    }

    /// The longest start of `text` that fits in `columns`.
    package static func clip(_ text: String, columns limit: Int) -> String {
        var used = 0
        return String(
            text.prefix {
                used += columns($0)
                return used <= limit
            })
    }

    /// `text` cut to `columns`, the cut marked.
    package static func shortened(_ text: String, columns limit: Int) -> String {
        columns(text) > limit ? clip(text, columns: limit - 1) + "…" : text
    }

    /// `text` filled up with blanks to `columns`, after it or before it.
    package static func padded(_ text: String, columns limit: Int, right: Bool = false) -> String {
        let filler = String(repeating: " ", count: max(0, limit - columns(text)))
        return right ? filler + text : text + filler
    }

    private static func columns(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first == "\t" { return tab.utf8.count }
        if first.isASCII, character.unicodeScalars.count == 1 { return 1 }
        if character.unicodeScalars.contains(where: { isWide($0) || $0.value == 0xFE0F }) { return 2 }
        switch first.properties.generalCategory {
        // Control and format characters that `visible` replaces take a column; joiners alone take none.
        case .nonspacingMark, .enclosingMark: return 0
        case .format: return first.value == 0x200B || first.value == 0x200D || first.value == 0x2060 ? 0 : 1
        default: return 1
        }
    }

    /// East Asian wide and full-width characters (Unicode Standard Annex 11) and emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2329, 0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F1E6...0x1F1FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: scalar.value > 0x2000 && scalar.properties.isEmojiPresentation
        }
    }
}
