import Foundation
import Testing

@testable import Language

/// Golden files: `golden/<folder>/name.eft` beside `name.expected`, what the program must print or be told.
///
/// With `EFT_RECORD_GOLDEN=1` in the environment the expectations are written anew and the test fails, so that a recording
/// never passes for a check.
enum Golden {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("golden")
    static let isRecording = ProcessInfo.processInfo.environment["EFT_RECORD_GOLDEN"] == "1"

    /// The names of the programs in `golden/<folder>`.
    static func names(_ folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.appendingPathComponent(folder).path)) ?? []
        return files.filter { $0.hasSuffix(".eft") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// Compares what `produce` makes of the program with the expectation.
    static func check(_ name: String, in folder: String, _ produce: (Source) throws -> String) throws {
        let base = directory.appendingPathComponent(folder).appendingPathComponent(name)
        let program = try Data(contentsOf: base.appendingPathExtension("eft"))
        let actual = try produce(Source(name: name + ".eft", bytes: [UInt8](program))) + "\n"
        let file = base.appendingPathExtension("expected")
        if isRecording {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name).expected")
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(actual == expected, "\(name).eft: the rendering differs from \(name).expected")
    }
}
