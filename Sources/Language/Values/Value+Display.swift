extension Value {
    /// What `str(x)` and `print(x)` show.
    public var display: String {
        switch self {
        case .string(let text): text.text
        case .error(let error): error.message
        case .host(let object): object.display
        default: repr
        }
    }

    /// What `repr(x)` and the prompt show. Past a limit of nesting the inside is written as `...`.
    public var repr: String {
        var text = ""
        write(to: &text, level: 0)
        return text
    }

    private func write(to text: inout String, level: UInt32) {
        if level > plainRecursionDepth {
            text += "..."
            return
        }
        switch self {
        case .int(let value): text += String(value)
        case .float(let value): text += FloatText.repr(value)
        case .bool(let value): text += value ? "true" : "false"
        case .none: text += "none"
        case .string(let value): text += Value.quoted(value.text)
        case .list(let list): Value.write(list.items, "[", "]", to: &text, level: level)
        case .tuple(let tuple): Value.write(tuple.items, "(", tuple.count == 1 ? ",)" : ")", to: &text, level: level)
        case .dict(let dict):
            text += "{"
            var separator = ""
            for pair in dict.pairs {
                text += separator
                pair.key.write(to: &text, level: level + 1)
                text += ": "
                pair.value.write(to: &text, level: level + 1)
                separator = ", "
            }
            text += "}"
        case .structure(let object):
            text += object.type.name + "("
            for index in 0..<object.type.fieldCount {
                text += (index == 0 ? "" : ", ") + object.type.fieldNames[index].text + " = "
                object[index].write(to: &text, level: level + 1)
            }
            text += ")"
        case .range(let range):
            text += range.step == 1 ? "range(\(range.start), \(range.stop))" : "range(\(range.start), \(range.stop), \(range.step))"
        case .structType(let type): text += "<struct \(type.name)>"
        case .function(let function): text += "<fn \(function.name)>"
        case .builtin(let builtin): text += "<fn \(builtin.name)>"
        case .boundMethod(let bound): text += "<fn \(bound.receiver.typeName).\(bound.method.name)>"
        case .module(let module): text += "<module \(module.name)>"
        case .error(let error): text += "\(error.kind.rawValue)(\(Value.quoted(error.message)))"
        case .iterator: text += "<iterator>"
        case .host(let object): text += object.description
        case .unset: text += "<unset>"
        }
    }

    private static func write(_ items: [Value], _ open: String, _ close: String, to text: inout String, level: UInt32) {
        text += open
        var separator = ""
        for item in items {
            text += separator
            item.write(to: &text, level: level + 1)
            separator = ", "
        }
        text += close
    }

    /// The text in quotes with Python's escapes: single quotes unless the text holds one and no double quote.
    static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar = text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var result = String.UnicodeScalarView()
        result.append(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\":
                result.append("\\")
                result.append(scalar)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            default:
                if scalar.isPrintable {
                    result.append(scalar)
                } else {
                    result.append(contentsOf: escape(scalar).unicodeScalars)
                }
            }
        }
        result.append(quote)
        return String(result)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16)
        func padded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - hex.count)) + hex }
        if scalar.value < 0x100 { return "\\x" + padded(2) }
        return scalar.value < 0x10000 ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}

extension Unicode.Scalar {
    /// Python's `isprintable` for one character.
    var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
        default: return true
        }
    }
}
