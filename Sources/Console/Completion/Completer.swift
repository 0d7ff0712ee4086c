import Foundation
import Language

/// Completes what is being typed from what the session knows. It only looks values up, so no code of the user's runs.
struct Completer {
    /// The interpreter of the moment; `%reset` changes it.
    let interpreter: () -> Interpreter

    private var lookup: Lookup { Lookup(interpreter()) }

    /// The ways to go on after `text`, which ends at the cursor.
    func complete(_ text: String) -> Completions {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        if text.trimmedStart.hasPrefix("%") || text.trimmedStart.hasPrefix("!") {
            if let found = completeCommand(text.trimmedStart) { return found }
        }
        let scan = InputScanner.scan(text)
        if scan.isComment { return .none }
        if scan.string != nil { return completeString(scan) }
        let word = Self.trailing(line) { $0.isLetter || $0.isNumber || $0 == "_" }
        let before = line.dropLast(word.count)
        if before.last == "." {
            let path = Self.trailing(before.dropLast()) { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            guard !path.isEmpty else { return .none }
            return Completions(word: word, candidates: Self.matching(lookup.members(of: path), word))
        }
        if let modules = completeImport(before, word) { return modules }
        let call = openCall(scan)
        let signature = call.flatMap { name in lookup.signatureText(of: name).map { name + $0 } }
        // Right after the bracket, what the function takes is the answer; names come once a letter is typed.
        if word.isEmpty { return Completions(word: "", candidates: [], signature: signature) }
        var candidates = lookup.rootNames.map { Completions.Candidate($0) } + LanguageSupport.keywords.map { Completions.Candidate($0) }
        candidates += Self.names(in: text, except: word).map { Completions.Candidate($0) }
        if let call, let parameters = lookup.signature(of: call)?.parameters {
            candidates += parameters.filter { $0.kind == .positional || $0.kind == .keywordOnly }.map {
                Completions.Candidate($0.name + " = ", label: "\($0.name) = \($0.type == .any ? "" : $0.type.description)")
            }
        }
        return Completions(word: word, candidates: Self.matching(candidates, word), signature: signature)
    }

    // MARK: Contexts

    private func completeCommand(_ text: String) -> Completions? {
        if text.hasPrefix("!") { return completePath(Self.trailing(text) { !$0.isWhitespace && $0 != "!" }) }
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count > 1 else {
            let word = String(text.dropFirst())
            return Completions(word: word, candidates: Self.matching(CommandTable.names.map { .init($0, label: "%" + $0) }, word))
        }
        switch parts[0] {
        case "%run", "%cells", "%cell", "%load", "%edit", "%cd", "%ls": return completePath(Self.trailing(text) { !$0.isWhitespace })
        default: return nil
        }
    }

    private func completeImport(_ before: Substring, _ word: String) -> Completions? {
        let statement = before.trimmed
        guard statement == "import" || statement == "from" else { return nil }
        return Completions(word: word, candidates: Self.matching(interpreter().moduleNames().map { .init($0) }, word))
    }

    /// Inside quotes: the keys of a dict that is being indexed, else model names and file paths.
    private func completeString(_ scan: InputScanner) -> Completions {
        let typed = scan.stringText ?? ""
        if let bracket = scan.brackets.last, bracket.character == "[", let value = value(before: bracket.offset, in: scan),
            case .dict(let dict) = value
        {
            let keys = dict.keys.compactMap(\.asString)
            return Completions(word: typed, candidates: Self.matching(keys.map { .init($0) }, typed))
        }
        if openCall(scan) == "load_model" {
            let paths = completePath(typed)
            let models = (try? FileManager.default.contentsOfDirectory(atPath: Workspace.modelDirectory)) ?? []
            let candidates = Self.matching(models.filter { !$0.hasPrefix(".") }.map { .init($0) }, typed)
            return typed.contains("/") ? paths : Completions(word: typed, candidates: candidates + paths.candidates)
        }
        return completePath(typed)
    }

    private func completePath(_ typed: String) -> Completions {
        let slash = typed.lastIndex(of: "/")
        let folder = slash.map { String(typed[...$0]) } ?? ""
        let start = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
        let expanded = HomeDirectory.expand(folder.isEmpty ? "." : folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: expanded)) ?? []
        let candidates = names.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }.map { name in
            var status = stat()
            let isFolder = stat(expanded + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            return Completions.Candidate(folder + name + (isFolder ? "/" : ""), label: name + (isFolder ? "/" : ""))
        }
        return Completions(word: typed, candidates: candidates)
    }

    private func value(before offset: Int, in scan: InputScanner) -> Value? {
        let path = Self.path(endingAt: offset, in: scan)
        if case .value(_, let value) = lookup.find(path) { return value }
        return nil
    }

    /// The dotted name before the innermost open round bracket.
    private func openCall(_ scan: InputScanner) -> String? {
        guard let bracket = scan.brackets.last(where: { $0.character == "(" }) else { return nil }
        let path = Self.path(endingAt: bracket.offset, in: scan)
        return path.isEmpty ? nil : path
    }

    private static func path(endingAt offset: Int, in scan: InputScanner) -> String {
        let text = String(String.UnicodeScalarView(scan.scalars[..<offset]))
        return trailing(text) { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }

    // MARK: Words

    private static func trailing(_ text: some StringProtocol, while belongs: (Character) -> Bool) -> String {
        String(text.reversed().prefix(while: belongs).reversed())
    }

    private static func matching(_ candidates: [Completions.Candidate], _ word: String) -> [Completions.Candidate] {
        // Names that hide behind an underscore are offered only to those who type it.
        candidates.filter { $0.text.hasPrefix(word) && (word.hasPrefix("_") || !$0.text.hasPrefix("_")) }
    }

    /// The words of the statement itself: parameters and locals that exist nowhere yet.
    private static func names(in text: String, except word: String) -> Set<String> {
        var names = Set<String>()
        let code = text.dropLast(word.count)
        for name in code.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }) where name.first?.isNumber == false {
            names.insert(String(name))
        }
        return names
    }
}

extension String {
    fileprivate var trimmedStart: String { String(drop { $0.isWhitespace }) }
}
