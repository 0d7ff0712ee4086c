import Foundation
import Testing

@testable import Console

@Suite struct HistoryFileTests {
    @Test(arguments: ["x = 1", "fn f(x) {\n    x\n}", "print(\"a\\nb\")", "\\", "a\\\\n", "é🎉\t日本", "a\r\nb"])
    func aStatementSurvivesItsLine(statement: String) {
        let line = HistoryFile.encode(statement)
        #expect(!line.contains("\n"))
        #expect(HistoryFile.decode(line) == statement)
    }

    @Test func linesWrittenByHandKeepOtherBackslashes() {
        #expect(HistoryFile.decode(#"re.match("\d+")"#) == #"re.match("\d+")"#)
        #expect(HistoryFile.decode(#"ends in \"#) == #"ends in \"#)
    }

    @Test func eachTextIsKeptOnceAtItsLastPlace() {
        #expect(HistoryFile.compacted(["a", "b", "a", "c"], limit: 10) == ["b", "a", "c"])
        #expect(HistoryFile.compacted(["a", "b", "c"], limit: 2) == ["b", "c"])
    }

    @Test func sessionsAppendToOneFile() throws {
        let folder = try Folder()
        let file = HistoryFile(path: folder.path + "/history")
        #expect(file.load().isEmpty)
        let (first, second) = (StatementHistory(file: file), StatementHistory(file: file))
        first.add("a = 1")
        second.add("b = {\n}")
        first.add("c = 3")
        #expect(file.load() == ["a = 1", "b = {\n}", "c = 3"])
        #expect(try folder.read("history") == "a = 1\nb = {\\n}\nc = 3\n")
    }

    @Test func manyWritersLoseNothing() async throws {
        let folder = try Folder()
        let file = HistoryFile(path: folder.path + "/history")
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { for index in 0..<50 { try? file.append("w\(writer) = \(index)") } }
            }
        }
        #expect(Set(file.load()).count == 400)
    }

    @Test func aTornLastLineDoesNotSwallowTheNext() throws {
        let folder = try Folder()
        try folder.write("a = 1\nb = ", to: "history")
        let file = HistoryFile(path: folder.path + "/history")
        try file.append("c = 3")
        #expect(file.load() == ["a = 1", "b = ", "c = 3"])
    }

    @Test func aLargeFileIsRewrittenAndReadableOnlyByItsOwner() throws {
        let folder = try Folder()
        let file = HistoryFile(path: folder.path + "/history", limit: 10)
        for index in 0..<30 { try file.append("x = \(index)") }
        #expect(file.load() == (20..<30).map { "x = \($0)" })
        #expect(try folder.read("history").split(separator: "\n").count == 10)
        try file.append("last")
        #expect(file.load().last == "last")
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func bytesThatAreNotTextAreRepaired() throws {
        let folder = try Folder()
        let path = folder.path + "/history"
        try Data([0x61, 0xFF, 0x0A, 0x62, 0x0A]).write(to: URL(fileURLWithPath: path))
        #expect(HistoryFile(path: path).load() == ["a\u{FFFD}", "b"])
    }

    @Test func aFileThatCannotBeWrittenIsToldOnce() {
        let history = StatementHistory(file: HistoryFile(path: "/nonexistent/history"))
        history.add("a")
        history.add("b")
        #expect(history.takeFailure()?.description == "cannot write /nonexistent/history: No such file or directory")
        #expect(history.takeFailure() == nil)
        #expect(history.statements == ["a", "b"])
    }
}

@Suite struct StatementHistoryTests {
    @Test func repeatedStatementsMoveToTheEnd() {
        let history = StatementHistory(file: nil)
        #expect(history.add("a") == .appended)
        #expect(history.add("a") == .none)
        #expect(history.add("b") == .appended)
        #expect(history.add("a") == .moved)
        #expect(history.statements == ["b", "a"])
    }

    @Test func aLeadingSpaceKeepsAStatementPrivate() throws {
        let folder = try Folder()
        let file = HistoryFile(path: folder.path + "/history")
        let history = StatementHistory(file: file)
        history.add(" token = \"secret\"")
        history.add("")
        history.add("x\n\n")
        #expect(history.statements == ["x"])
        #expect(file.load() == ["x"])
    }

    @Test func theSessionsOwnStatementsAreKnown() throws {
        let folder = try Folder()
        let file = HistoryFile(path: folder.path + "/history")
        try file.append("old")
        try file.append("older")
        let history = StatementHistory(file: file)
        #expect(history.sessionStart == 2)
        history.add("old")
        history.add("new")
        #expect(Array(history.statements[history.sessionStart...]) == ["old", "new"])
    }
}
