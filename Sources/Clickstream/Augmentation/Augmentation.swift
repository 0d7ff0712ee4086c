/// Makes variants of a text, such as other cases or misspellings, to train on.
public protocol Augmentation {
    /// The variants, the text itself among them if it is one; random choices come from `random`.
    func transform(_ text: String, random: inout SeededRandom) throws -> [String]
}

/// How many of an augmentation's variants are taken.
public struct RandomSelection: Sendable {
    public let size: Double

    /// 1, or at least as many as there are, takes all; below 1 a share of them; otherwise that many. Throws unless positive.
    public init(size: Double = 1) throws(ClickstreamError) {
        guard size > 0, size.isFinite else {
            throw ClickstreamError(
                .value, "Selection size should be a positive value", found: "\(size)",
                help: "1.0 takes all variants, 0.5 half of them, 2 two of them")
        }
        self.size = size
    }

    /// All variants in order, or as many as asked for, drawn with replacement.
    public func select(_ variants: [String], random: inout SeededRandom) -> [String] {
        let count = Double(variants.count)
        if size == 1 || size >= count { return variants }
        let drawn = Int(size < 1 ? count * size : size)
        return (0..<drawn).map { _ in variants[random.below(variants.count)] }
    }
}

/// Takes some of the variants that a function makes of a text.
public struct AugmentationWithRandomSelection: Augmentation {
    private let selection: RandomSelection
    private let variants: (String) throws -> [String]

    public init(selectionSize: Double = 1, _ variants: @escaping (String) throws -> [String]) throws(ClickstreamError) {
        selection = try RandomSelection(size: selectionSize)
        self.variants = variants
    }

    public func transform(_ text: String, random: inout SeededRandom) throws -> [String] {
        selection.select(try variants(text), random: &random)
    }
}

/// A text as it is, in small letters, and in capitals.
public struct ChangeCases: Augmentation {
    private let selection: RandomSelection

    public init(selectionSize: Double = 1) throws(ClickstreamError) { selection = try RandomSelection(size: selectionSize) }

    public func transform(_ text: String, random: inout SeededRandom) -> [String] {
        selection.select([text, text.lowercased(), text.uppercased()], random: &random)
    }
}

/// Augmentations in a row, each applied to all that the one before it gave.
public struct AugmentationsComposition: Augmentation {
    private let selection: RandomSelection
    private let augmentations: [any Augmentation]

    public init(_ augmentations: [any Augmentation], selectionSize: Double = 1) throws(ClickstreamError) {
        selection = try RandomSelection(size: selectionSize)
        self.augmentations = augmentations
    }

    public func transform(_ text: String, random: inout SeededRandom) throws -> [String] {
        var variants = [text]
        for augmentation in augmentations {
            var next: [String] = []
            for variant in variants { next += try augmentation.transform(variant, random: &random) }
            variants = next
        }
        return selection.select(variants, random: &random)
    }
}
