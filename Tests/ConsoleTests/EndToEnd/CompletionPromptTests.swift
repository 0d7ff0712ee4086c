import Foundation
import Testing

/// The Tab key.
@Suite struct CompletionPromptTests: PromptSuite {
    let folder: Folder
    let columns = 100

    init() throws { folder = try Folder() }

    @Test func keysOfARowThatWasRead() throws {
        try folder.write("{\"id\": \"a\", \"query\": \"red shoes\", \"quality\": 1}\n", to: "rows.jsonl")
        let terminal = try start()
        try terminal.type("rows = read_jsonl(\"rows.jsonl\")", expecting: "rows =")
        try terminal.edit("rows[0][\"id\t", expecting: "eft> rows[0][\"id")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.send("for r in rows { r[\"qu\t\t")
        try terminal.wait("the keys") { $0.lines.contains("quality  query") && $0.cursorLine == "eft> for r in rows { r[\"qu" }
    }

    @Test func membersOfAnItemOfALoop() throws {
        let terminal = try start()
        try terminal.type("words = [\"a\"]", expecting: "words =")
        try terminal.edit("for w in words { w.upp\t", expecting: "eft> for w in words { w.upper")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("fn f(t: f32[n]) { t.tolis\t", expecting: "eft> fn f(t: f32[n]) { t.tolist")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("zeros(3).to(f64).requires\t", expecting: "eft> zeros(3).to(f64).requires_grad")
    }

    @Test func fieldsOfSessionsThatWereLoaded() throws {
        let terminal = try startTraining()
        try terminal.type("data.train.not_irrelevant[0].query", expecting: "'")
        try terminal.edit("data.train.not_irrelevant[0].timest\t", expecting: "eft> data.train.not_irrelevant[0].timestamp")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit(
            "[s.que for s in data.train.not_irrelevant if s.is_irr\t",
            expecting: "eft> [s.que for s in data.train.not_irrelevant if s.is_irrelevant")
    }

    @Test func keywordArgumentsOfTheLibraryWithTheSignature() throws {
        let terminal = try start()
        try terminal.edit("fit(tuner, data, epo\t", expecting: "eft> fit(tuner, data, epochs =")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.send("fit(\t")
        let screen = try terminal.wait("the signature") { $0.cursorLine == "eft> fit(" && $0.text.contains("epochs: int | none = none") }
        #expect(screen.lines.allSatisfy { $0.count < 100 })
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.send("EmbeddingsFineTuner(\t")
        try terminal.wait("the signature of a class") { $0.text.contains("EmbeddingsFineTuner(model, items_sets") }
    }

    @Test func aMenuLeavesTheLineAsItWas() throws {
        let terminal = try start()
        try terminal.send("x = zeros(3).\t")
        let screen = try terminal.wait("the menu") { $0.text.contains("tolist()") && $0.cursorLine == "eft> x = zeros(3)." }
        #expect(screen.lines.allSatisfy { $0.count < 100 })
        try terminal.send("shape\r")
        try terminal.type("x", expecting: "(3,)")
    }

    @Test func namesOfTheModuleAfterImport() throws {
        let terminal = try start()
        try terminal.edit("from losses import cosine_prob\t", expecting: "eft> from losses import cosine_prob_margin")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("from math import sqr\t", expecting: "eft> from math import sqrt")
    }

    @Test func nothingOfTheUsersRuns() throws {
        let terminal = try start()
        try terminal.typeLines(["fn loud() {", "print(\"ran\")", "\"text\"", "}"])
        try terminal.send("loud().upp\t\t")
        try terminal.wait("the completion") { $0.cursorLine.hasPrefix("eft> loud().upp") }
        try terminal.edit("\u{3}", expecting: "eft>")
        #expect(!terminal.current.lines.contains("ran"))
    }
}
