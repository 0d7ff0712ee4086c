import Clickstream
import FineTuning
import Foundation
import Language
import Statement

/// Directories of checkpoints, and what a training depends on.
enum CheckpointNamespace {
    static let functions = Namespace(
        "checkpoints", doc: "Checkpoints of a training, and what it depends on.",
        [
            Builtin(
                "list_checkpoints", "(directory: str) -> list[str]",
                doc: "Names of the checkpoints in a directory, sorted; none where it does not exist. Damage is found by load_checkpoint.",
                example: "list_checkpoints(\"no such folder\") == []"
            ) { call in
                let folder = (try call.string(0) as NSString).expandingTildeInPath
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return .list(names.filter { !$0.hasPrefix(".") && isCheckpoint(folder + "/" + $0) }.sorted().map { .string($0) })
            },
            Builtin(
                "remove_checkpoint", "(directory: str) -> none", doc: "Deletes a checkpoint; a directory that is none is refused.",
                example: """
                    tuner.save_checkpoint(f"{folder}/c"); remove_checkpoint(f"{folder}/c"); assert list_checkpoints(folder) == []
                    """
            ) { call in
                let path = (try call.string(0) as NSString).expandingTildeInPath
                guard isCheckpoint(path) else { throw ScriptError.value("remove_checkpoint: \(Value.string(path).repr) is no checkpoint") }
                do {
                    try FileManager.default.removeItem(atPath: path)
                    Journal.cannotUndo("removed \(path)")
                } catch {
                    throw ScriptError(.io, "cannot delete \(Value.string(path).repr): \(error.localizedDescription)")
                }
                return .none
            },
            Builtin(
                "data_fingerprint", "(data: PairedFineTuningInputsDataset) -> str",
                doc: "Number and checksum of training pairs: another when a query, a result or a click is another, or their order.",
                example: """
                    data_fingerprint(PairedFineTuningInputsDataset([FineTuningInput("boots", ["a", "b"], ["a"])])).startswith("1 pairs, ")
                    """
            ) { call in .string(try call.host(0, as: PairedDatasetObject.self).dataset.fingerprint) },
            Builtin(
                "function_fingerprint", "(function: fn) -> str",
                doc: """
                    Name and checksum of a function: another when its code is another, that of a function it calls, or a number, a text or a \
                    collection of them that it reads.
                    """,
                example: "function_fingerprint(x => x + 1) != function_fingerprint(x => x + 2)"
            ) { call in .string(ScriptFunction(interpreter: call.interpreter, function: try call.function(0)).fingerprint) },
            Builtin(
                "code_fingerprints", "() -> dict",
                doc: "A checksum of each script and module that was run so far, by the name of its file.",
                example: "is_a(code_fingerprints(), dict)"
            ) { call in
                var sums: [(String, Value)] = []
                for source in call.interpreter.sources where !source.name.isEmpty && !source.name.hasPrefix("<") {
                    let name = "code of " + ((source.name as NSString).lastPathComponent)
                    var sum = CRC32()
                    source.bytes.withUnsafeBytes { sum.update($0) }
                    sums.removeAll { $0.0 == name }
                    sums.append((name, .string(sum.hexadecimal)))
                }
                return .dict(sums)
            },
        ])

    private static func isCheckpoint(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/state.json") && FileManager.default.fileExists(atPath: path + "/checksums.json")
    }
}
