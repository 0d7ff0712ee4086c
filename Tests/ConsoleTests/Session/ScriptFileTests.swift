import Language
import Testing

@testable import Console

@Suite struct ScriptFileTests {
    private let script = ScriptFile(
        source: Source(
            name: "t.eft",
            text: """
                #!/usr/bin/env -S eft run
                # Trains a little.

                ## The gap that is asked for.
                param margin: float = 0.025
                param epochs: int = 3
                param verbose: bool = false
                param name: str
                print(margin)
                # %% Data
                x = 1
                # %%
                y = 2
                """), path: "t.eft")

    @Test func declarationsAreFound() {
        #expect(script.parameters.map(\.name) == ["margin", "epochs", "verbose", "name"])
        #expect(script.parameters.map(\.type) == ["float", "int", "bool", "str"])
        #expect(script.parameters.map(\.defaultText) == ["0.025", "3", "false", nil])
        #expect(script.parameters[0].doc == "The gap that is asked for.")
    }

    @Test(arguments: [
        (["--name", "a"], ["name": "a"]), (["--name=a b", "--margin", "1e-3"], ["name": "a b", "margin": "1e-3"]),
        (["--verbose", "--name", "-x"], ["verbose": "true", "name": "-x"]),
        (["--name", "x", "--epochs", "-2"], ["name": "x", "epochs": "-2"]),
    ])
    func argumentsBecomeValues(words: [String], values: [String: String]) throws {
        #expect(try script.parameters(from: words) == values)
    }

    @Test(arguments: [
        ([], "t.eft needs a value for --name <str>"),
        (["--nmae", "x"], "t.eft has no parameter --nmae; did you mean --name?"),
        (["--zzzzzz", "x"], "t.eft has no parameter --zzzzzz; it has --margin, --epochs, --verbose, --name"),
        (["--epochs", "many"], "--epochs takes an int, not `many`"),
        (["--verbose=maybe", "--name", "x"], "--verbose takes true or false, not `maybe`"),
        (["--name"], "--name needs a value (str)"),
        (["x"], "unexpected argument `x`; parameters are given as --name value"),
        (["--name", "x", "--name", "y"], "--name is given twice"),
    ])
    func mistakesAreNamed(words: [String], message: String) {
        #expect(throws: ScriptUsageError(message)) { try script.parameters(from: words) }
    }

    @Test func helpListsTheParameters() {
        #expect(
            script.help() == """
                Trains a little.

                USAGE: eft run t.eft [--name value]…

                PARAMETERS:
                  --margin <float>  The gap that is asked for. (default: 0.025)
                  --epochs <int>    (default: 3)
                  --verbose <bool>  (default: false)
                  --name <str>      (required)
                """)
    }

    @Test func cellsKeepTheirLineNumbers() {
        #expect(script.cells.map(\.title) == ["Data", ""])
        #expect(script.cellText(0).split(separator: "\n", omittingEmptySubsequences: false).firstIndex(of: "x = 1") == 10)
        #expect(script.preamble?.contains("print(margin)") == true)
    }

    @Test func valuesReplaceDefaultsInsideASession() {
        let changed = script.substituting(["margin": "1", "name": "a\"b"])
        #expect(changed.parameters.map(\.defaultText) == ["1.0", "3", "false", "'a\"b'"])
    }

    @Test func aMissingFileIsSpelledOut() throws {
        let folder = try Folder()
        try folder.write("", to: "train.eft")
        #expect(throws: ScriptUsageError("cannot read \(folder.path)/trian.eft: no such file; did you mean train.eft?")) {
            try ScriptFile(path: folder.path + "/trian.eft")
        }
        #expect(throws: ScriptUsageError("cannot read \(folder.path): it is a directory")) { try ScriptFile(path: folder.path) }
    }
}
