import Text

/// Distributes the arguments of a call over the parameters of a signature.
enum Binder {
    /// Rearranges `count` arguments, the last of them named by `keywords`, into one slot per parameter; an omitted one becomes unset.
    /// There must be room for `max(count, parameters)` slots.
    static func bind(
        name: String, _ signature: CallSignature, _ arguments: ValuePointer, count: Int, keywords: [String]
    ) throws {
        let parameters = signature.parameters
        var bound = [Value](repeating: .unset, count: parameters.count)
        let positional = count - keywords.count
        var rest: [Value] = []
        var next = 0
        for index in 0..<positional {
            let value = (arguments + index).take()
            while next < parameters.count, parameters[next].kind != .positional { next += 1 }
            if next < parameters.count, index < signature.positionalCount {
                bound[next] = value
                next += 1
            } else {
                rest.append(value)
            }
        }
        if let restIndex = signature.restIndex {
            bound[restIndex] = .list(rest)
        } else if !rest.isEmpty {
            throw tooMany(name, signature, given: positional)
        }
        let options = signature.optionsIndex == nil ? nil : DictObject()
        for (offset, keyword) in keywords.enumerated() {
            let value = (arguments + (positional + offset)).take()
            let index = parameters.firstIndex { $0.name == keyword && ($0.kind == .positional || $0.kind == .keywordOnly) }
            if let index {
                if case .unset = bound[index] {
                    bound[index] = value
                } else {
                    throw ScriptError(
                        .type, "\(title(name)) got two values for argument `\(keyword)`", help: "the signature is \(name)\(signature)")
                }
            } else if let options {
                options.set(.string(keyword), value)
            } else {
                throw unknown(keyword, name, signature)
            }
        }
        if let optionsIndex = signature.optionsIndex, let options { bound[optionsIndex] = .dict(options) }
        for (index, parameter) in parameters.enumerated() where parameter.isRequired {
            if case .unset = bound[index] { throw missing(name, signature, given: positional, keywords: keywords) }
        }
        for (index, value) in bound.enumerated() { arguments[index] = value }
    }

    static func title(_ name: String) -> String { name.isEmpty ? "the function" : "\(name)()" }

    static func tooMany(_ name: String, _ signature: CallSignature, given: Int) -> ScriptError {
        let most = signature.positionalCount
        let least = signature.parameters.count { $0.kind == .positional && $0.isRequired }
        let takes = most == 0 ? "no arguments" : (least == most ? "\(most)" : "at most \(most)") + " argument\(most == 1 ? "" : "s")"
        return ScriptError(
            .type, "\(title(name)) takes \(takes), but \(given) \(given == 1 ? "was" : "were") given",
            help: "the signature is \(name)\(signature)")
    }

    static func missing(_ name: String, _ signature: CallSignature, given: Int, keywords: [String]) -> ScriptError {
        var position = 0
        var names: [String] = []
        for parameter in signature.parameters where parameter.kind == .positional || parameter.kind == .keywordOnly {
            let isGiven = parameter.kind == .positional && position < given
            if parameter.kind == .positional { position += 1 }
            if parameter.isRequired && !isGiven && !keywords.contains(parameter.name) { names.append("`\(parameter.name)`") }
        }
        return ScriptError(
            .type, "\(title(name)) is missing argument\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))",
            help: "the signature is \(name)\(signature)")
    }

    static func unknown(_ keyword: String, _ name: String, _ signature: CallSignature) -> ScriptError {
        let names = signature.parameters.filter { $0.kind == .positional || $0.kind == .keywordOnly }.map(\.name)
        let help =
            ForeignNames.keyword(keyword, among: names)
            ?? Spelling.suggestion(for: keyword, among: names).map { "did you mean `\($0)`?" } ?? "the signature is \(name)\(signature)"
        return ScriptError(.type, "\(title(name)) has no parameter `\(keyword)`", help: help)
    }
}
