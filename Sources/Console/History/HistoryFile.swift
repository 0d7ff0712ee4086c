import Foundation

/// The file of past statements: one line each, oldest first, shared by sessions that run at the same time.
///
/// A statement of several lines is one line of the file, with `\n` for a line break and `\\` for a backslash.
/// Every session appends under a lock, so that no session's lines are lost or torn.
public struct HistoryFile: Sendable {
    public let path: String
    /// Statements kept; a file that has grown to twice that is rewritten.
    public let limit: Int

    public init(path: String, limit: Int = 10_000) {
        self.path = path
        self.limit = limit
    }

    /// `~/.eft_history`.
    public static var standard: HistoryFile { HistoryFile(path: HomeDirectory.path + "/.eft_history") }

    // MARK: Lines

    /// The line of the file that stands for `statement`.
    static func encode(_ statement: String) -> String {
        var line = ""
        for scalar in statement.unicodeScalars {
            switch scalar {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\0": continue
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// The statement that `line` stands for. A backslash before any other letter is itself, so hand-written lines survive.
    static func decode(_ line: some StringProtocol) -> String {
        var statement = String.UnicodeScalarView()
        var scalars = line.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                statement.append(scalar)
                continue
            }
            switch scalars.next() {
            case "n": statement.append("\n")
            case "r": statement.append("\r")
            case "\\": statement.append("\\")
            case let other?: statement.append(contentsOf: ["\\", other])
            case nil: statement.append("\\")
            }
        }
        return String(statement)
    }

    /// `statements` with each text once, at the place of its last use, and only the last `limit`.
    static func compacted(_ statements: [String], limit: Int) -> [String] {
        var seen = Set<String>()
        var latest: [String] = []
        for statement in statements.reversed() where latest.count < limit && seen.insert(statement).inserted {
            latest.append(statement)
        }
        return latest.reversed()
    }

    // MARK: Reading and writing

    /// The statements of all earlier sessions, oldest first, each once. A file that is missing or unreadable gives none.
    public func load() -> [String] {
        guard let lines = lockedLines(rewriting: true) else { return [] }
        return Self.compacted(lines.map(Self.decode), limit: limit)
    }

    /// Adds one statement at the end.
    public func append(_ statement: String) throws {
        let file = try open()
        defer { close(file) }
        var text = Self.encode(statement) + "\n"
        if let last = lastByte(of: file), last != UInt8(ascii: "\n") { text = "\n" + text }
        try write(text, to: file)
    }

    /// The file's lines; rewrites it compactly first when it has grown to twice the limit.
    private func lockedLines(rewriting: Bool) -> [Substring]? {
        guard access(path, R_OK) == 0, let file = try? open() else { return nil }
        defer { close(file) }
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        if rewriting, lines.count > 2 * limit {
            let kept = Self.compacted(lines.map(String.init), limit: limit).joined(separator: "\n") + "\n"
            // Rename keeps the old file whole until the new one is; other sessions notice the new file in `open`.
            try? rewrite(kept)
        }
        return lines
    }

    private func rewrite(_ text: String) throws {
        let temporary = path + ".new"
        let file = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw HistoryError(path: temporary, code: errno) }
        defer { close(file) }
        try write(text, to: file)
        guard rename(temporary, path) == 0 else { throw HistoryError(path: path, code: errno) }
    }

    /// Opens the file and holds its lock; opens again when another session has replaced the file meanwhile.
    private func open() throws -> Int32 {
        while true {
            let file = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw HistoryError(path: path, code: errno) }
            while flock(file, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    let code = errno
                    close(file)
                    throw HistoryError(path: path, code: code)
                }
            }
            var held = stat()
            var named = stat()
            if fstat(file, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino { return file }
            close(file)
        }
    }

    private func lastByte(of file: Int32) -> UInt8? {
        var byte: UInt8 = 0
        let end = lseek(file, 0, SEEK_END)
        guard end > 0, pread(file, &byte, 1, end - 1) == 1 else { return nil }
        return byte
    }

    private func write(_ text: String, to file: Int32) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw HistoryError(path: path, code: errno)
            }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// Why the history could not be kept; the session goes on without.
public struct HistoryError: Error, CustomStringConvertible {
    public let path: String
    public let code: Int32
    public var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}
