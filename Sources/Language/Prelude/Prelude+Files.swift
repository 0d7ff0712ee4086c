import Foundation
import Statement
import Text

extension Prelude {
    static let files = Namespace(
        "files",
        [
            Builtin("read_text", "(path: str) -> str", doc: "The content of a text file (UTF-8).") { call in
                let path = try call.string(0)
                return .string(String(decoding: try TextFile.read(path), as: UTF8.self))
            },
            Builtin("read_lines", "(path: str) -> list[str]", doc: "The lines of a text file, without their ends.") { call in
                let data = try TextFile.read(try call.string(0))
                return .list(try TextParts.lines(StringObject.of(String(decoding: data, as: UTF8.self))))
            },
            Builtin(
                "write_text", "(path: str, text: str, append: bool = false) -> none",
                doc: "Writes a text file in one go, or adds to its end; missing folders are an error."
            ) { call in
                try TextFile.write(try call.string(0), try call.string(1), append: try call.bool(2))
                return .none
            },
            Builtin(
                "list_dir", "(path: str = \".\") -> list[str]", doc: "The names in a folder, sorted.", example: "is_a(list_dir(), list)"
            ) { call in
                let path = try call.string(0)
                do {
                    return .list(try FileManager.default.contentsOfDirectory(atPath: FilePath.expanded(path)).sorted().map { .string($0) })
                } catch {
                    throw TextFile.failure("read the folder", path, error)
                }
            },
            Builtin("path_exists", "(path: str) -> bool", doc: "Whether there is a file or folder.", example: "path_exists(\".\")") {
                call in
                .bool(FileManager.default.fileExists(atPath: FilePath.expanded(try call.string(0))))
            },
            Builtin("is_dir", "(path: str) -> bool", doc: "Whether there is a folder.", example: "is_dir(\".\")") { call in
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: FilePath.expanded(try call.string(0)), isDirectory: &isFolder)
                return .bool(exists && isFolder.boolValue)
            },
            Builtin("make_dirs", "(path: str) -> none", doc: "Makes a folder and those above it, if they are not there.") { call in
                let path = try call.string(0)
                do {
                    try FileManager.default.createDirectory(atPath: FilePath.expanded(path), withIntermediateDirectories: true)
                    Journal.cannotUndo("made the folder \(path)")
                } catch {
                    throw TextFile.failure("make the folder", path, error)
                }
                return .none
            },
            Builtin("remove_file", "(path: str) -> none", doc: "Deletes a file; folders are refused.") { call in
                let path = try call.string(0)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: FilePath.expanded(path), isDirectory: &isFolder) else {
                    throw TextFile.missing(path)
                }
                if isFolder.boolValue { throw ScriptError(.io, "\(Value.quoted(path)) is a folder") }
                do {
                    try FileManager.default.removeItem(atPath: FilePath.expanded(path))
                    Journal.cannotUndo("removed \(path)")
                } catch {
                    throw TextFile.failure("delete", path, error)
                }
                return .none
            },
            Builtin(
                "path_join", "(*parts: str) -> str", doc: "The parts of a path with slashes between them; an absolute part starts anew.",
                example: "path_join(\"a\", \"b.txt\") == \"a/b.txt\""
            ) { call in
                .string(FilePath.join(try call.strings(0)))
            },
            Builtin("path_name", "(path: str) -> str", doc: "The last part of a path.", example: "path_name(\"a/b.txt\") == \"b.txt\"") {
                call in .string(FilePath.name(try call.string(0)))
            },
            Builtin(
                "path_parent", "(path: str) -> str", doc: "The path without its last part.", example: "path_parent(\"a/b.txt\") == \"a\""
            ) { call in .string(FilePath.parent(try call.string(0))) },
            Builtin(
                "path_suffix", "(path: str) -> str", doc: "The ending of a file's name, with its dot, or nothing.",
                example: "path_suffix(\"a/b.txt\") == \".txt\""
            ) { call in
                .string(FilePath.suffix(try call.string(0)))
            },
        ])
}

/// Reading and writing whole files, with errors that name the path and a likely other one.
public enum TextFile {

    public static func read(_ path: String) throws -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: FilePath.expanded(path), isDirectory: &isFolder) else { throw missing(path) }
        if isFolder.boolValue { throw ScriptError(.io, "\(Value.quoted(path)) is a folder", help: "list_dir(path) gives its files") }
        do {
            FileReads.note(FilePath.expanded(path))
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: FilePath.expanded(path)))
            defer { try? file.close() }
            var data = Data()
            // Piece by piece, so that reading a large file can be ended.
            while let piece = try file.read(upToCount: 1 << 24), !piece.isEmpty {
                data.append(piece)
                try Interruption.check()
            }
            return data
        } catch let error as Interrupted {
            throw error
        } catch {
            throw failure("read", path, error)
        }
    }

    static func write(_ path: String, _ text: String, append: Bool) throws {
        let url = URL(fileURLWithPath: FilePath.expanded(path))
        do {
            if append, let handle = try? FileHandle(forWritingTo: url) {
                defer { try? handle.close() }
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(text.utf8))
            } else {
                try Data(text.utf8).write(to: url, options: .atomic)
            }
            Journal.cannotUndo("wrote \(path)")
        } catch {
            throw failure("write", path, error)
        }
    }

    /// An IOError for a path that is not there, with the nearest name in its folder.
    public static func missing(_ path: String) -> ScriptError {
        let name = FilePath.name(path)
        let folder = FilePath.parent(path)
        let place = folder.isEmpty ? "." : FilePath.expanded(folder)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
            return ScriptError(.io, "there is no file \(Value.quoted(path))", help: "the folder \(Value.quoted(folder)) does not exist")
        }
        let near = Spelling.suggestion(for: name, among: names)
        return ScriptError(
            .io, "there is no file \(Value.quoted(path))",
            help: near.map { "did you mean \(Value.quoted(folder.isEmpty ? $0 : folder + "/" + $0))?" })
    }

    static func failure(_ action: String, _ path: String, _ error: any Error) -> ScriptError {
        let code = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let number = code?.domain == NSPOSIXErrorDomain ? Int32(code?.code ?? 0) : 0
        let reason = number != 0 ? String(cString: strerror(number)) : error.localizedDescription
        return ScriptError(.io, "cannot \(action) \(Value.quoted(path)): \(reason)")
    }
}
