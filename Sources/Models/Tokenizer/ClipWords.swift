import Foundation

/// How CLIP's tokenizer cleans a text and cuts it into words (openai/CLIP, simple_tokenizer.py; Hugging Face's CLIPTokenizer).
enum ClipWords {
    /// Recognised as a whole where a text says them in any case; see `split`.
    private static let markers = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }
    private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map { Array($0.unicodeScalars) }

    /// Canonical composition, then lower case character by character, which knows no final sigma.
    static func normalize(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var scalars = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        return String(scalars)
    }

    /// Calls `body` with the words of a normalised text: contractions, runs of letters, single digits, runs of anything else that is no
    /// white space. The markers of a text's ends, which lower-casing may have made, are three such words whatever comes after them.
    static func split(_ text: String, _ body: (String) -> Void) {
        let scalars = Array(text.unicodeScalars)
        func word(_ range: Range<Int>) {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            body(String(view))
        }
        var at = 0
        while at < scalars.count {
            let start = at
            if let marker = markers.first(where: { scalars[start...].starts(with: $0) }) {
                at += marker.count
                word(start..<start + 2)
                word(start + 2..<at - 2)
                word(at - 2..<at)
                continue
            }
            if scalars[at] == "'", let ending = contractions.first(where: { scalars[(start + 1)...].starts(with: $0) }) {
                at += 1 + ending.count
                word(start..<at)
                continue
            }
            let kind = Kind(scalars[at])
            at += 1
            if kind == .space { continue }
            if kind != .number { while at < scalars.count, Kind(scalars[at]) == kind { at += 1 } }
            word(start..<at)
        }
    }

    private enum Kind {
        case letter, number, space, other

        /// By the tables of Unicode 16, which the regular expressions of tokenizers 0.23 go by; compared with it code point by code point.
        /// (The exceptions: U+0F73, U+0F75 and U+0F81 twice in a row, whose marks Foundation does not put in order.)
        init(_ scalar: Unicode.Scalar) {
            if scalar.value >= 0x80, (scalar.properties.age?.major ?? 17) > 16 {
                self = .other
                return
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = scalar.properties.isWhitespace ? .space : .other
            }
        }
    }
}
