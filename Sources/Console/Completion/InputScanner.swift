/// Where the end of an unfinished text stands: inside which brackets, in a string, in a comment.
///
/// It reads what people are in the middle of typing, so it never fails: a stray closing bracket is passed over.
struct InputScanner: Equatable {
    struct Bracket: Equatable {
        let character: Character
        /// Where it is, in scalars from the start.
        let offset: Int
        /// Top-level commas since, which tell the argument's position.
        var commas = 0
    }

    var brackets: [Bracket] = []
    /// The open string: its quote (`"`, `'`, or three of them) and where its text starts.
    var string: (quote: String, start: Int)?
    var isComment = false
    let scalars: [Unicode.Scalar]

    static func == (left: InputScanner, right: InputScanner) -> Bool {
        left.brackets == right.brackets && left.string?.start == right.string?.start && left.isComment == right.isComment
            && left.scalars == right.scalars
    }

    static func scan(_ text: String) -> InputScanner {
        var scanner = InputScanner(scalars: Array(text.unicodeScalars))
        scanner.run()
        return scanner
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    /// The text of the open string so far.
    var stringText: String? {
        string.map { String(String.UnicodeScalarView(scalars[$0.start...])) }
    }

    /// What closes the open brackets.
    var closers: String { Self.closers(of: brackets) }

    private static func closers(of brackets: some BidirectionalCollection<Bracket>) -> String {
        String(brackets.reversed().map { $0.character == "(" ? ")" : $0.character == "[" ? "]" : "}" })
    }

    /// What stands before the innermost open round bracket: by itself, with all of the text before it, and what closes that text's brackets.
    var callee: (text: String, statement: String, closers: String)? {
        guard let index = brackets.lastIndex(where: { $0.character == "(" }) else { return nil }
        let text = Self.operand(endingAt: brackets[index].offset, of: scalars)
        guard !text.isEmpty else { return nil }
        return (text, String(String.UnicodeScalarView(scalars[..<brackets[index].offset])), Self.closers(of: brackets[..<index]))
    }

    /// The expression that ends at `end`: names, dots, and brackets with all that is in them. Empty if there is none.
    static func operand(endingAt end: Int, of scalars: [Unicode.Scalar]) -> String {
        var start = end
        var depth = 0
        while start > 0 {
            let scalar = scalars[start - 1]
            switch scalar {
            case ")", "]", "}": depth += 1
            case "(", "[", "{":
                if depth == 0 { return String(String.UnicodeScalarView(scalars[start..<end])) }
                depth -= 1
            case "\"", "'":
                // A text ends here: on to where it begins.
                var open = start - 2
                while open >= 0, scalars[open] != scalar || open > 0 && scalars[open - 1] == "\\" { open -= 1 }
                guard open >= 0 else { return "" }
                start = open + 1
            default:
                let belongs = scalar == "_" || scalar == "." || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                if depth == 0, !belongs { return String(String.UnicodeScalarView(scalars[start..<end])) }
            }
            start -= 1
        }
        return depth == 0 ? String(String.UnicodeScalarView(scalars[..<end])) : ""
    }

    private mutating func run() {
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if let open = string {
                if scalar == "\\" {
                    index += 2
                    continue
                }
                if matches(open.quote, at: index) {
                    string = nil
                    index += open.quote.unicodeScalars.count
                    continue
                }
                // A line end closes a string that was forgotten, so that the rest is still read.
                if scalar == "\n", open.quote.count == 1 { string = nil }
                index += 1
                continue
            }
            if isComment {
                if scalar == "\n" { isComment = false }
                index += 1
                continue
            }
            switch scalar {
            case "#": isComment = true
            case "\"", "'":
                let mark = Character(scalar)
                let triple = String(repeating: mark, count: 3)
                let quote = matches(triple, at: index) ? triple : String(mark)
                index += quote.count
                string = (quote, index)
                continue
            case "(", "[", "{": brackets.append(Bracket(character: Character(scalar), offset: index))
            case ")", "]", "}":
                if let last = brackets.last, last.character == Self.opening(scalar) { brackets.removeLast() }
            case ",":
                if !brackets.isEmpty { brackets[brackets.count - 1].commas += 1 }
            default: break
            }
            index += 1
        }
    }

    private func matches(_ text: String, at index: Int) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return index + wanted.count <= scalars.count && scalars[index..<(index + wanted.count)].elementsEqual(wanted)
    }

    private static func opening(_ scalar: Unicode.Scalar) -> Character {
        scalar == ")" ? "(" : scalar == "]" ? "[" : "{"
    }
}
