import Foundation
import TestSupport
import Testing

/// `eft` with pipes and arguments, as scripts and other programs use it.
@Suite struct CommandLineTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func eft(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> ChildProcess.Result {
        try ChildProcess.eft(arguments, input: input, folder: folder, environment: environment)
    }

    // MARK: Code

    @Test func codePrintsItsLastValue() throws {
        let result = try eft("-e", "x = 20\nx * 2 + 2")
        #expect(result.status == 0 && result.output == "42\n" && result.errors.isEmpty)
        #expect(try eft("-e", "x = 1").output == "")
        #expect(try eft("-e", "print(\"a\"); none").output == "a\n")
        #expect(try eft("-e", "-1").output == "-1\n")
    }

    @Test func anErrorGoesToStandardErrorAndEndsWithOne() throws {
        let result = try eft("-e", "print(\"before\")\n1 + undefined_name")
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(result.errors.contains("error[NameError]") && result.errors.contains("-e:2:5") && !result.errors.contains("\u{1B}"))
        let late = try eft("-e", "print(\"before\")\n[1][int(\"5\")]")
        #expect(late.status == 1 && late.output == "before\n" && late.errors.contains("error[IndexError]"))
    }

    @Test func piecesOfCodeRunOneAfterTheOther() throws {
        #expect(try eft("-e", "a = 20", "-e", "a + 1").output == "21\n")
        #expect(try eft("-e", "param n: int = 1", "-e", "n * 2", "--n", "21").output == "42\n")
        #expect(try eft("-e", "a = 1", "-e", "a.b").errors.contains("-e:2:"))
        let result = try eft("-e", "print(1); {\"x\": 2}", "--json")
        #expect(result.output == "{\n  \"x\": 2\n}\n" && result.errors == "1\n")
    }

    @Test func theLastValueIsWrittenAsJSON() throws {
        try folder.write(
            """
            param json_name: str = "a"
            struct P { x, t }
            print("text")
            import math
            (P(1, tensor([[1.5, math.nan]])), {1: math.inf, "b": [true, none]}, range(3), len, json_name)
            """, to: "s.eft")
        let result = try eft("run", "s.eft", "--json", "--json-name", "c")
        #expect(result.status == 0 && result.errors == "text\n")
        let compact = result.output.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
        #expect(
            compact == #"[{"x": 1,"t": [[1.5,null]]},{"1": null,"b": [true,null]},[0,1,2],"<fn len>","c"]"#, "\(compact)")
        #expect(try eft("run", "--json", "s.eft").output.hasPrefix("["))
        // A parameter of that name belongs to the script.
        try folder.write("param json: bool = false\nprint(json)\n", to: "own.eft")
        #expect(try eft("run", "own.eft", "--json").output == "true\n")
        try folder.write("x = 1\n", to: "none.eft")
        #expect(try eft("run", "none.eft", "--json").output == "null\n")
    }

    @Test func aTrainingThatDivergedEndsWithFour() throws {
        let result = try eft("-e", "struct R { status, reason }", "-e", "R(\"diverged\", \"the loss is nan\")")
        #expect(result.status == 4 && result.errors == "eft: the training diverged: the loss is nan\n")
        #expect(try eft("-e", "struct R { status }", "-e", "r = R(\"diverged\")", "-e", "r.status").status == 0)
        #expect(try eft("-e", "raise NumericError(\"overflow\")").status == 1)
    }

    /// Both ways a training comes to grief: in `fit`, whose result ends the script, and in a step that nobody catches.
    @Test(arguments: ["fit(tuner, data, epochs = 1)", "tuner.training_step(batches(data.train, size = 2)[0])"])
    func aRealTrainingThatDivergedEndsWithFour(last: String) throws {
        let shop = Fixtures.url("shop").path
        try folder.write(
            """
            items = load_items("\(shop)/items.jsonl", id = "id", text = ["title", "text"])
            data = TrainTestSplitter(random_state = 7).split(load_sessions("\(shop)/sessions.jsonl"))
            params = FineTuningParams(0, 1e-3, 1e-3, 0.0, 0.0, 0.1, true, 1.0)
            tracker = ExperimentsManager("test_loss", "t", default_accumulators(), tracking_uri = "runs.db")
            tuner = EmbeddingsFineTuner(
                load_model("\(Fixtures.url("tiny_bert").path)"), DatasetDict(train = items, test = items), TextQueryRetriever(),
                f => mean(f.positive_ranks) / 0.0, params, tracker)
            tuner.preprocess_inputs(data)
            \(last)
            """, to: "diverge.eft")
        let result = try eft("run", "diverge.eft")
        #expect(result.status == 4 && result.errors.contains("the loss is not a finite number"), "\(result)")
    }

    // MARK: Scripts

    @Test func aScriptTakesItsParameters() throws {
        try folder.write(
            "#!/usr/bin/env -S eft run\nparam margin: float = 0.5   ## the gap\nparam name: str = \"a\"\nprint(margin * 2, name)\n",
            to: "s.eft")
        #expect(try eft("run", "s.eft").output == "1.0 a\n")
        #expect(try eft("run", "s.eft", "--margin", "2", "--name=b c").output == "4.0 b c\n")
        let help = try eft("run", "s.eft", "--help")
        #expect(help.status == 0 && help.output.contains("--margin <float>") && help.output.contains("(default: 0.5)"))
        let wrong = try eft("run", "s.eft", "--margn", "2")
        #expect(wrong.status == 2 && wrong.errors.contains("did you mean --margin?") && wrong.output.isEmpty)
        let typed = try eft("run", "s.eft", "--margin", "wide")
        #expect(typed.status == 2 && typed.errors.contains("--margin takes a float, not `wide`"))
    }

    @Test func aScriptsErrorsNameFileAndLine() throws {
        try folder.write("x = 1\n\nx.y.z\n", to: "s.eft")
        let result = try eft("run", "s.eft")
        #expect(result.status == 1 && result.errors.contains("s.eft:3:"))
        #expect(try eft("run", "missing.eft").status == 2)
        #expect(try eft("run").status == 2)
        #expect(try eft("run", ".").errors.contains("it is a directory"))
    }

    @Test func aScriptCanComeFromStandardInput() throws {
        #expect(try eft("run", "-", input: "x = 41\nprint(x + 1)\n").output == "42\n")
    }

    @Test func aScriptCanBeRunByItsFirstLine() throws {
        try folder.write("#!/usr/bin/env -S eft run\nprint(6 * 7)\n", to: "s.eft")
        // A copy made by the shell: the file that this process wrote may still be open in a child that another test is just starting.
        #expect(try ChildProcess.shell("cp s.eft t.eft && chmod +x t.eft && ./t.eft", folder: folder).output == "42\n")
    }

    @Test func aScriptNeedsNoCommand() throws {
        try folder.write("#!/usr/bin/env eft\nparam n: int = 6\nprint(n * 7)\n", to: "s.eft")
        #expect(try eft("s.eft").output == "42\n")
        #expect(try eft("./s.eft", "--n", "1").output == "7\n")
        #expect(try eft("-", input: "print(1)").output == "1\n")
        #expect(try ChildProcess.shell("cp s.eft t.eft && chmod +x t.eft && ./t.eft --n=2", folder: folder).output == "14\n")
    }

    @Test func strangeFilesAreErrorsOrNothing() throws {
        try folder.write("", to: "empty.eft")
        #expect(try eft("run", "empty.eft").status == 0)
        #expect(try eft("test", "empty.eft").status == 2)
        #expect(try eft("fmt", "--check", "empty.eft").status == 0)
        try Data((0..<255).map { UInt8($0) }).write(to: URL(fileURLWithPath: folder.path + "/bytes.eft"))
        for command in ["run", "test", "fmt", "profile"] {
            let result = try eft(command, "bytes.eft")
            #expect(result.status == (command == "test" ? 3 : 1), "\(command): \(result.errors)")
        }
        #expect(try eft("test", "missing").errors.contains("cannot read missing: no such file"))
    }

    @Test func noHomeAndNoWritableFolderAreFine() throws {
        let result = try ChildProcess.shell("unset HOME; chmod 500 .; eft -e '6 * 7'; eft info | head -1; chmod 700 .", folder: folder)
        #expect(result.output.hasPrefix("42\neft "))
    }

    // MARK: Standard input

    @Test func aProgramOnAPipeShowsValuesWithoutPromptsOrCodes() throws {
        let result = try eft(input: "x = 20\nfn f(y) {\n    y + 1\n}\n\nf(x) * 2\n[1,\n 2]\n|> len()\n# the end\n%pwd\n")
        #expect(result.status == 0)
        #expect(result.output == "42\n2\n\(folder.path)\n")
        #expect(result.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.eft_history"))
    }

    @Test func aProgramOnAPipeEndsAtItsFirstError() throws {
        let result = try eft(input: "print(1)\n\nundefined_name\nprint(2)\n")
        #expect(result.status == 1 && result.output == "1\n")
        #expect(result.errors.contains("<stdin>:3:1"))
        #expect(try eft(input: "f(\n").status == 1)
        #expect(try eft(input: "").status == 0)
        #expect(try eft(input: "print(1)").output == "1\n")
        #expect(try eft(input: "%quit\nprint(1)\n").output == "")
    }

    @Test func aProgramAndItsInputShareStandardInput() throws {
        #expect(try eft(input: "name = input()\nAda\nprint(name)\n").output == "Ada\n")
        try folder.write("print(input(), input(), input())\n", to: "s.eft")
        #expect(try eft("run", "s.eft", input: "a\nb").output == "a b none\n")
    }

    @Test func bytesThatAreNoTextAreAnErrorNotACrash() throws {
        try Data([0x78, 0x20, 0xFF, 0xFE, 0x00, 0x0A]).write(to: URL(fileURLWithPath: folder.path + "/bad.eft"))
        #expect(try eft("run", "bad.eft").status == 1)
        #expect(try ChildProcess.shell("eft < bad.eft", folder: folder).status == 1)
    }

    @Test func aClosedPipeEndsQuietly() throws {
        try folder.write("i = 0\nwhile true {\n    print(i)\n    i += 1\n}\n", to: "s.eft")
        let result = try ChildProcess.shell("eft run s.eft | head -2; echo ${PIPESTATUS[0]}", folder: folder)
        // 141 is what every program gives that SIGPIPE ends.
        #expect(result.output == "0\n1\n141\n")
    }

    @Test func linesLeaveAsTheyAreWritten() throws {
        // `head` sees the line while the program still runs; with a full buffer it would wait for ever.
        try folder.write("print(\"ready\")\nwhile true { }\n", to: "s.eft")
        let line = "(eft run s.eft & echo $! > pid; wait) | { head -1; kill -TERM $(cat pid); }"
        #expect(try ChildProcess.shell(line, folder: folder).output.hasPrefix("ready\n"))
    }

    @Test func aFullDiskIsTold() throws {
        let result = try ChildProcess.shell("eft -e 'print(1)' > /dev/full; echo $?", folder: folder)
        #expect(result.output.contains("output was lost: No space left on device") && result.output.hasSuffix("1\n"))
    }

    @Test func anInterruptEndsAScriptWith130() throws {
        try folder.write("print(\"begun\")\nwhile true { }\n", to: "s.eft")
        // Job control off would make the shell ignore SIGINT for the background job, so the signal is sent by name.
        let line =
            "set -m; eft run s.eft > out & for i in {1..3000}; do grep -q begun out && break; sleep 0.01; done; kill -INT -$!; wait $!; echo $?"
        let result = try ChildProcess.shell(line, folder: folder)
        #expect(result.output.contains("Interrupted") && result.output.hasSuffix("130\n"))
    }

    @Test func aDumbTerminalGetsNoCodesAndGoesOnAfterErrors() throws {
        let terminal = try PseudoTerminal(
            [ChildProcess.program], environment: ChildProcess.environment(home: folder.path, adding: ["TERM": "dumb"]),
            directory: folder.path)
        try terminal.send("undefined_name\n")
        try terminal.wait("the error") { $0.text.contains("error[NameError]") }
        try terminal.send("6 * 7\n")
        try terminal.wait("the value") { $0.lines.contains("42") }
        try terminal.send("\u{4}")
        #expect(try terminal.exitStatus() == 1)
        #expect(!terminal.output.contains("\u{1B}") && !terminal.output.contains("eft>"))
    }

    // MARK: Help and usage

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["info", "--help"], ["doc", "--help"], ["profile", "--help"], ["runs", "--help"], ["help", "run"],
        ["help"],
    ])
    func everyCommandHasHelp(arguments: [String]) throws {
        let result = try ChildProcess.eft(arguments, folder: folder)
        #expect(result.status == 0 && result.output.contains("USAGE: eft") && result.errors.isEmpty)
    }

    @Test(arguments: [
        (["inof"], "did you mean `eft info`?"), (["--nope"], "Unknown option '--nope'"), (["-e"], "Missing value for '-e"),
        (["train.eft"], "cannot read train.eft: no such file"), (["-e", "1", "2"], "put the code in quotes"),
        (["hlep"], "there is no command `hlep`; did you mean `eft help`?"), (["--json"], "--json goes with -e CODE"),
        (["-e", "param size: int = 1", "--sise", "2"], "did you mean --size?"),
        (["-e", "param n: int = 1", "--n", "x"], "--n takes an int"),
        (["run", ".", "--json"], "it is a directory"), (["doc", "--reference", "len"], "--reference is about everything"),
        (["run", "--margin", "1"], "the script comes first"),
        (["doc", "no_such_name"], "there is nothing named `no_such_name`"), (["runs"], "there are no runs here"),
    ])
    func wrongUseEndsWithTwo(arguments: [String], message: String) throws {
        let result = try ChildProcess.eft(arguments, folder: folder)
        #expect(result.status == 2 && result.errors.contains(message) && result.output.isEmpty)
    }

    @Test func infoNamesWhatIsInUse() throws {
        let result = try ChildProcess.eft(
            ["info"], folder: folder, environment: ["EFT_HOME": folder.path + "/cache", "EFT_KERNEL_LEVEL": "baseline"])
        #expect(result.status == 0)
        for word in [
            "eft ", "Swift", "processor", "BLAS", "threads", "baseline (EFT_KERNEL_LEVEL)", "frozen cache", "cache/models (none yet)",
            "~/.eft_history", "run store",
        ] {
            #expect(result.output.contains(word), "\(word)")
        }
    }

    @Test func docShowsABuiltin() throws {
        let page = try eft("doc", "len")
        #expect(page.status == 0 && page.output.hasPrefix("len("))
        #expect(try eft("help", "len").output == page.output)
        #expect(try eft("doc").output.contains("len"))
        #expect(try eft("doc", "str.split").output.hasPrefix("str.split("))
        #expect(try eft("doc", "while").output.hasPrefix("Conditions and loops"))
        #expect(try eft("doc", "losses.trusted").output.contains("example:\n    gaps(trusted"))
        let reference = try eft("doc", "--reference")
        for part in ["## The language", "#### `len(", "### type str", "### module math", "#### `losses.triplet", "```eft"] {
            #expect(reference.output.contains(part), "\(part)")
        }
    }
}
