/// A text as it is, and once for each error rate with typing mistakes in that share of its words.
///
/// A mistake is, with equal chances: keys beside the right ones (each letter with a chance of 10 %), a letter left out, two letters in
/// the wrong order, a letter too many, a space inside the word, or none after it.
public struct Misspellings: Augmentation {
    public let errorRates: [Double]
    private let selection: RandomSelection

    /// Throws unless every rate is from 0 to 1.
    public init(selectionSize: Double = 1, errorRates: [Double] = [0.1, 0.2]) throws(ClickstreamError) {
        if let rate = errorRates.first(where: { !(0...1).contains($0) }) {
            throw ClickstreamError(.value, "error_rates should be from 0.0 to 1.0", found: "\(rate)")
        }
        self.errorRates = errorRates
        selection = try RandomSelection(size: selectionSize)
    }

    public func transform(_ text: String, random: inout SeededRandom) -> [String] {
        var variants = [text]
        for rate in errorRates { variants.append(Self.misspelt(text, rate: rate, random: &random)) }
        return selection.select(variants, random: &random)
    }

    /// The text with mistakes in its words, each with a chance of `rate`; what stands between words stays, but for a dropped space.
    static func misspelt(_ text: String, rate: Double, random: inout SeededRandom) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            guard isWordPart(first) else {
                result.append(first)
                rest.removeFirst()
                continue
            }
            let word = rest.prefix(while: isWordPart)
            rest = rest[word.endIndex...]
            guard random.uniform() < rate else {
                result += word
                continue
            }
            let kind = random.below(6)
            result += mistake(kind, in: Array(word), &random)
            if kind == 5, rest.first == " " { rest.removeFirst() }
        }
        return result
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "'" || character == "’"
    }

    private static func mistake(_ kind: Int, in word: [Character], _ random: inout SeededRandom) -> String {
        var word = word
        switch kind {
        case 0:
            for place in word.indices where random.uniform() < 0.1 {
                if let neighbour = neighbour(of: word[place], &random) { word[place] = neighbour }
            }
        case 1: word.remove(at: random.below(word.count))
        case 2 where word.count > 1:
            let place = random.below(word.count - 1)
            word.swapAt(place, place + 1)
        case 3: word.insert(letters[random.below(letters.count)], at: random.below(word.count + 1))
        case 4 where word.count > 1: word.insert(" ", at: 1 + random.below(word.count - 1))
        default: break
        }
        return String(word)
    }

    private static func neighbour(of key: Character, _ random: inout SeededRandom) -> Character? {
        guard let lower = key.lowercased().first else { return nil }
        for (row, keys) in keyboard.enumerated() {
            guard let column = keys.firstIndex(of: lower) else { continue }
            // Each row stands a little to the right of the one above it.
            let places = [
                (row, column - 1), (row, column + 1), (row - 1, column), (row - 1, column + 1), (row + 1, column - 1), (row + 1, column),
            ]
            let near = places.filter { keyboard.indices.contains($0.0) && keyboard[$0.0].indices.contains($0.1) }
            let place = near[random.below(near.count)]
            let neighbour = keyboard[place.0][place.1]
            return key.isUppercase ? Character(neighbour.uppercased()) : neighbour
        }
        return nil
    }

    private static let keyboard = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"].map { Array($0) }
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")
}
