/// A half-open range of bytes in a `Source`.
public struct Span: Hashable, Sendable {
    public var start: UInt32
    public var end: UInt32

    public init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = max(start, end)
    }

    public init(_ start: Int, _ end: Int) {
        self.init(start: UInt32(clamping: start), end: UInt32(clamping: end))
    }

    /// The empty span at the beginning of a source.
    public static let none = Span(start: 0, end: 0)

    public var isEmpty: Bool { start == end }
    public var count: Int { Int(end - start) }
    public var range: Range<Int> { Int(start)..<Int(end) }

    /// The empty span right after this one.
    public var after: Span { Span(start: end, end: end) }

    /// The smallest span that covers both.
    public func union(_ other: Span) -> Span {
        Span(start: min(start, other.start), end: max(end, other.end))
    }

    public func contains(_ other: Span) -> Bool { start <= other.start && other.end <= end }
}
