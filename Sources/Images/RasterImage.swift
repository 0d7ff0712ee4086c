/// An image of red, green and blue bytes.
public struct RasterImage: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// Three bytes a pixel, row by row from the top left.
    public let rgb: [UInt8]

    /// Nil unless there are 3 · width · height bytes, and at least one pixel.
    public init?(width: Int, height: Int, rgb: [UInt8]) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, rgb.count / 3 == pixels, rgb.count % 3 == 0 else { return nil }
        (self.width, self.height, self.rgb) = (width, height, rgb)
    }
}
