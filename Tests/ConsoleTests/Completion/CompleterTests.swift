import Foundation
import Language
import Testing

@testable import Console

@Suite struct CompleterTests {
    private let interpreter = Workspace.makeInterpreter()

    private func complete(_ text: String) -> Completions {
        Completer { interpreter }.complete(text)
    }

    private func texts(_ text: String) -> [String] { complete(text).candidates.map(\.text) }

    private func define(_ code: String) throws { _ = try interpreter.execute(Source(name: "test", text: code)) }

    @Test func namesOfSessionTablesAndLanguage() throws {
        try define("learning_rate = 1e-5")
        #expect(texts("x = learn") == ["learning_rate"])
        #expect(texts("cosine_sim") == ["cosine_similarity"])
        #expect(texts("whi") == ["while"])
        #expect(texts("fn f(temperature) { temp") == ["temperature"])
        #expect(texts("x # learn").isEmpty)
    }

    @Test func namesBehindADot() throws {
        try define("struct Trial { margin: float = 0.1, lr: float = 1.0 }\nt = Trial()\na = tensor([1.0])\ns = \"x\"")
        #expect(texts("t.m") == ["margin"])
        #expect(texts("f(a.require") == ["requires_grad"])
        #expect(complete("a.tolis").candidates.map(\.label) == ["tolist()"])
        #expect(texts("s.upp") == ["upper"])
        #expect(texts("nothing_here.x").isEmpty)
        #expect(texts("f(x).a").isEmpty)
    }

    @Test func keywordArgumentsAndSignature() {
        let completions = complete("cosine_similarity(a, b, ep")
        #expect(completions.candidates.map(\.text).contains("eps = "))
        #expect(completions.candidates.map(\.label).contains("eps = float"))
        #expect(completions.signature?.hasPrefix("cosine_similarity(a") == true)
        #expect(complete("cosine_similarity(").signature != nil && complete("cosine_similarity(").candidates.isEmpty)
        #expect(complete("(").signature == nil)
    }

    /// The parameter of a function stands for an item of the list that its call goes through, whatever the session calls by its name.
    @Test func fieldsOfAFunctionsParameter() throws {
        try define(
            "struct Trial { margin: float = 0.1, tags: dict = {} }\nstruct Sweep { trials: list = [] }\n"
                + "t = [Trial(tags = {\"lr\": 1})]\nx = \"a text\"\nsweep = Sweep(trials = t)")
        #expect(texts("sorted(t, key = x => x.m") == ["margin"])
        #expect(texts("t.map(x => x.ma") == ["margin"])
        #expect(texts("t |> filter(x => x.mar") == ["margin"])
        #expect(texts("best = sweep.trials |> sort(key = s => -s.mar") == ["margin"])
        #expect(texts("t.map(x => x.tags[\"l") == ["lr"])
        #expect(texts("[x.margin for x in t if x.m") == ["margin"])
        #expect(texts("t.map(x => y.m").isEmpty)
        #expect(texts("x.upp") == ["upper"])
    }

    @Test func keysOfADict() throws {
        try define("d = {\"margin\": 1, \"lr\": 2, 3: 4}")
        #expect(texts("d[\"") == ["lr", "margin"])
        #expect(texts("print(d['ma") == ["margin"])
    }

    @Test func filesAndModelsInStrings() throws {
        let folder = try Folder()
        try folder.write("", to: "sessions.jsonl")
        try folder.write("", to: ".hidden")
        try FileManager.default.createDirectory(atPath: folder.path + "/sets", withIntermediateDirectories: false)
        #expect(texts("load_items(\"\(folder.path)/se") == [folder.path + "/sessions.jsonl", folder.path + "/sets/"])
        #expect(complete("load_items('\(folder.path)/ses").candidates.map(\.label) == ["sessions.jsonl"])
        #expect(texts("x = '\(folder.path)/.h") == [folder.path + "/.hidden"])
    }

    @Test func modulesAfterImport() throws {
        #expect(texts("import mat") == ["math"])
        #expect(texts("from mat") == ["math"])
        #expect(texts("import los") == ["losses"])
    }

    @Test func commands() {
        #expect(texts("%who") == ["who", "whos"])
        #expect(texts("%time le").contains("len"))
        #expect(texts("!ls /et") == ["/etc/"])
        #expect(texts("%run /et") == ["/etc/"])
    }

    @Test func nothingIsRun() throws {
        let folder = try Folder()
        // `fit` is found in a module of the library; completing it must not load one, neither the library's nor this.
        try folder.write("raise ValueError(\"run\")", to: "trainer.eft")
        _ = complete("fit(")
        #expect(interpreter.globals["fit"] == nil)
    }

    @Test func namesThatHideAreOfferedOnlyWhenAskedFor() throws {
        try define("_private = 1\npublic = 2")
        #expect(!texts("p").contains("_private"))
        #expect(texts("_priv") == ["_private"])
    }
}

@Suite struct HelpPageTests {
    private let page = HelpPage(interpreter: Workspace.makeInterpreter(), style: TextStyle(enabled: false))

    @Test func aBuiltinShowsSignatureDocumentationAndExample() throws {
        let text = try #require(page.text(for: "len", source: false))
        #expect(text == "len(x) -> int\n    Number of items, or of characters of a text.\nexample:\n    len([1, 2]) == 2")
    }

    @Test func methodsModulesAndConstantsHavePages() throws {
        #expect(page.text(for: "math.sqrt", source: false)?.hasPrefix("math.sqrt(") == true)
        #expect(page.text(for: "math", source: false)?.hasPrefix("module math") == true)
        #expect(page.text(for: "nothing.at.all", source: false) == nil)
        #expect(page.suggestion(for: "cosine_similarty") == "cosine_similarity")
    }

    @Test func theLibraryIsReadFromItsFiles() throws {
        let module = try #require(page.text(for: "losses", source: false))
        #expect(module.hasPrefix("module losses") && module.contains("cosine_prob_margin(f, margin: float = 0.025)"))
        let function = try #require(page.text(for: "losses.cosine_prob_margin", source: false))
        #expect(function.hasPrefix("losses.cosine_prob_margin(f") && function.contains("losses.eft:"))
        #expect(page.text(for: "losses.cosine_prob_margin", source: true)?.contains("fn cosine_prob_margin(") == true)
        #expect(page.text(for: "fit", source: false)?.hasPrefix("trainer.fit(") == true)
    }

    @Test func functionsOfASessionShowTheirSource() throws {
        let interpreter = Workspace.makeInterpreter()
        _ = try interpreter.execute(Source(name: "prompt[1]", text: "## Twice.\nfn twice(x: int) -> int {\n    2 * x\n}"))
        let page = HelpPage(interpreter: interpreter, style: TextStyle(enabled: false))
        #expect(page.text(for: "twice", source: false) == "fn twice(x: int) -> int\n    Twice.\ndefined at prompt[1]:2")
        #expect(page.text(for: "twice", source: true) == "## Twice.\nfn twice(x: int) -> int {\n    2 * x\n}")
    }

    @Test func everyNameIsListed() {
        let lines = page.index(width: 80)
        for name in ["len", "cosine_similarity", "load_model", "cosine_prob_margin", "sqrt"] {
            #expect(lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)")
        }
        #expect(lines.allSatisfy { $0.count <= 200 })
    }
}

@Suite struct ValueDisplayTests {
    @Test func shortValuesAreTheirOwnText() {
        #expect(ValueDisplay.text(.list([.int(1), .string("a")]), width: 80) == "[1, 'a']")
    }

    @Test func longOnesSayHowMuchWasCut() {
        let long = Value.list((0..<1000).map { .int($0) })
        let text = ValueDisplay.text(long, width: 80)
        #expect(text.hasPrefix("[0, 1, 2") && text.hasSuffix(" 99, … (895 more), 995, 996, 997, 998, 999]"))
        let wide = ValueDisplay.text(.string(String(repeating: "x", count: 30_000)), width: 80)
        #expect(wide.count < 11_000 && wide.hasSuffix("… (20002 more characters; print(_) shows all)"))
        let dict = Value.dict((0..<500).map { ("k\($0)", .int($0)) })
        #expect(ValueDisplay.text(dict, width: 80).hasSuffix("'k99': 99, … (400 more)}"))
    }
}
