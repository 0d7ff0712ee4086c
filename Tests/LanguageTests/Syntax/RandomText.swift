/// Reproducible random numbers (SplitMix64, Steele et al. 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Random sources: noise, and soups of tokens that look more like programs.
enum RandomText {
    private static let words = [
        "fn", "if", "else", "for", "in", "while", "return", "break", "continue", "true", "false", "none", "and", "or", "not", "is",
        "import",
        "from", "as", "raise", "try", "catch", "finally", "assert", "param", "struct", "test", "def", "class", "lambda", "elif", "except",
        "x", "y",
        "f", "print", "None", "1", "2.5", "0x1F", "9223372036854775808", "'a'", "\"b\"", "\"\"\"c\nd\"\"\"", "f'", "f\"{", "f'''", "r'",
        "'", "\"", "\"\"\"",
        "{{", "}}", "!r", ":>4", "(", ")", "[", "]", "{", "}", "(", ")", "{", "}", ",", ".", "...", ":", ";", "?", "->", "=>", "|>", "=",
        "+=", "**=", "+",
        "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "~", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", ":=", "\\",
        "\\\n",
        "\n", "\n", "\n    ", "\r\n", "\t", " ", "# c\n", "## d\n", "# %% e\n", "é", "名", "👟", "\u{FEFF}", "\0", "$", "`", "…", "“",
    ]

    static func soup(_ generator: inout SplitMix64) -> String {
        let count = Int.random(in: 0...60, using: &generator)
        let spaced = Bool.random(using: &generator)
        return (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: spaced ? " " : "")
    }

    static func noise(_ generator: inout SplitMix64) -> [UInt8] {
        let printable = Bool.random(using: &generator)
        return (0..<Int.random(in: 0...80, using: &generator)).map { _ in
            printable ? UInt8.random(in: 0x20...0x7E, using: &generator) : UInt8.random(in: 0...255, using: &generator)
        }
    }

    /// A program with some of its bytes changed, dropped or doubled.
    static func mutated(_ program: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
        var bytes = program
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.remove(at: index)
            case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.insert(bytes[index], at: index)
            default:
                let word = words.randomElement(using: &generator) ?? ""
                bytes.insert(contentsOf: Array(word.utf8), at: index)
            }
        }
        return bytes
    }
}
