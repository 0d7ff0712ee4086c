import Foundation

/// The keys that `~/.editrc` binds: libedit's to deal with, not ours.
struct EditorBindings {
    /// What terminals send for them.
    private(set) var keys: Set<[UInt8]> = []

    /// The file that libedit reads: `$EDITRC`, else `~/.editrc`.
    static var ofUser: EditorBindings {
        let path = Workspace.environment("EDITRC") ?? HomeDirectory.path + "/.editrc"
        return EditorBindings((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }

    /// Reads the `bind` commands of a file as editrc(5) has it: `[program:]bind [-aks…] key [command]`.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            var words = Self.words(line)
            guard let first = words.first else { continue }
            words.removeFirst()
            guard first.split(separator: ":").last == "bind" else { continue }
            let options = words.prefix { $0.hasPrefix("-") }
            guard let key = words.dropFirst(options.count).first else { continue }
            if options.contains(where: { $0.contains("k") }) {
                keys.formUnion(Self.sequences[key] ?? [])
            } else {
                keys.insert(Self.bytes(of: key))
            }
        }
    }

    /// The named keys of `bind -k`, as terminals send them.
    private static let sequences: [String: [[UInt8]]] = [
        "up": ["[A", "OA"], "down": ["[B", "OB"], "home": ["[H", "OH", "[1~"], "end": ["[F", "OF", "[4~"],
    ]
    .mapValues { $0.map { [0x1B] + Array($0.utf8) } }

    /// The words of a line: at white space, except inside quotes; nothing behind a `#`.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else if character == "#", word == nil {
                break
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// A key in libedit's notation: `^[` and `\e` are Escape, `\033` is a byte in octal.
    private static func bytes(of key: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(key.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "^"), let next = rest.popFirst() {
                bytes.append(next == UInt8(ascii: "?") ? 0x7F : next & 0x1F)
            } else if byte == UInt8(ascii: "\\"), let next = rest.first {
                let octal = rest.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
                rest = rest.dropFirst(max(octal.count, 1))
                if octal.isEmpty {
                    bytes.append(next == UInt8(ascii: "e") ? 0x1B : next)
                } else {
                    bytes.append(UInt8(truncatingIfNeeded: octal.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) }))
                }
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
