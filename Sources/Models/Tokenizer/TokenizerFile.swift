import Foundation

/// Reads a tokenizer out of a model directory: `tokenizer.json`, else `vocab.txt` with `tokenizer_config.json`.
///
/// A tokenizer of another kind (BPE, Unigram, …) is refused by name: encoding with the wrong one would give quietly wrong vectors.
enum TokenizerFile {
    static func load(from directory: URL) throws(ModelError) -> WordPieceTokenizer {
        let json = directory.appendingPathComponent("tokenizer.json")
        let configuration = try readConfiguration(in: directory)
        var definition: WordPieceTokenizer.Definition
        let path: String
        if FileManager.default.fileExists(atPath: json.path) {
            path = json.path
            definition = try readDefinition(ModelFile(reading: json))
        } else {
            let vocabulary = directory.appendingPathComponent("vocab.txt")
            path = vocabulary.path
            definition = try readVocabulary(vocabulary, configuration: configuration)
        }
        if let limit = try configuration?.optionalNumber("model_max_length"), limit >= 2, limit < 1e6 {
            definition.maxLength = Int(limit)
        }
        guard let tokenizer = WordPieceTokenizer(definition) else {
            throw ModelError(.unsupported, "the vocabulary is too large (\(definition.pieces.count) pieces)", file: path)
        }
        return tokenizer
    }

    private static func readConfiguration(in directory: URL) throws(ModelError) -> ModelFile? {
        let url = directory.appendingPathComponent("tokenizer_config.json")
        return FileManager.default.fileExists(atPath: url.path) ? try ModelFile(reading: url) : nil
    }

    // MARK: tokenizer.json

    private static func readDefinition(_ file: ModelFile) throws(ModelError) -> WordPieceTokenizer.Definition {
        // Files of early versions leave the type out; only WordPiece has a continuing prefix among the models without merges.
        let type = try file.optionalString("model.type") ?? (file.value("model.continuing_subword_prefix") == nil ? nil : "WordPiece")
        try expect(type, ["WordPiece"], "model.type", file, "this library tokenizes with WordPiece (BERT) only")
        let normalization = try readNormalization(file)
        try expect(try file.optionalString("pre_tokenizer.type"), ["BertPreTokenizer"], "pre_tokenizer.type", file)
        let pieces = try readPieces(file)
        let unknown = try file.optionalString("model.unk_token") ?? "[UNK]"
        guard let unknownID = pieces.ids[Array(unknown.utf8)] else {
            throw ModelError(
                .malformed, "the unknown token \"\(unknown)\" is not in the vocabulary", file: file.path, field: "model.unk_token")
        }
        let (classID, separatorID) = try frame(of: file)
        return WordPieceTokenizer.Definition(
            pieces: pieces.list, continuationPrefix: try file.optionalString("model.continuing_subword_prefix") ?? "##",
            unknownID: unknownID, classID: classID, separatorID: separatorID, addedTokens: try addedTokens(of: file),
            normalization: normalization, maximumWordLength: try file.optionalInteger("model.max_input_chars_per_word") ?? 100)
    }

    private static func expect(
        _ type: String?, _ known: [String], _ field: String, _ file: ModelFile, _ reason: String? = nil
    ) throws(ModelError) {
        guard let type, known.contains(type) else {
            throw ModelError(
                .unsupported, "a tokenizer of another kind", file: file.path, field: field, expected: known.joined(separator: " or "),
                found: type ?? file.value(field)?.kindName ?? "nothing", help: reason.map { $0 + ": use a BERT model" })
        }
    }

    private static func readNormalization(_ file: ModelFile) throws(ModelError) -> BertNormalization {
        try expect(try file.optionalString("normalizer.type"), ["BertNormalizer"], "normalizer.type", file)
        return BertNormalization(
            cleansText: try file.optionalBool("normalizer.clean_text") ?? true,
            separatesIdeographs: try file.optionalBool("normalizer.handle_chinese_chars") ?? true,
            stripsAccents: try file.optionalBool("normalizer.strip_accents"),
            lowercases: try file.optionalBool("normalizer.lowercase") ?? true)
    }

    private static func readPieces(_ file: ModelFile) throws(ModelError) -> (list: [String?], ids: [[UInt8]: Int32]) {
        guard let members = file.value("model.vocab")?.objectValue else {
            throw file.malformed("model.vocab", expected: "an object of pieces and ids")
        }
        var list: [String?] = Array(repeating: nil, count: members.count)
        var ids: [[UInt8]: Int32] = [:]
        ids.reserveCapacity(members.count)
        for member in members {
            let (piece, value) = (member.key, member.value)
            guard let id = value.integer, id >= 0, id < WordPieceTrie.maximumNodes else {
                throw ModelError(
                    .malformed, "the id of \"\(piece)\" is not a small whole number", file: file.path, field: "model.vocab",
                    found: value.kindName)
            }
            if id >= list.count { list += Array(repeating: nil, count: id + 1 - list.count) }
            if let other = list[id] {
                throw ModelError(
                    .malformed, "\"\(other)\" and \"\(piece)\" have the same id \(id)", file: file.path, field: "model.vocab")
            }
            list[id] = piece
            ids[Array(piece.utf8)] = Int32(id)
        }
        return (list, ids)
    }

    /// The ids around a text, from a template `[CLS] A [SEP]`.
    private static func frame(of file: ModelFile) throws(ModelError) -> (Int32, Int32) {
        let field = "post_processor.type"
        let type = try file.optionalString(field)
        try expect(type, ["TemplateProcessing", "BertProcessing"], field, file)
        if type == "BertProcessing" {
            return (try pairID("post_processor.cls", file), try pairID("post_processor.sep", file))
        }
        let template = file.value("post_processor.single")?.arrayValue ?? []
        guard template.count == 3, let first = template[0]["SpecialToken"]?["id"]?.stringValue, template[1]["Sequence"] != nil,
            let last = template[2]["SpecialToken"]?["id"]?.stringValue
        else {
            throw ModelError(
                .unsupported, "another frame around a text than this library writes", file: file.path, field: "post_processor.single",
                expected: "a special token, the text, a special token")
        }
        return (try specialID(first, file), try specialID(last, file))
    }

    private static func pairID(_ field: String, _ file: ModelFile) throws(ModelError) -> Int32 {
        guard let pair = file.value(field)?.arrayValue, pair.count == 2, let id = pair[1].integer, let id = Int32(exactly: id), id >= 0
        else {
            throw file.malformed(field, expected: "a token and its id")
        }
        return id
    }

    private static func specialID(_ name: String, _ file: ModelFile) throws(ModelError) -> Int32 {
        let field = "post_processor.special_tokens"
        guard let ids = file.value(field)?[name]?["ids"]?.arrayValue, ids.count == 1, let id = ids[0].integer, let id = Int32(exactly: id),
            id >= 0
        else { throw ModelError(.malformed, "no single id for \"\(name)\"", file: file.path, field: field) }
        return id
    }

    private static func addedTokens(of file: ModelFile) throws(ModelError) -> [WordPieceTokenizer.AddedToken] {
        guard let value = file.value("added_tokens"), value != .null else { return [] }
        guard let entries = value.arrayValue else { throw file.malformed("added_tokens", expected: "an array") }
        var tokens: [WordPieceTokenizer.AddedToken] = []
        for (index, entry) in entries.enumerated() {
            let field = "added_tokens[\(index)]"
            guard let content = entry["content"]?.stringValue, let id = entry["id"]?.integer, let id = Int32(exactly: id), id >= 0 else {
                throw ModelError(.malformed, "the token has no content or no id", file: file.path, field: field)
            }
            guard entry["normalized"]?.boolValue != true else {
                throw ModelError(
                    .unsupported, "the added token \"\(content)\" is matched in normalised text", file: file.path,
                    field: field + ".normalized", expected: "false", found: "true",
                    help: "Add the token with normalized=False, or leave it out")
            }
            tokens.append(.init(content: content, id: id, singleWord: entry["single_word"]?.boolValue ?? false))
        }
        return tokens
    }

    // MARK: vocab.txt

    private static func readVocabulary(
        _ url: URL, configuration: ModelFile?
    ) throws(ModelError) -> WordPieceTokenizer.Definition {
        if let configuration, let name = try configuration.optionalString("tokenizer_class") {
            try expect(name, ["BertTokenizer", "BertTokenizerFast"], "tokenizer_class", configuration)
        }
        let bytes = try ModelFile.read(
            url, help: "A model directory needs tokenizer.json, or vocab.txt with tokenizer_config.json: fetch the missing file")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ModelError(.malformed, "invalid UTF-8", file: url.path)
        }
        // Split at scalars, not at characters: "\r\n" is one character. Hugging Face cuts the line end alone, not other space.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
        if lines.last == "" { lines.removeLast() }
        var ids: [[UInt8]: Int32] = [:]
        for (id, piece) in lines.enumerated() { ids[Array(piece.utf8)] = Int32(clamping: id) }
        func special(_ field: String, _ name: String) throws(ModelError) -> WordPieceTokenizer.AddedToken {
            let entry = configuration?.value(field)
            let content = entry?.stringValue ?? entry?["content"]?.stringValue ?? name
            guard let id = ids[Array(content.utf8)] else {
                throw ModelError(
                    .malformed, "the vocabulary has no line \"\(content)\"", file: url.path,
                    expected: "one piece a line, \(content) among them")
            }
            return .init(content: content, id: id, singleWord: false)
        }
        let unknown = try special("unk_token", "[UNK]")
        let start = try special("cls_token", "[CLS]")
        let end = try special("sep_token", "[SEP]")
        var added = [unknown, start, end]
        for (field, name) in [("pad_token", "[PAD]"), ("mask_token", "[MASK]")] {
            if let token = try? special(field, name) { added.append(token) }
        }
        return WordPieceTokenizer.Definition(
            pieces: lines, unknownID: unknown.id, classID: start.id, separatorID: end.id, addedTokens: added,
            normalization: BertNormalization(
                separatesIdeographs: try configuration?.optionalBool("tokenize_chinese_chars") ?? true,
                stripsAccents: try configuration?.optionalBool("strip_accents"),
                lowercases: try configuration?.optionalBool("do_lower_case") ?? true))
    }
}
