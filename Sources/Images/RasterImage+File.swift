import CImageFiles
import Foundation
import Text

extension RasterImage {
    /// More pixels than this are refused before anything is decoded: a file of some kilobytes may claim to be gigabytes (Pillow's limit
    /// against such "decompression bombs").
    static let pixelLimit = 178_956_970

    /// Reads a PNG or JPEG file as Hugging Face's image processors do: transparency on white (to the 128 degrees that libgd tells apart, so
    /// that a byte may differ by one), and without the orientation that a camera may have noted.
    public init(reading path: String) throws(ImageError) {
        let bytes = try Self.bytes(of: path)
        guard let format = Format(bytes) else {
            throw ImageError(
                .malformed, file: path, "is no PNG or JPEG file", help: bytes.isEmpty ? "It is empty" : "Convert the image to one of these")
        }
        guard let size = format.size(bytes) else {
            throw ImageError(.malformed, file: path, "the image's size cannot be read", help: "The file may be cut short: fetch it again")
        }
        let (pixels, overflow) = size.width.multipliedReportingOverflow(by: size.height)
        guard !overflow, pixels <= Self.pixelLimit else {
            throw ImageError(
                .tooLarge, file: path, "has \(size.width) x \(size.height) pixels, and at most \(Self.pixelLimit) are read",
                help: "Make the image smaller: the models see a few hundred pixels a side")
        }
        guard format.isWhole(bytes) else {
            throw ImageError(
                .malformed, file: path, "the image is damaged: it breaks off", help: "The file may be cut short: fetch it again")
        }
        self = try Self.decode(bytes, format, path)
    }

    private static func bytes(of path: String) throws(ImageError) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ImageError(.missingFile, file: path, "no such file")
        }
        guard !isDirectory.boolValue else { throw ImageError(.unreadable, file: path, "is a directory, not a file") }
        do {
            FileReads.note(path)
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ImageError(.unreadable, file: path, "cannot be read: \(error.localizedDescription)")
        }
    }

    private static func decode(_ bytes: [UInt8], _ format: Format, _ path: String) throws(ImageError) -> RasterImage {
        var result = image_result()
        let outcome = bytes.withUnsafeBufferPointer { image_decode(format.code, $0.baseAddress, $0.count, &result) }
        defer { free(result.rgb) }
        let problem = withUnsafeBytes(of: result.problem) { words in
            String(decoding: words.prefix { $0 != 0 }, as: UTF8.self)
        }
        switch outcome {
        case IMAGE_DECODED:
            let (width, height) = (Int(result.width), Int(result.height))
            // The decoder fills width · height pixels of three bytes.
            let rgb = Array(UnsafeBufferPointer(start: result.rgb, count: 3 * width * height))
            guard let image = RasterImage(width: width, height: height, rgb: rgb) else {
                throw ImageError(.malformed, file: path, "the image has no pixels")
            }
            return image
        case IMAGE_DAMAGED:
            throw ImageError(.malformed, file: path, "the image is damaged" + (problem.isEmpty ? "" : ": \(problem)"))
        case IMAGE_NO_LIBRARY:
            throw ImageError(
                .noLibrary, file: path, "images are read by libgd, which cannot be loaded: \(problem)",
                help: "Install it: apt-get install libgd3")
        default: throw ImageError(.tooLarge, file: path, "there is no memory for the image")
        }
    }

    /// A format, told by a file's first bytes.
    private enum Format {
        case png, jpeg

        init?(_ bytes: [UInt8]) {
            if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
                self = .png
            } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
                self = .jpeg
            } else {
                return nil
            }
        }

        var code: image_format { self == .png ? IMAGE_PNG : IMAGE_JPEG }

        /// Whether the file goes to its end. libgd takes what is missing of a JPEG for grey; no coded data looks like the end's marker.
        func isWhole(_ bytes: [UInt8]) -> Bool {
            self == .png || zip(bytes, bytes.dropFirst()).reversed().contains { $0 == (0xFF, 0xD9) }
        }

        /// Width and height as the file's header states them; nil where it has none.
        func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
            func number(_ start: Int, _ count: Int) -> Int? {
                guard start + count <= bytes.count else { return nil }
                return bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            }
            if self == .png { return number(16, 4).flatMap { width in number(20, 4).map { (width, $0) } } }
            // Segments: FF, a code, and a length that counts itself; the frame's header has height and width (ITU-T T.81, B.2.2).
            var at = 2
            while let marker = number(at, 1), marker == 0xFF, let code = number(at + 1, 1) {
                if code == 0xFF {
                    at += 1
                    continue
                }
                if code == 0x01 || (0xD0...0xD8).contains(code) {
                    at += 2
                    continue
                }
                if (0xC0...0xCF).contains(code), ![0xC4, 0xC8, 0xCC].contains(code) {
                    return number(at + 7, 2).flatMap { width in number(at + 5, 2).map { (width, $0) } }
                }
                guard let length = number(at + 2, 2), length >= 2 else { return nil }
                at += 2 + length
            }
            return nil
        }
    }
}
