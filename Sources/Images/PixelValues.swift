import Foundation
import Text

/// One image as a vision model reads it: numbers of each channel, row by row (Hugging Face's `pixel_values` of one image).
///
/// Two are equal when shape and bits are: models compute equal ones once. An image that comes from a file is kept as the bytes that its
/// numbers are made of, a quarter of their memory.
public struct PixelValues: Hashable, Sendable {
    public let channels: Int
    public let height: Int
    public let width: Int
    private let content: Content
    /// Looking an image up must not go through all of it each time.
    private let digest: UInt64

    /// What an image's copies share.
    private final class Content: Sendable {
        enum Kind: Sendable {
            case numbers([Float])
            /// One byte a number, and for each channel the numbers that the 256 bytes stand for.
            case bytes([UInt8], tables: [[Float]])
        }

        let kind: Kind

        init(_ kind: Kind) { self.kind = kind }
    }

    /// Nil unless there are exactly as many values as the shape has, and at least one.
    public init?(channels: Int, height: Int, width: Int, values: [Float]) {
        self.init(channels, height, width, .numbers(values), count: values.count)
    }

    /// The same of bytes, channel by channel; `tables` has 256 numbers for each channel.
    init?(channels: Int, height: Int, width: Int, bytes: [UInt8], tables: [[Float]]) {
        guard tables.count == channels, tables.allSatisfy({ $0.count == 256 }) else { return nil }
        self.init(channels, height, width, .bytes(bytes, tables: tables), count: bytes.count)
    }

    private init?(_ channels: Int, _ height: Int, _ width: Int, _ kind: Content.Kind, count: Int) {
        let (area, overflow) = height.multipliedReportingOverflow(by: width)
        let (all, tooMany) = area.multipliedReportingOverflow(by: channels)
        guard channels > 0, height > 0, width > 0, !overflow, !tooMany, count == all else { return nil }
        (self.channels, self.height, self.width, content) = (channels, height, width, Content(kind))
        // Of the numbers, so that it does not matter how they are kept.
        var hash = XXHash64()
        Self.numbers(kind, area: area).withUnsafeBytes { hash.update($0) }
        digest = hash.value
    }

    /// [channels, height, width]
    public var shape: [Int] { [channels, height, width] }

    /// channels · height · width numbers.
    public var numbers: [Float] { Self.numbers(content.kind, area: height * width) }

    private static func numbers(_ kind: Content.Kind, area: Int) -> [Float] {
        switch kind {
        case .numbers(let values): values
        case .bytes(let bytes, let tables):
            tables.enumerated().flatMap { channel, table in bytes[channel * area..<(channel + 1) * area].map { table[Int($0)] } }
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    public static func == (a: PixelValues, b: PixelValues) -> Bool {
        guard a.digest == b.digest, a.shape == b.shape else { return false }
        if a.content === b.content { return true }
        if case .bytes(let left, let leftTables) = a.content.kind, case .bytes(let right, let rightTables) = b.content.kind,
            leftTables == rightTables
        {
            return left == right
        }
        // Bits, so that an image with a NaN in it is found again. Both arrays have as many elements as the one shape.
        return a.numbers.withUnsafeBytes { left in b.numbers.withUnsafeBytes { left.elementsEqual($0) } }
    }
}
