import Foundation

extension Process {
    /// Runs the program to its end and returns what it prints, on request what it says of errors too.
    ///
    /// It prints into a file: a pipe ends only when everybody who holds it has let it go, and programs that other tests start meanwhile
    /// inherit it.
    public func output(withErrors: Bool = false) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("eft-output-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        standardOutput = handle
        if withErrors { standardError = handle }
        try run()
        waitUntilExit()
        try handle.close()
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
