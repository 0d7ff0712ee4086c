import Foundation
import TestSupport
import Testing

/// A training that is killed again and again ends with the weights of one that was left alone; scripts/test-kills does more of it.
@Suite struct KillTests {
    @Test func killedTrainingsResumeToTheSameBytes() throws {
        let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
        let program = root.appendingPathComponent(".build/debug/eft")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "the tests need the program: swift build --product eft")
        let process = Process()
        process.executableURL = root.appendingPathComponent("scripts/test-kills")
        process.arguments = ["4", "11"]
        process.environment = ProcessInfo.processInfo.environment.merging(["EFT": program.path]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("4 kills"), "\(text)")
    }
}
