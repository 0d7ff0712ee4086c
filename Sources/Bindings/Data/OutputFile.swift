import Foundation
import Language
import Statement

/// A file that a builtin writes for a script.
enum OutputFile {
    /// Replaces the file when all is written; undo says that it stays.
    ///
    /// - Throws: IOError with the path.
    static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ScriptError.io("\(path) cannot be written: \(error.localizedDescription)")
        }
        Journal.cannotUndo("wrote \(path)")
    }
}
