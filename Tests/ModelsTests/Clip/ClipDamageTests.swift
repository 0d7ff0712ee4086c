import Foundation
import TestSupport
import Testing

@testable import Models

/// What is wrong with a CLIP directory is said with file, field and value.
@Suite struct ClipDamageTests {
    struct Damage: CustomTestStringConvertible, Sendable {
        let old: String, new: String, said: [String]
        var file = "config.json"
        var testDescription: String { said.joined(separator: " ") }
    }

    static let damages = [
        Damage(old: "\"clip\"", new: "\"chinese_clip\"", said: ["config.json", "model_type", "chinese_clip", "clip-vit-base-patch32"]),
        Damage(old: "\"text_config\"", new: "\"text\"", said: ["text_config", "missing"]),
        Damage(
            old: "\"num_attention_heads\": 3", new: "\"num_attention_heads\": 5", said: ["vision_config.num_attention_heads", "24", "5"]),
        Damage(old: "\"patch_size\": 8", new: "\"patch_size\": 5", said: ["vision_config.patch_size", "divisor of 32", "5"]),
        Damage(old: "\"num_channels\": 3", new: "\"num_channels\": 4", said: ["vision_config.num_channels", "4"]),
        Damage(old: "\"quick_gelu\"", new: "\"mish\"", said: ["text_config.hidden_act", "quick_gelu", "mish"]),
        Damage(old: "\"eos_token_id\": 2", new: "\"eos_token_id\": -2", said: ["text_config.eos_token_id", "-2"]),
        Damage(old: "\"vocab_size\": 610", new: "\"vocab_size\": 600", said: ["text_config.vocab_size", "609", "600"]),
        Damage(old: "\"layer_norm_eps\": 1e-05", new: "\"layer_norm_eps\": 2", said: ["layer_norm_eps", "2"]),
        Damage(
            old: "\"num_hidden_layers\": 3", new: "\"num_hidden_layers\": 4",
            said: ["model.safetensors", "vision_model.encoder.layers.3.self_attn.k_proj.weight", "[24, 24]"]),
        Damage(old: "\"projection_dim\": 20", new: "\"projection_dim\": 21", said: ["text_projection.weight", "[21, 16]", "[20, 16]"]),
    ]

    @Test(arguments: damages) func damagesAreNamed(_ damage: Damage) throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/tiny_clip"))
        try edit(directory.appendingPathComponent(damage.file)) {
            #expect($0.contains(damage.old))
            return $0.replacing(damage.old, with: damage.new, maxReplacements: 1)
        }
        let error = #expect(throws: ModelError.self) { try ClipModel.load(directory.path) }
        for part in damage.said { #expect(error?.description.contains(part) == true, "\(error?.description ?? "")") }
    }

    @Test func otherModulesAreRefused() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/sentence_clip"))
        let modules = directory.appendingPathComponent("modules.json")
        try edit(modules) { $0.replacing("0_CLIPModel", with: "../0_CLIPModel") }
        #expect(throws: ModelError.self) { try ClipModel.load(directory.path) }
        try edit(modules) { $0.replacing("../0_CLIPModel", with: "0_CLIPModel").replacing("models.CLIPModel", with: "models.WordWeights") }
        let error = #expect(throws: ModelError.self) { try ClipModel.load(directory.path) }
        #expect(error?.description.contains("WordWeights") == true)
    }

    /// With a Normalize module behind the model, vectors have length 1.
    @Test func normalizes() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("clip/sentence_clip"))
        try edit(directory.appendingPathComponent("modules.json")) {
            $0.replacing(
                "}\n]",
                with: "},{\"idx\": 1, \"name\": \"1\", \"path\": \"1_N\", \"type\": \"sentence_transformers.models.Normalize\"}]")
        }
        let model = try ClipModel.load(directory.path)
        let length = try model.encode(["red shoes"]).doubles().reduce(0) { $0 + $1 * $1 }
        #expect(model.normalizes && abs(length - 1) < 1e-5)
        #expect(try abs(model.encode(["red shoes"], normalize: false).doubles().reduce(0) { $0 + $1 * $1 } - 1) > 1e-3)
    }
}
