import Foundation
import Images
import TestSupport
import Testing

@testable import Models

@Suite struct ImagePreprocessingTests {
    /// Sizes as objects and as numbers; other means.
    @Test func settingsOfTheDirectories() throws {
        #expect(try ClipModelTests.model("tiny_clip").preprocessing == .clip(size: 32))
        let older = try ClipModelTests.model("sentence_clip").preprocessing
        for picture in try ClipGolden.load().images {
            let image = try RasterImage(reading: Fixtures.url("clip/images/" + picture.name).path)
            let values = try #require(older(image)).numbers
            let sample = stride(from: 0, to: values.count, by: 37).map { Double(values[$0]) }
            // libgd tells fewer degrees of transparency apart than Pillow.
            let tolerance = picture.name.hasPrefix("alpha") ? 2.1 / 255 / 0.25 : 1e-6
            #expect(sample.count == picture.older.count, "\(picture.name)")
            #expect(zip(sample, picture.older).allSatisfy { abs($0 - $1) < tolerance }, "\(picture.name)")
        }
    }

    @Test func otherFilesSayTheSame() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/tiny_clip"))
        let own = directory.appendingPathComponent("preprocessor_config.json")
        let inner = try String(contentsOf: own, encoding: .utf8)
        try FileManager.default.removeItem(at: own)
        #expect(try ClipModel.load(directory.path).preprocessing == .clip(size: 32))
        let changed = inner.replacing("0.48145466", with: "0.5")
        try "{\"image_processor\": \(changed), \"processor_class\": \"CLIPProcessor\"}".write(
            to: directory.appendingPathComponent("processor_config.json"), atomically: true, encoding: .utf8)
        #expect(try ClipModel.load(directory.path).preprocessing.normalization?.mean.first == 0.5)
    }

    static let damages = [
        ("\"resample\": 3", "\"resample\": 2", "resample"), ("\"shortest_edge\": 32", "\"longest_edge\": 32", "size"),
        ("\"shortest_edge\": 32", "\"shortest_edge\": 99999", "size.shortest_edge"),
        ("\"height\": 32", "\"height\": 30", "crop_size"), ("\"do_center_crop\": true", "\"do_center_crop\": false", "do_center_crop"),
        ("0.26862954", "0", "image_std"), ("0.48145466", "\"a\"", "image_mean"), ("\"do_resize\": true", "\"do_resize\": 1", "do_resize"),
    ]

    @Test(arguments: damages) func damagesAreNamed(_ old: String, _ new: String, _ field: String) throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/tiny_clip"))
        try edit(directory.appendingPathComponent("preprocessor_config.json")) {
            #expect($0.contains(old))
            return $0.replacing(old, with: new, maxReplacements: 1)
        }
        let error = #expect(throws: ModelError.self) { try ClipModel.load(directory.path) }
        #expect(error?.field == field && error?.file?.hasSuffix("preprocessor_config.json") == true, "\(error?.description ?? "")")
    }
}
