import Foundation
import TestSupport
import Testing

@testable import Images

/// Reading and preparing image files beside Pillow and Hugging Face's CLIPImageProcessor (`Tests/Fixtures/clip/generate.py`).
@Suite struct ImageFileTests {
    static func path(_ name: String) -> String { Fixtures.url("clip/images/" + name).path }

    /// Every value, for shapes that shrink, grow and stay, in grey, with a palette, with transparency, progressive.
    @Test func preparesAsTheReferenceDoes() throws {
        let golden = try ClipGolden.load()
        #expect(golden.images.count == 10)
        for picture in golden.images {
            let image = try RasterImage(reading: Self.path(picture.name))
            #expect(image.width == picture.width && image.height == picture.height)
            // What is transparent has 128 degrees here and 256 there: a byte may be off by one, and by two where resizing sharpens it.
            let isExact = !picture.name.hasPrefix("alpha")
            #expect(!isExact || image.rgb.reduce(0) { $0 + Int($1) } == picture.rgb_sum, "\(picture.name)")
            let tolerance: Float = isExact ? 1e-6 : 2.1 / 255 / 0.26
            let resized = try #require(ImagePreprocessing.clip(size: 32)(image))
            #expect(resized.shape == [3, 32, 32])
            let worst = zip(resized.numbers, picture.values).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < tolerance, "\(picture.name): \(worst)")
            let own = stride(from: 0, to: 3072, by: 101).map { Double(resized.numbers[$0]) }
            #expect(zip(own, picture.pixel_values).allSatisfy { abs($0 - $1) < Double(tolerance) }, "\(picture.name)")
        }
    }

    @Test func imagesOfOneColour() throws {
        let image = try #require(RasterImage(width: 3, height: 200, rgb: [UInt8](repeating: 77, count: 1800)))
        for (width, height) in [(1, 1), (224, 7), (3, 200), (500, 3)] {
            let resized = image.resized(width: width, height: height)
            #expect(resized.width == width && resized.height == height && resized.rgb.allSatisfy { $0 == 77 })
        }
    }

    /// numpy: hf.center_crop(np.arange(6).reshape(1, 2, 3) + 1, (5, 2)) == [[0, 0], [0, 0], [1, 2], [4, 5], [0, 0]]
    @Test func cropsAndPads() throws {
        let image = try #require(RasterImage(width: 3, height: 2, rgb: (1...6).flatMap { [UInt8](repeating: $0, count: 3) }))
        let cropped = image.cropped(width: 2, height: 5)
        #expect(stride(from: 0, to: 30, by: 3).map { cropped.rgb[$0] } == [0, 0, 0, 0, 1, 2, 4, 5, 0, 0])
    }

    @Test func stepsMayBeLeftOut() throws {
        let image = try #require(RasterImage(width: 2, height: 1, rgb: [0, 51, 255, 10, 20, 30]))
        let plain = ImagePreprocessing(size: nil, crop: nil, rescaleFactor: nil, normalization: nil)
        #expect(plain(image)?.numbers == [0, 10, 51, 20, 255, 30] && plain(image)?.shape == [3, 1, 2])
        let exact = ImagePreprocessing(size: .exact(width: 4, height: 3), crop: nil, rescaleFactor: 1, normalization: nil)
        #expect(exact(image)?.shape == [3, 3, 4])
        let thin = try #require(RasterImage(width: 1, height: 200_000, rgb: [UInt8](repeating: 0, count: 600_000)))
        #expect(ImagePreprocessing.clip()(thin) == nil)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: @Sendable () throws -> Data
        let kind: ImageError.Kind
        let said: String
    }

    private static func file(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    static let damages = [
        Damage(testDescription: "empty", bytes: { Data() }, kind: .malformed, said: "no PNG or JPEG"),
        Damage(testDescription: "a text", bytes: { Data("GIF89a".utf8) }, kind: .malformed, said: "no PNG or JPEG"),
        Damage(
            testDescription: "half a PNG",
            bytes: {
                let all = try file("noise_61x47.png"); return all.prefix(all.count / 2)
            },
            kind: .malformed, said: "damaged"),
        Damage(testDescription: "a PNG's signature", bytes: { try file("noise_61x47.png").prefix(8) }, kind: .malformed, said: "size"),
        Damage(
            testDescription: "half a JPEG",
            bytes: {
                let all = try file("progressive_97x64.jpg"); return all.prefix(all.count / 2)
            },
            kind: .malformed, said: "damaged"),
        Damage(testDescription: "a JPEG's beginning", bytes: { try file("photo_120x75.jpg").prefix(30) }, kind: .malformed, said: "size"),
        Damage(
            testDescription: "a PNG that claims to be huge",
            bytes: {
                var all = try file("noise_61x47.png")
                all.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
                return all
            }, kind: .tooLarge, said: "65536 x 65536"),
    ]

    @Test(arguments: damages) func damagesAreErrors(_ damage: Damage) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("eft-image-\(UUID().uuidString)")
        try damage.bytes().write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let error = #expect(throws: ImageError.self) { try RasterImage(reading: url.path) }
        #expect(error?.kind == damage.kind && error?.description.contains(damage.said) == true, "\(error?.description ?? "")")
        #expect(error?.file == url.path)
    }

    @Test func missingFilesAndDirectories() {
        #expect(throws: ImageError(.missingFile, file: "nowhere.png", "no such file")) { try RasterImage(reading: "nowhere.png") }
        let error = #expect(throws: ImageError.self) { try RasterImage(reading: Fixtures.directory.path) }
        #expect(error?.kind == .unreadable)
    }
}
