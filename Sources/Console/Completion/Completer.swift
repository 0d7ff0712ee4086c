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
        if before.last == "." { return completeMember(text, word, scan) }
        if let modules = completeImport(before, word) { return modules }
        let call = openCall(scan)
        let signature = call?.display
        // Right after the bracket, what the function takes is the answer; names come once a letter is typed.
        if word.isEmpty { return Completions(word: "", candidates: [], signature: signature) }
        var candidates = lookup.rootNames.map { Completions.Candidate($0) } + LanguageSupport.keywords.map { Completions.Candidate($0) }
        candidates += Self.names(in: text, except: word).map { Completions.Candidate($0) }
        if let call {
            candidates += call.signature.parameters.filter { $0.kind == .positional || $0.kind == .keywordOnly }.map {
                Completions.Candidate($0.name + " = ", label: "\($0.name) = \($0.type == .any ? "" : $0.type.description)")
            }
        }
        return Completions(word: word, candidates: Self.matching(candidates, word), signature: signature)
    }

    // MARK: Contexts

    /// Behind a dot: the names of the value at hand, or of the type that what stands there will have.
    private func completeMember(_ text: String, _ word: String, _ scan: InputScanner) -> Completions {
        let dotted = text.dropLast(word.count)
        let dot = scan.scalars.count - word.unicodeScalars.count - 1
        let operand = InputScanner.operand(endingAt: dot, of: scan.scalars)
        let isBound = firstItem(of: String(operand.prefix { $0 != "." && $0 != "[" }), before: dot, in: scan) != nil
        if !isBound, operand.first?.isLetter ?? false || operand.first == "_", operand.allSatisfy(Self.belongsToPath) {
            let members = lookup.members(of: operand)
            if !members.isEmpty { return Completions(word: word, candidates: Self.matching(members, word)) }
        }
        guard !operand.isEmpty else { return .none }
        if let value = value(before: dot, in: scan) {
            return Completions(word: word, candidates: Self.matching(lookup.members(of: value), word))
        }
        let interpreter = interpreter()
        var members = interpreter.members(behind: String(dotted), closers: scan.closers)
        // Where the statement is too unfinished to be read, the operand still tells something by itself.
        if members.isEmpty { members = interpreter.members(behind: operand + ".", closers: "") }
        let candidates = members.map { Completions.Candidate($0.name, label: $0.isMethod ? $0.name + "()" : $0.name) }
        return Completions(word: word, candidates: Self.matching(candidates, word))
    }

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
        let words = statement.split(separator: " ")
        if words.count >= 3, words[0] == "from", words[2] == "import", statement.last == "," || words.count == 3 {
            return Completions(word: word, candidates: Self.matching(lookup.members(of: String(words[1])), word))
        }
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
        if scan.callee?.text == "load_model" {
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

    /// The value of the expression that ends at `offset`; of a variable that goes through the items of a list, the first of them. A variable
    /// is looked for where it is bound last.
    private func value(before offset: Int, in scan: InputScanner) -> Value? {
        let operand = InputScanner.operand(endingAt: offset, of: scan.scalars)
        let path = operand.prefix { $0 != "." && $0 != "[" }
        if let item = firstItem(of: String(path), before: offset, in: scan) {
            return path.endIndex == operand.endIndex ? item : lookup.value(of: operand, where: String(path), is: item)
        }
        return lookup.value(of: operand)
    }

    /// The first item of the list that a loop's variable or a function's parameter goes through.
    private func firstItem(of name: String, before offset: Int, in scan: InputScanner) -> Value? {
        guard !name.isEmpty else { return nil }
        let before = String(String.UnicodeScalarView(scan.scalars[..<offset]))
        if let loop = before.ranges(of: "for \(name) in ").last {
            let rest = before[loop.upperBound...].prefix { $0 != "{" && $0 != "\n" }
            return items(of: String(rest[..<(rest.firstRange(of: " if ")?.lowerBound ?? rest.endIndex)]))?.first
        }
        guard let arrow = before.ranges(of: "\(name) =>").last else { return nil }
        // The call that takes the function knows the list: what is piped in, what it is a method of, or its first argument.
        let place = before[..<arrow.lowerBound].unicodeScalars.count
        guard let bracket = scan.brackets.last(where: { $0.character == "(" && $0.offset < place }) else { return nil }
        let callee = InputScanner.operand(endingAt: bracket.offset, of: scan.scalars)
        let head = String(String.UnicodeScalarView(scan.scalars[..<(bracket.offset - callee.unicodeScalars.count)]))[...].trimmed
        if head.hasSuffix("|>") {
            let piped = Array(head.dropLast(2).trimmed.unicodeScalars)
            return items(of: InputScanner.operand(endingAt: piped.count, of: piped))?.first
        }
        if let dot = callee.lastIndex(of: "."), let items = items(of: String(callee[..<dot])) { return items.first }
        let arguments = String(String.UnicodeScalarView(scan.scalars[(bracket.offset + 1)..<place]))
        return items(of: String(arguments.prefix { $0 != "," }))?.first
    }

    private func items(of expression: String) -> [Value]? {
        if case .list(let list)? = lookup.value(of: expression) { list.items } else { nil }
    }

    private struct OpenCall {
        let signature: CallSignature
        let display: String
    }

    /// The call whose brackets the cursor is in.
    private func openCall(_ scan: InputScanner) -> OpenCall? {
        guard let callee = scan.callee else { return nil }
        let name = callee.text
        let isPath = name.allSatisfy(Self.belongsToPath)
        let interpreter = interpreter()
        guard
            let signature = (isPath ? lookup.signature(of: name) : nil)
                ?? interpreter.callSignature(of: callee.statement, closers: callee.closers)
                ?? interpreter.callSignature(of: name, closers: "")
        else { return nil }
        return OpenCall(signature: signature, display: name + signature.description)
    }

    private static func belongsToPath(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "."
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
