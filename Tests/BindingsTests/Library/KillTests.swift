import Foundation
import TestSupport
import Testing

/// Work that is killed again and again ends with the results of work that was left alone; scripts/test-kills and scripts/test-sweep-kills do
/// more of it.
@Suite struct KillTests {
    @Test func killedTrainingsResumeToTheSameBytes() throws {
        #expect(try output(of: "test-kills", ["4", "11"]).contains("4 kills"))
    }

    @Test func killedSweepsEndWithTheSameTable() throws {
        #expect(try output(of: "test-sweep-kills", ["3", "2"]).contains("3 kills"))
    }

    private func output(of script: String, _ arguments: [String]) throws -> String {
        let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
        let program = root.appendingPathComponent(".build/debug/eft")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "the tests need the program: swift build --product eft")
        let process = Process()
        process.executableURL = root.appendingPathComponent("scripts/" + script)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["EFT": program.path]) { $1 }
        let text = try process.output(withErrors: true)
        #expect(process.terminationStatus == 0, "\(text)")
        return text
    }
}
