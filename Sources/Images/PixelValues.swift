import Foundation
import Text

/// One image as a vision model reads it: numbers of each channel, row by row (Hugging Face's `pixel_values` of one image).
///
/// Two are equal when shape and bits are: models compute equal ones once.
public struct PixelValues: Hashable, Sendable {
    public let channels: Int
    public let height: Int
    public let width: Int
    /// channels · height · width of them.
    public let values: [Float]
    /// Looking an image up must not go through all of it each time.
    private let digest: UInt64

    /// Nil unless there are exactly as many values as the shape has, and at least one.
    public init?(channels: Int, height: Int, width: Int, values: [Float]) {
        let (area, overflow) = height.multipliedReportingOverflow(by: width)
        let (count, tooMany) = area.multipliedReportingOverflow(by: channels)
        guard channels > 0, height > 0, width > 0, !overflow, !tooMany, count == values.count else { return nil }
        (self.channels, self.height, self.width, self.values) = (channels, height, width, values)
        var hash = XXHash64()
        values.withUnsafeBytes { hash.update($0) }
        digest = hash.value
    }

    /// [channels, height, width]
    public var shape: [Int] { [channels, height, width] }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    public static func == (a: PixelValues, b: PixelValues) -> Bool {
        guard a.digest == b.digest, a.shape == b.shape else { return false }
        // Bits, so that an image with a NaN in it is found again. Both arrays have as many elements as the one shape.
        return a.values.withUnsafeBytes { left in b.values.withUnsafeBytes { left.elementsEqual($0) } }
    }
}
