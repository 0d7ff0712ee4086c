import Foundation
import Testing

/// `eft fmt`, as its users run it.
@Suite struct FmtCommandTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func eft(_ arguments: String..., input: String = "") throws -> ChildProcess.Result {
        try ChildProcess.eft(arguments, input: input, folder: folder)
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8) }

    @Test func filesAreChangedAndNamed() throws {
        try folder.write("x=1\n", to: "a.eft")
        try folder.write("x = 1\n", to: "b.eft")
        try folder.write("x=(\n", to: "c.eft")
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: folder.path + "/a.eft")
        let checked = try eft("fmt", "--check", ".")
        #expect(checked.status == 1 && checked.output == "a.eft\n" && checked.errors.contains("c.eft:1:3"))
        #expect(try text("a.eft") == "x=1\n")
        let result = try eft("fmt", ".")
        #expect(result.status == 1 && result.output == "a.eft\n")
        #expect(try text("a.eft") == "x = 1\n" && text("c.eft") == "x=(\n")
        #expect(try FileManager.default.attributesOfItem(atPath: folder.path + "/a.eft")[.posixPermissions] as? Int == 0o750)
        #expect(try eft("fmt", "--check", "a.eft", "b.eft").status == 0)
    }

    @Test func standardInputGoesToStandardOutput() throws {
        #expect(try eft("fmt", "-", input: "f( x )").output == "f(x)\n")
        #expect(try eft("fmt", "-", input: "f(").status == 1)
        #expect(try eft("fmt").status == 2)
        #expect(try eft("fmt", "missing.eft").status == 2)
    }
}
