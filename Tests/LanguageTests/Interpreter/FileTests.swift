import Foundation
import Testing

@testable import Language

@Suite struct FileTests {
    @Test func filesAreWrittenReadAndMissed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = """
            param folder: str
            make_dirs(path_join(folder, "a", "b"))
            file = path_join(folder, "a", "items.jsonl")
            write_text(file, "one\\n")
            write_text(file, "two é\\n", append = true)
            assert read_text(file) == "one\\ntwo é\\n"
            assert read_lines(file) == ["one", "two é"]
            assert list_dir(path_join(folder, "a")) == ["b", "items.jsonl"]
            assert path_exists(file) and not path_exists(file + "x") and is_dir(folder)
            help = try { read_text(path_join(folder, "a", "item.jsonl")) } catch IOError e { e.help }
            assert help.endswith("a/items.jsonl'?")
            assert try { read_text(path_join(folder, "a")) } catch IOError e { "folder" } == "folder"
            assert try { write_text(path_join(folder, "none", "x"), "") } catch IOError e { "refused" } == "refused"
            remove_file(file)
            assert not path_exists(file)
            """
        let run = ScriptRun(script) { $0.parameters = ["folder": folder.path] }
        #expect(run.error?.message == nil)
    }
}

@Suite struct MissingLibraryTests {
    @Test(arguments: [[], ["/nowhere/stdlib"]]) func aProgramWithoutItsLibrarySaysSo(searchPath: [String]) {
        let run = ScriptRun("fit") {
            $0.library = ["fit": "trainer"]
            $0.searchPath = searchPath
        }
        #expect(run.error?.message == "there is no module `trainer`: the library was not found")
        #expect(run.error?.help?.hasPrefix(searchPath.isEmpty ? "it is not beside the program" : "/nowhere/stdlib does not exist") == true)
    }

    /// A script of the user's may be called as a module of the library is: a name of the library's is still the library's.
    @Test func aFileOfTheUsersDoesNotHideIt() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-hidden-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (library, own) = (folder.appendingPathComponent("stdlib"), folder.appendingPathComponent("own"))
        for (place, text) in [(library, "fn fit(a) { \"library \" + str(a) }\n"), (own, "fn fit() { \"own\" }\n")] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try text.write(to: place.appendingPathComponent("trainer.eft"), atomically: true, encoding: .utf8)
        }
        let run = ScriptRun("import trainer\n[fit(1), trainer.fit()]", name: own.appendingPathComponent("main.eft").path) {
            $0.library = ["fit": "trainer"]
            $0.searchPath = [library.path]
            $0.checksFirst = true
        }
        #expect(run.error?.message == nil)
        #expect(run.value?.repr == "['library 1', 'own']")
    }
}

@Suite struct FilePathTests {
    // os.path.basename, dirname and splitext of CPython, but that a slash at the end does not count.
    @Test(arguments: [
        ("a/b.txt", "b.txt", "a", ".txt"), ("f", "f", "", ""), ("/", "/", "/", ""), ("", "", "", ""), ("/f", "f", "/", ""),
        ("a/b/", "b", "a", ""), (".hidden", ".hidden", "", ""), ("a.b/c", "c", "a.b", ""), ("x.tar.gz", "x.tar.gz", "", ".gz"),
        ("a//b", "b", "a", ""),
    ])
    func parts(_ path: String, _ name: String, _ parent: String, _ suffix: String) {
        #expect(FilePath.name(path) == name)
        #expect(FilePath.parent(path) == parent)
        #expect(FilePath.suffix(path) == suffix)
    }

    @Test func joined() {
        #expect(FilePath.join(["a", "b", "c"]) == "a/b/c")
        #expect(FilePath.join(["a/", "/b", "c"]) == "/b/c")
        #expect(FilePath.absolute("/a/./b/../c") == "/a/c")
        #expect(FilePath.absolute("/../..") == "/")
    }
}
