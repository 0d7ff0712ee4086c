import TestSupport
import Text

/// The `text_tools` of the golden file: what the reference's splitters and text lines give.
enum TextTools {
    static func load() throws -> JSONValue {
        let file = try JSONParser.parse(String(decoding: Fixtures.data("finetuner/golden.json"), as: UTF8.self))
        return file["text_tools"] ?? .null
    }
}

extension JSONValue {
    var texts: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
    var text: String { stringValue ?? "" }
}
