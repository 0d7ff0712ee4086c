import Foundation
import Testing
import Text

/// `eft profile`, as its users run it.
@Suite struct ProfileCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try folder.write(
            """
            param n: int = 3
            w = parameter(ones(4, 5))
            fn loss(x) {
                mean((x @ w) ** 2)
            }
            for i in range(n) {
                loss(ones(2, 4)).backward()
            }
            print("done")
            """, to: "s.eft")
    }

    private func eft(_ arguments: String...) throws -> ChildProcess.Result { try ChildProcess.eft(arguments, folder: folder) }

    @Test func tablesFollowTheOutput() throws {
        let result = try eft("profile", "--top", "4", "s.eft", "--n", "2")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasPrefix("done\n") && result.output.contains(" statements, "))
        #expect(result.output.contains("s.eft:4") && result.output.contains("mean((x @ w) ** 2)"))
        #expect(result.output.contains("more lines; --top"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test func countsAreExact() throws {
        let result = try eft("profile", "--json", "s.eft")
        #expect(result.status == 0 && result.errors == "done\n")
        let report = try JSONParser.parse(result.output)
        let lines = try #require(report["lines"]?.arrayValue)
        let runs = Dictionary(uniqueKeysWithValues: lines.map { ($0["line"]?.intValue ?? 0, $0["runs"]?.intValue ?? 0) })
        #expect(runs[4] == 3 && runs[7] == 3 && runs[6] == 4 && runs[9] == 1)
        let operations = try #require(report["operations"]?.arrayValue)
        func find(_ name: String, _ pass: String) -> JSONValue? {
            operations.first { $0["operation"]?.stringValue == name && $0["pass"]?.stringValue == pass }
        }
        // [2, 4] times [4, 5] three times, and back for w alone.
        #expect(find("matmul", "forward")?["calls"]?.intValue == 3 && find("matmul", "forward")?["multiplications"]?.intValue == 240)
        #expect(find("matmul", "backward")?["multiplications"]?.intValue == 240)
        #expect(find("backward", "backward")?["calls"]?.intValue == 3)
        // Memory is found in lines and in operations alike.
        let inLines = lines.reduce(0) { $0 + ($1["self_bytes"]?.intValue ?? 0) }
        let inOperations = operations.reduce(report["bytes_outside_operations"]?.intValue ?? 0) { $0 + ($1["bytes"]?.intValue ?? 0) }
        #expect(inLines == inOperations && inLines > 0)
    }

    @Test func theFlameGraphHasLinesAndOperations() throws {
        #expect(try eft("profile", "--flame", "f.json", "s.eft", "--n", "200").status == 0)
        let file = try JSONParser.parse(folder.read("f.json"))
        let frames = file["shared"]?["frames"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(frames.contains("matmul") && frames.contains("loss (s.eft:4)") && frames.contains("<module> (s.eft:7)"))
        #expect(frames.contains("matmul (backward)"))
        #expect(file["profiles"]?.arrayValue?.compactMap { $0["type"]?.stringValue } == ["evented", "sampled"])
        #expect(try eft("profile", "--flame", "no/such/f.json", "s.eft").status == 2)
    }

    @Test func failuresAreShownWithWhatRan() throws {
        try folder.write("x = int(\"1\")\nfail = [][x]\n", to: "bad.eft")
        let result = try eft("profile", "bad.eft")
        #expect(result.status == 1 && result.errors.contains("IndexError") && result.output.contains("bad.eft:2"))
        #expect(try eft("profile").status == 2)
        #expect(try eft("profile", "s.eft", "--m", "1").errors.contains("no parameter --m; it has --n"))
        #expect(try eft("profile", "--top", "0", "s.eft").status == 2)
    }
}
