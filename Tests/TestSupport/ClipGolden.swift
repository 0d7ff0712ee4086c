import Foundation

/// What transformers and PyTorch compute of the tiny CLIP models and images under `Tests/Fixtures/clip` (`generate.py` there).
public struct ClipGolden: Decodable, Sendable {
    public struct Text: Decodable, Sendable {
        public let text: String
        public let ids: [Int32]
        public let ids_20: [Int32]
    }

    public struct Picture: Decodable, Sendable {
        public let name: String
        public let width: Int
        public let height: Int
        public let rgb_sum: Int
        /// The bytes after resizing and cropping, channel by channel, as hexadecimal digits.
        public let crop: String
        /// Every 101st value.
        public let pixel_values: [Double]
        /// Every 37th value under the other model's settings.
        public let older: [Double]

        /// 3 · 32 · 32 bytes, channel by channel.
        public var cropBytes: [UInt8] {
            let digits = Array(crop.utf8).map { $0 >= 97 ? $0 - 87 : $0 - 48 }
            return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }

        /// What the processor of the first model makes of the file.
        public var values: [Float] {
            let mean = [0.48145466, 0.4578275, 0.40821073], deviation = [0.26862954, 0.26130258, 0.27577711]
            return cropBytes.enumerated().map { Float((Double($1) / 255 - mean[$0 / 1024]) / deviation[$0 / 1024]) }
        }
    }

    public struct Training: Decodable, Sendable {
        public let losses: [Double]
        /// By parameter; of more than 64 elements every 31st.
        public let gradients: [String: [Double]]
        public let parameters: [String: [Double]]
    }

    public let texts: [Text]
    public let text_embeddings: [[Double]]
    public let sentence_text_embeddings: [[Double]]
    public let images: [Picture]
    public let image_embeddings: [[Double]]
    public let sentence_image_embeddings: [[Double]]
    public let queries: [String]
    public let training: [String: Training]
    public let parameter_names: [String]

    public static func load() throws -> ClipGolden { try JSONDecoder().decode(ClipGolden.self, from: Fixtures.data("clip/golden.json")) }
}
