import Foundation
import Text

/// Reads CLIP's tokenizer out of a model directory: `tokenizer.json`, else `vocab.json` and `merges.txt`; limits and special tokens from
/// `tokenizer_config.json` and `special_tokens_map.json`.
enum BytePairFile {
    static func load(from directory: URL) throws(ModelError) -> BytePairTokenizer {
        let json = directory.appendingPathComponent("tokenizer.json")
        let configuration = try optionalFile(directory.appendingPathComponent("tokenizer_config.json"))
        var definition: BytePairTokenizer.Definition
        if FileManager.default.fileExists(atPath: json.path) {
            definition = try readDefinition(ModelFile(reading: json), configuration)
        } else {
            definition = try readFiles(
                in: directory, configuration, try optionalFile(directory.appendingPathComponent("special_tokens_map.json")))
        }
        if let limit = try configuration?.optionalNumber("model_max_length"), limit >= 2, limit < 1e6 {
            definition.maxLength = Int(limit)
        }
        return BytePairTokenizer(definition)
    }

    private static func optionalFile(_ url: URL) throws(ModelError) -> ModelFile? {
        FileManager.default.fileExists(atPath: url.path) ? try ModelFile(reading: url) : nil
    }

    // MARK: tokenizer.json

    private static func readDefinition(
        _ file: ModelFile, _ configuration: ModelFile?
    ) throws(ModelError) -> BytePairTokenizer.Definition {
        // Files of early versions leave the type out.
        let type = try file.optionalString("model.type") ?? (file.value("model.merges") == nil ? nil : "BPE")
        guard type == "BPE", try file.optionalString("model.end_of_word_suffix") == suffix else {
            throw ModelError(
                .unsupported, "a tokenizer of another kind", file: file.path, field: "model",
                expected: "type BPE with end_of_word_suffix \(suffix), CLIP's", found: type ?? "nothing",
                help: "Take tokenizer.json from the model that the weights belong to")
        }
        let vocabulary = try readVocabulary(file, "model.vocab")
        guard let entries = file.value("model.merges")?.arrayValue else {
            throw file.malformed("model.merges", expected: "an array of pairs")
        }
        var pairs: [(String, String)] = []
        for (index, entry) in entries.enumerated() {
            let parts = entry.stringValue.map { $0.split(separator: " ").map(String.init) } ?? entry.arrayValue?.compactMap(\.stringValue)
            guard let parts, parts.count == 2 else {
                throw ModelError(
                    .malformed, "not a pair of symbols", file: file.path, field: "model.merges[\(index)]", found: entry.kindName)
            }
            pairs.append((parts[0], parts[1]))
        }
        var added: [BytePairTokenizer.AddedToken] = []
        for (index, entry) in (file.value("added_tokens")?.arrayValue ?? []).enumerated() {
            guard let content = entry["content"]?.stringValue, let id = entry["id"]?.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
                throw ModelError(.malformed, "the token has no content or no id", file: file.path, field: "added_tokens[\(index)]")
            }
            added.append(.init(content: content, id: id, isNormalized: entry["normalized"]?.boolValue ?? false))
        }
        // What tokenizer_config.json calls special is recognised in the text, too: in some models "!", which fills up short texts.
        for field in ["unk_token", "pad_token"] {
            guard let content = name(field, configuration), !added.contains(where: { $0.content == content }), let id = vocabulary[content]
            else { continue }
            added.append(.init(content: content, id: id, isNormalized: false))
        }
        let unknown = try file.optionalString("model.unk_token") ?? endOfText
        func special(_ field: String, _ fallback: String) throws(ModelError) -> Int32 {
            let content = name(field, configuration) ?? fallback
            guard let id = added.first(where: { $0.content == content })?.id ?? vocabulary[content] else {
                throw ModelError(
                    .malformed, "the \(field) \"\(content)\" is no token", file: file.path, field: "added_tokens",
                    expected: "an entry for it")
            }
            return id
        }
        return try definition(
            vocabulary, pairs, unknown: unknown, start: special("bos_token", startOfText), end: special("eos_token", endOfText),
            added: added, path: file.path, field: "model.merges")
    }

    // MARK: vocab.json and merges.txt

    private static func readFiles(
        in directory: URL, _ configuration: ModelFile?, _ specials: ModelFile?
    ) throws(ModelError) -> BytePairTokenizer.Definition {
        let help = "A CLIP directory needs tokenizer.json, or vocab.json and merges.txt: fetch the missing file"
        let file = try ModelFile(reading: directory.appendingPathComponent("vocab.json"), help: help)
        let vocabulary = try readVocabulary(file, "")
        let url = directory.appendingPathComponent("merges.txt")
        guard let text = String(validating: try ModelFile.read(url, help: help), as: UTF8.self) else {
            throw ModelError(.malformed, "invalid UTF-8", file: url.path)
        }
        var pairs: [(String, String)] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.isEmpty || line.hasPrefix("#version") { continue }
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 2 else {
                throw ModelError(
                    .malformed, "line \(index + 1) is not a pair of symbols", file: url.path,
                    expected: "two symbols and a space between them", found: "\"\(line.prefix(40))\"")
            }
            pairs.append((parts[0], parts[1]))
        }
        var added: [BytePairTokenizer.AddedToken] = []
        func special(_ field: String, _ fallback: String) throws(ModelError) -> Int32 {
            let content = name(field, configuration) ?? name(field, specials) ?? fallback
            guard let id = vocabulary[content] else {
                throw ModelError(
                    .malformed, "the vocabulary has no \(field)", file: file.path, expected: "an entry \"\(content)\"",
                    help: "The vocabulary and tokenizer_config.json belong to different models")
            }
            added.append(.init(content: content, id: id, isNormalized: false))
            return id
        }
        let start = try special("bos_token", startOfText), end = try special("eos_token", endOfText)
        let unknown = name("unk_token", configuration) ?? name("unk_token", specials) ?? endOfText
        for field in ["unk_token", "pad_token"] { _ = try special(field, endOfText) }
        return try definition(vocabulary, pairs, unknown: unknown, start: start, end: end, added: added, path: url.path, field: nil)
    }

    // MARK: Both

    private static let suffix = "</w>"
    private static let startOfText = "<|startoftext|>"
    private static let endOfText = "<|endoftext|>"

    /// A special token of a configuration, as a string or as an object.
    private static func name(_ field: String, _ file: ModelFile?) -> String? {
        let entry = file?.value(field)
        return entry?.stringValue ?? entry?["content"]?.stringValue
    }

    private static func readVocabulary(_ file: ModelFile, _ field: String) throws(ModelError) -> [String: Int32] {
        guard let members = (field.isEmpty ? file.tree : file.value(field))?.objectValue else {
            throw ModelError(
                .malformed, "no vocabulary", file: file.path, field: field.isEmpty ? nil : field, expected: "an object of symbols and ids",
                found: field.isEmpty ? file.tree.kindName : file.value(field)?.kindName)
        }
        var ids: [String: Int32] = [:]
        ids.reserveCapacity(members.count)
        for member in members {
            guard let id = member.value.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
                throw ModelError(
                    .malformed, "the id of \"\(member.key)\" is not a small whole number", file: file.path,
                    field: field.isEmpty ? nil : field, found: member.value.kindName)
            }
            ids[member.key] = id
        }
        return ids
    }

    private static func definition(
        _ vocabulary: [String: Int32], _ pairs: [(String, String)], unknown: String, start: Int32, end: Int32,
        added: [BytePairTokenizer.AddedToken], path: String, field: String?
    ) throws(ModelError) -> BytePairTokenizer.Definition {
        var merges = BytePairMerges()
        for (rank, (left, right)) in pairs.enumerated() {
            guard let first = vocabulary[left], let second = vocabulary[right], let result = vocabulary[left + right],
                let rank = Int32(exactly: rank)
            else {
                throw ModelError(
                    .malformed, "the merge \"\(left) \(right)\" has a part or a result that is not in the vocabulary", file: path,
                    field: field, help: "Vocabulary and merges belong to different tokenizers: fetch the model again")
            }
            merges.add(first, second, result: result, rank: rank)
        }
        guard let unknownID = vocabulary[unknown] ?? added.first(where: { $0.content == unknown })?.id else {
            throw ModelError(.malformed, "the unknown token \"\(unknown)\" is not in the vocabulary", file: path)
        }
        let highest = (Array(vocabulary.values) + added.map(\.id) + [start, end]).max() ?? 0
        return BytePairTokenizer.Definition(
            bytes: byteSymbols.map { vocabulary[$0] ?? unknownID }, finalBytes: byteSymbols.map { vocabulary[$0 + suffix] ?? unknownID },
            merges: merges, startID: start, endID: end, addedTokens: added, vocabularySize: Int(highest) + 1)
    }

    /// The character that stands for each byte in vocabulary and merges: itself where it can be seen in print, else one from 256 on
    /// (bytes_to_unicode of openai/gpt-2's encoder.py, which CLIP's tokenizer shares).
    private static let byteSymbols: [String] = {
        var next: UInt32 = 256
        return (UInt32(0)...255).map { byte in
            let isVisible = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            defer { if !isVisible { next += 1 } }
            return Unicode.Scalar(isVisible ? byte : next).map { String(Character($0)) } ?? ""
        }
    }()
}
