extension Interpreter {
    /// The value of a `param` of the main script that was set from outside, or unset.
    ///
    /// - Throws: ValueError if the text does not fit the declared type; TypeError for a required one that was not set.
    func parameterValue(_ module: ModuleObject, _ index: Int) throws -> Value {
        guard module.parameters.indices.contains(index) else { return .unset }
        let parameter = module.parameters[index]
        guard module === globals, let text = configuration.parameters[parameter.name] else {
            if parameter.defaultText == nil {
                throw ScriptError(.value, "the script needs a value for `\(parameter.name)`", help: "run it with --\(parameter.name) VALUE")
            }
            return .unset
        }
        guard let value = Interpreter.value(of: text, as: parameter.type) else {
            throw ScriptError(.value, "--\(parameter.name) must be \(TypeCheck.name(of: parameter.type)), not \(Value.quoted(text))")
        }
        return value
    }

    /// Reads the text of a parameter as a type; nil if it does not fit. Without a type, what looks like a number or bool is one.
    public static func value(of text: String, as type: TypeExpression) -> Value? {
        switch type {
        case .str: return .string(text)
        case .int: return (try? Numerals.int(text, base: 10)).map { .int($0) }
        case .float: return (try? Numerals.float(text)).map { .float($0) }
        case .bool:
            switch text {
            case "true", "1", "yes", "on", "": return .bool(true)
            case "false", "0", "no", "off": return .bool(false)
            default: return nil
            }
        case .none: return text == "none" ? Value.none : nil
        case .list(let item):
            var body = text[...]
            if body.hasPrefix("["), body.hasSuffix("]") { body = body.dropFirst().dropLast() }
            if body.isEmpty { return .list([]) }
            let items = body.split(separator: ",", omittingEmptySubsequences: false).map {
                value(of: String($0).trimming(), as: item ?? .any)
            }
            let values = items.compactMap { $0 }
            return values.count == items.count ? .list(values) : nil
        case .union(let options):
            for option in options where option != .str { if let value = value(of: text, as: option) { return value } }
            return options.contains(.str) ? .string(text) : nil
        default:
            for simple in [TypeExpression.int, .float] { if let value = value(of: text, as: simple) { return value } }
            if text == "true" || text == "false" { return .bool(text == "true") }
            return text == "none" ? Value.none : .string(text)
        }
    }

    /// The parameters of a script, without running it.
    ///
    /// - Throws: `Diagnostics` if the script does not compile.
    public func parameters(of source: Source) throws -> [ScriptParameter] {
        let module = ModuleObject(name: "main")
        _ = try compile(source, in: module)
        return module.parameters
    }
}
