import Foundation
import TestSupport
import Testing

/// `eft test`, as its users run it.
@Suite struct TestCommandTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func eft(_ arguments: String...) throws -> ChildProcess.Result { try ChildProcess.eft(arguments, folder: folder) }

    @Test func theStandardLibraryPasses() throws {
        let library = Fixtures.directory.appendingPathComponent("../../stdlib").standardizedFileURL.path
        let result = try eft("test", library)
        // Standard error has the progress of what the examples do, and nothing else.
        #expect(result.status == 0 && !result.errors.contains("error"), "\(result.output)\(result.errors)")
        #expect(result.output.contains(", 0 failed in "))
    }

    @Test func failuresShowTheirOperandsAndEndWithThree() throws {
        try folder.write(
            """
            ## Adds one.
            ## example: inc(2) == 3
            ## example: inc(2) == 4
            fn inc(x) { x + 1 }
            print("at the top")
            test "good" { print("quiet"); assert inc(1) == 2 }
            test "bad" { print("loud"); assert inc(1) == [7] }
            """, to: "s.eft")
        let result = try eft("test", "s.eft")
        #expect(result.status == 3)
        #expect(result.output.hasSuffix("2 passed, 2 failed in 1 file\n"))
        #expect(result.output.contains("s.eft:3:") && result.output.contains("the example is false"))
        #expect(result.output.contains("left is 2") && result.output.contains("right is [7]") && result.output.contains("s.eft:7:"))
        #expect(result.output.contains("loud") && !result.output.contains("quiet") && !result.output.contains("at the top"))
        #expect(try eft("run", "s.eft").output == "at the top\n")
        #expect(try eft("test", "s.eft", "--filter", "good").output.hasSuffix("1 passed, 0 failed in 1 file\n"))
        let lines = try eft("test", "s.eft", "--json").output.split(separator: "\n")
        #expect(lines.count == 4 && lines[2].contains("\"line\": 6, \"name\": \"good\", \"passed\": true"))
    }

    @Test func aTestDoesNotSeeWhatAnotherDid() throws {
        try folder.write(
            """
            xs = [1]
            test "one" { ys = xs; ys.append(2); print(sample(range(1000000), 1)); assert false }
            test "two" { print(sample(range(1000000), 1)); assert len(xs) == 2, "still one" }
            """, to: "s.eft")
        let output = try eft("test", "s.eft").output
        let printed = output.components(separatedBy: "it printed:\n").dropFirst().compactMap { $0.split(separator: "\n").first }
        #expect(printed.count == 2 && printed.first == printed.last, "\(output)")
        #expect(output.contains("still one"))
    }

    @Test func scriptsThatCannotBeTestedFail() throws {
        try folder.write("x = (\n", to: "syntax.eft")
        try folder.write("x = [][1]\ntest \"never\" { }\n", to: "top.eft")
        try folder.write("x = 1\n", to: "none.eft")
        let result = try eft("test")
        #expect(result.status == 3 && result.output.hasSuffix("0 passed, 2 failed in 2 files\n"))
        #expect(result.output.contains("syntax.eft:1:5") && result.output.contains("top.eft:1:5"))
        #expect(try eft("test", "none.eft").status == 2)
        #expect(try eft("test", "none.eft").errors.contains("no tests in none.eft"))
        #expect(try eft("test", "nowhere.eft").status == 2)
    }
}
