import Foundation
import Images
import TestSupport
import Tensors
import Testing

@testable import Models

/// Two towers, 2 and 3 layers: `tiny_clip` in Hugging Face's layout, `sentence_clip` in sentence-transformers' with sharded bf16 weights,
/// another activation and the other rule of a text's end.
@Suite struct ClipModelTests {
    static func model(_ name: String = "tiny_clip") throws -> ClipModel { try ClipModel.load(Fixtures.url("clip/" + name).path) }

    static func images(_ golden: ClipGolden) throws -> [ItemContent] {
        var images: [ItemContent] = []
        for picture in golden.images {
            let pixels = PixelValues(channels: 3, height: 32, width: 32, values: picture.values)
            images.append(.image(try #require(pixels)))
        }
        return images
    }

    static func distance(_ vectors: Tensor, _ expected: [[Double]]) throws -> Double {
        let values = vectors.doubles()
        #expect(values.count == expected.joined().count)
        return zip(values, expected.joined()).map { abs($0 - $1) }.max() ?? 1
    }

    @Test func vectorsOfTheReference() throws {
        let golden = try ClipGolden.load()
        let texts = golden.texts.map { ItemContent.text($0.text) }, images = try Self.images(golden)
        for (name, text, image) in [
            ("tiny_clip", golden.text_embeddings, golden.image_embeddings),
            ("sentence_clip", golden.sentence_text_embeddings, golden.sentence_image_embeddings),
        ] {
            let model = try Self.model(name)
            #expect(model.dimension == 20 && model.maxLength == (name == "tiny_clip" ? 24 : 20))
            #expect(try Self.distance(model.encode(texts), text) < 2e-5)
            // The second model's own pixels would be others; its towers are asked about the first one's.
            #expect(try Self.distance(model.encode(images), image) < 2e-5)
            // With gradient, that is composed rather than fused, and mixed.
            #expect(try Self.distance(model.forward(model.tokenize(golden.texts.map(\.text))), text) < 2e-5)
            let mixed = [texts[0], images[2], texts[0], images[0], images[2]]
            let expected = [text[0], image[2], text[0], image[0], image[2]]
            #expect(try Self.distance(model.encode(mixed, batchSize: 1), expected) < 2e-5)
        }
    }

    @Test func parametersAreThoseOfTheReference() throws {
        let names = try ClipGolden.load().parameter_names
        #expect(try Set(Self.model().parameters.map(\.name)) == Set(names).subtracting(["logit_scale"]))
    }

    @Test func emptyListsAndBadArguments() throws {
        let model = try Self.model()
        #expect(try model.encode([]).shape == [0, 20])
        #expect(throws: ModelError.self) { try model.encode(["a"], batchSize: 0) }
        #expect(throws: ModelError.self) { try Self.model("tiny_clip_that_is_not") }
        let directory = Fixtures.url("clip/tiny_clip").path
        #expect(try ClipModel.load(directory, maxLength: 4).tokenize(["red shoes of leather"]).length(0) == 4)
        #expect(throws: ModelError.self) { try ClipModel.load(directory, maxLength: 2) }
        #expect(ClipModel.isStored(in: directory) && ClipModel.isStored(in: Fixtures.url("clip/sentence_clip").path))
        #expect(!ClipModel.isStored(in: Fixtures.url("tiny_bert").path) && !ClipModel.isStored(in: "nowhere"))
    }

    /// Dropout of the attention, the one kind that CLIP has, follows its state and never touches frozen layers.
    @Test func dropoutFollowsItsState() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/tiny_clip"))
        try edit(directory.appendingPathComponent("config.json")) {
            $0.replacing("\"attention_dropout\": 0.0", with: "\"attention_dropout\": 0.5")
        }
        let model = try ClipModel.load(directory.path)
        let tokens = model.tokenize(["red shoes", "a photo of the cat"])
        let still = try model.forward(tokens).floats()
        model.isTraining = true
        let first = try model.forward(tokens).floats(), second = try model.forward(tokens).floats()
        #expect(first != still && first != second)
        model.textDropout = DropoutState(seed: 0)
        #expect(try model.forward(tokens).floats() == first)
    }

    @Test(arguments: ["tiny_clip", "sentence_clip"]) func savesWhatItLoads(_ name: String) throws {
        let folder = try TemporaryFolder()
        let target = folder.url.appendingPathComponent("saved")
        let model = try Self.model(name)
        let weight = try #require(model.parameters.first { $0.name == "visual_projection.weight" })
        try weight.assign(weight.tensor * 2)
        try model.save(to: target.path)
        let again = try ClipModel.load(target.path)
        let images = try Self.images(ClipGolden.load())
        let contents = [images[0], "red shoes", images[3]]
        #expect(try again.encode(contents).floats() == model.encode(contents).floats())
        // Nothing of the weights is lost, and a second time replaces the first.
        let weights = try WeightFiles(in: ClipDirectory(target).folder)
        #expect(try Set(weights.names) == Set(ClipGolden.load().parameter_names))
        #expect(try ModelFile(reading: ClipDirectory(target).folder.appendingPathComponent("config.json")).string("dtype") == "float32")
        try model.save(to: target.path)
        let files = model.files.contents.map(\.path)
        #expect(
            files.contains { $0.hasSuffix("preprocessor_config.json") }
                && files.allSatisfy { file in
                    FileManager.default.fileExists(atPath: target.appendingPathComponent(file).path)
                })
    }
}
