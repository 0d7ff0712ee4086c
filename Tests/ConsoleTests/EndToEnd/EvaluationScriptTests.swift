import Foundation
import TestSupport
import Testing

/// scripts/eval_finetune.eft on the little shop: what it says of a collection, and that a run that was cut short goes on.
@Suite struct EvaluationScriptTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func evaluate(_ arguments: [String]) throws -> ChildProcess.Result {
        let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
        return try ChildProcess.eft(
            [
                "run", root.appendingPathComponent("scripts/eval_finetune.eft").path, "--data", Fixtures.url("shop").path, "--model",
                Fixtures.url("tiny_bert").path, "--folds", "3", "--epochs", "3", "--batch-size", "4", "--lr", "0.01", "--out",
                "folds.jsonl",
            ] + arguments, input: "", folder: folder, environment: [:])
    }

    /// The lines without their times.
    private func said(_ result: ChildProcess.Result) -> [String] {
        result.output.split(separator: "\n").filter { $0.hasPrefix("[") }.map { String($0.drop { $0 != "]" }.dropFirst(2)) }
    }

    @Test(arguments: [["--train", "clicks", "--loss", "prob"], ["--train", "judgements"]])
    func aRunThatWasCutShortGoesOn(_ how: [String]) throws {
        let whole = try evaluate(how)
        #expect(whole.status == 0, "\(whole.errors)")
        let lines = said(whole)
        try #require(lines.count == 7)
        #expect(lines[2...4].allSatisfy { $0.contains("finished") } && lines[6].hasPrefix("mean gain "), "\(lines)")

        // As if it had been killed in the second fold: the first one stays, and the others come out the same.
        let written = try folder.read("folds.jsonl").split(separator: "\n")
        #expect(written.count == 4)
        try folder.write(written.prefix(2).joined(separator: "\n") + "\n", to: "folds.jsonl")
        #expect(said(try evaluate(how)) == Array(lines[0...1] + lines[3...]))

        let others = try evaluate(how + ["--margin", "0.3"])
        #expect(others.status == 1 && others.errors.contains("margin 0.1, now 0.3"), "\(others.errors)")
    }
}
