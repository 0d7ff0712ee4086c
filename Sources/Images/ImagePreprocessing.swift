/// What is done to an image before a vision model sees it: the steps of Hugging Face's `CLIPImageProcessor`, each optional.
public struct ImagePreprocessing: Equatable, Sendable {
    public enum Size: Equatable, Sendable {
        /// The shorter side becomes this long, the other in proportion, rounded down.
        case shortestEdge(Int)
        case exact(width: Int, height: Int)
    }

    /// Bicubic resizing.
    public var size: Size?
    /// What is cut out of the middle.
    public var crop: (width: Int, height: Int)?
    /// Factor of the bytes.
    public var rescaleFactor: Double?
    /// Subtracted from and divided by, by channel.
    public var normalization: (mean: [Double], deviation: [Double])?

    public init(
        size: Size?, crop: (width: Int, height: Int)?, rescaleFactor: Double?, normalization: (mean: [Double], deviation: [Double])?
    ) {
        (self.size, self.crop, self.rescaleFactor, self.normalization) = (size, crop, rescaleFactor, normalization)
    }

    /// That of openai/clip-vit-base-patch32 for square images of this size.
    public static func clip(size: Int = 224) -> ImagePreprocessing {
        ImagePreprocessing(
            size: .shortestEdge(size), crop: (size, size), rescaleFactor: 1 / 255, normalization: (clipMean, clipDeviation))
    }

    public static let clipMean = [0.48145466, 0.4578275, 0.40821073]
    public static let clipDeviation = [0.26862954, 0.26130258, 0.27577711]

    public static func == (a: ImagePreprocessing, b: ImagePreprocessing) -> Bool {
        a.size == b.size && a.crop?.width == b.crop?.width && a.crop?.height == b.crop?.height && a.rescaleFactor == b.rescaleFactor
            && a.normalization?.mean == b.normalization?.mean && a.normalization?.deviation == b.normalization?.deviation
    }

    /// The pixels of an image as the model reads them; nil where an image is so long and thin that its resized form would have more
    /// pixels than are read of any file.
    public func callAsFunction(_ image: RasterImage) -> PixelValues? {
        var image = image
        if let size {
            guard let (width, height) = Self.target(size, image), height <= RasterImage.pixelLimit / width else { return nil }
            image = image.resized(width: width, height: height)
        }
        if let crop { image = image.cropped(width: crop.width, height: crop.height) }
        // Rescaled in double, normalised in single precision, as NumPy does it there.
        let tables = (0..<3).map { channel in
            (0..<256).map { byte in
                let value = Float(Double(byte) * (rescaleFactor ?? 1))
                guard let normalization else { return value }
                return (value - Float(normalization.mean[channel])) / Float(normalization.deviation[channel])
            }
        }
        let bytes = (0..<3).flatMap { channel in stride(from: channel, to: image.rgb.count, by: 3).map { image.rgb[$0] } }
        return PixelValues(channels: 3, height: image.height, width: image.width, bytes: bytes, tables: tables)
    }

    private static func target(_ size: Size, _ image: RasterImage) -> (width: Int, height: Int)? {
        switch size {
        case .exact(let width, let height): return (width, height)
        case .shortestEdge(let edge):
            let (short, long) = (min(image.width, image.height), max(image.width, image.height))
            guard let other = Int(exactly: (Double(edge) * Double(long) / Double(short)).rounded(.down)) else { return nil }
            return image.width <= image.height ? (edge, other) : (other, edge)
        }
    }
}
