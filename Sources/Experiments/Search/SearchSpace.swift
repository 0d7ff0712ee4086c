import Foundation

/// The values that one hyper-parameter may take.
public enum SearchDimension: Sendable, Equatable {
    /// One of so many options, without an order among them.
    case choice(options: Int)
    /// A number from `low` to `high`; with `logarithmic`, every factor is as likely as every other.
    case real(low: Double, high: Double, logarithmic: Bool)
    /// A whole number from `low` to `high`, both included.
    case integer(low: Int, high: Int)

    /// Whole numbers up to here, and the halves between them, are exact as floating point.
    private static let largest = 1 << 52

    /// Throws when no value is possible.
    func validate(_ name: String) throws(SearchError) {
        switch self {
        case .choice(let options):
            guard options > 0 else { throw SearchError("\(name) has no options to choose from") }
        case .real(let low, let high, let logarithmic):
            guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else {
                throw SearchError("\(name): \(low) to \(high) is no range of numbers")
            }
            guard !logarithmic || low > 0 else { throw SearchError("\(name): a logarithmic range begins above 0, not at \(low)") }
        case .integer(let low, let high):
            guard low <= high else { throw SearchError("\(name): \(low) to \(high) is no range of whole numbers") }
            guard low >= -Self.largest, high <= Self.largest else {
                throw SearchError("\(name): whole numbers beyond 2^52 are not searched")
            }
        }
    }
}

/// A value of one dimension: the number of an option, or the number itself.
public enum SearchValue: Hashable, Sendable {
    case option(Int)
    case real(Double)
    case integer(Int)
}

/// One evaluated point.
public struct Trial: Sendable {
    /// A value for each dimension of the space.
    public let point: [SearchValue]
    /// What is minimised; nil for a trial that failed or has not ended, which the search then ignores.
    public let loss: Double?

    public init(point: [SearchValue], loss: Double?) {
        self.point = point
        self.loss = loss
    }
}

/// A search that cannot be made.
public struct SearchError: Error, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
