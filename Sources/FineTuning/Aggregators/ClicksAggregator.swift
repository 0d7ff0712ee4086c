/// Makes one click value of the clicks of an object's parts.
public protocol ClicksAggregator {
    /// One value per object, from the 0 or 1 of each of its parts.
    func aggregate(_ clicks: [(object: String, parts: [Double])]) throws -> [Double]
}

/// An object is clicked when any of its parts is.
public struct MaxClicksAggregator: ClicksAggregator {
    public init() {}

    public func aggregate(_ clicks: [(object: String, parts: [Double])]) -> [Double] { clicks.map { $0.parts.max() ?? 0 } }
}
