/// Writes a `JSONValue` as text that any JSON reader takes.
public struct JSONWriter: Sendable {
    /// What to do with numbers that JSON cannot write.
    public enum NonFinite: Sendable {
        /// The writer throws.
        case error
        /// As `null`.
        case null
        /// As `NaN`, `Infinity`, `-Infinity`: Python's habit, no RFC 8259.
        case literal
    }

    /// Spaces per level; nil writes one line with `", "` and `": "`, as Python's `json.dumps` does.
    public var indent: Int?
    /// No space after commas and colons.
    public var isCompact = false
    /// Everything outside ASCII as `\uXXXX`.
    public var escapesNonASCII = false
    /// Keys in order of their Unicode scalars instead of the object's own.
    public var sortsKeys = false
    public var nonFinite = NonFinite.error

    public init(indent: Int? = nil, isCompact: Bool = false) {
        self.indent = indent
        self.isCompact = isCompact
    }

    /// The text of `value`; throws where a number is not finite and `nonFinite` is `.error`.
    public func string(_ value: JSONValue) throws(JSONWriteError) -> String {
        var output = ""
        try write(value, level: 0, path: "", to: &output)
        return output
    }

    private func write(_ value: JSONValue, level: Int, path: String, to output: inout String) throws(JSONWriteError) {
        switch value {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .int(let value): output += String(value)
        case .double(let value): output += try number(value, path: path)
        case .string(let value): quote(value, to: &output)
        case .array(let elements):
            try bracketed("[", "]", elements.enumerated(), count: elements.count, level: level, to: &output) {
                (element, output) throws(JSONWriteError) in
                try write(element.element, level: level + 1, path: path + "[\(element.offset)]", to: &output)
            }
        case .object(let object):
            let members: [(key: String, value: JSONValue)] = sortsKeys ? object.sorted { $0.key < $1.key } : Array(object)
            try bracketed("{", "}", members, count: members.count, level: level, to: &output) { (member, output) throws(JSONWriteError) in
                quote(member.key, to: &output)
                output += isCompact ? ":" : ": "
                try write(member.value, level: level + 1, path: path.isEmpty ? member.key : path + "." + member.key, to: &output)
            }
        }
    }

    private func bracketed<Elements: Sequence>(
        _ open: String, _ close: String, _ elements: Elements, count: Int, level: Int, to output: inout String,
        write: (Elements.Element, inout String) throws(JSONWriteError) -> Void
    ) throws(JSONWriteError) {
        output += open
        var isFirst = true
        for element in elements {
            if !isFirst { output += indent == nil && !isCompact ? ", " : "," }
            isFirst = false
            newLine(level: level + 1, to: &output)
            try write(element, &output)
        }
        if count > 0 { newLine(level: level, to: &output) }
        output += close
    }

    private func newLine(level: Int, to output: inout String) {
        guard let indent else { return }
        output += "\n" + String(repeating: " ", count: max(indent, 0) * level)
    }

    private func number(_ value: Double, path: String) throws(JSONWriteError) -> String {
        if value.isFinite { return value.description }
        switch nonFinite {
        case .literal: return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
        case .null: return "null"
        case .error:
            throw JSONWriteError(path: path.isEmpty ? nil : path, value: value)
        }
    }

    private func quote(_ text: String, to output: inout String) {
        output += "\""
        var text = text
        let isPlain = text.withUTF8 { bytes in
            bytes.allSatisfy {
                $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && ($0 < 0x7F || !escapesNonASCII && $0 != 0x7F)
            }
        }
        if isPlain {
            output += text
        } else {
            for scalar in text.unicodeScalars { escape(scalar, to: &output) }
        }
        output += "\""
    }

    private func escape(_ scalar: Unicode.Scalar, to output: inout String) {
        switch scalar {
        case "\"": output += "\\\""
        case "\\": output += "\\\\"
        case "\n": output += "\\n"
        case "\r": output += "\\r"
        case "\t": output += "\\t"
        case "\u{08}": output += "\\b"
        case "\u{0C}": output += "\\f"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value > 0x7F && escapesNonASCII:
            for unit in UTF16.encode(scalar)?.map({ $0 }) ?? [] {
                let digits = String(unit, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        default: output.unicodeScalars.append(scalar)
        }
    }

    /// `text` as a JSON string, for messages.
    package static func quoted(_ text: String) -> String {
        var output = ""
        JSONWriter().quote(text, to: &output)
        return output
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as one line of JSON, with `NaN` and `Infinity` where JSON has no number.
    public var description: String {
        var writer = JSONWriter()
        writer.nonFinite = .literal
        return (try? writer.string(self)) ?? "null"
    }
}
