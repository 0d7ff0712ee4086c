import Experiments
import Language

/// The name of a round of fine-tuning as scripts hold it.
final class IterationObject: HostObject, @unchecked Sendable {
    let iteration: FineTuningIteration

    init(_ iteration: FineTuningIteration) { self.iteration = iteration }

    override var typeName: String { "FineTuningIteration" }
    override var description: String { iteration.description }
    override var attributeNames: [String] { ["batch_id", "run_id", "plugin_name"] }
    override var hashCode: Int { iteration.hashValue }

    override func isEqual(to other: HostObject) -> Bool { (other as? IterationObject)?.iteration == iteration }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "batch_id": .string(iteration.batchID)
        case "run_id": .string(iteration.runID)
        case "plugin_name": .string(iteration.pluginName)
        default: nil
        }
    }

    static let make = Builtin(
        "FineTuningIteration", "(batch_id: str = \"\", run_id: str = \"\", plugin_name: str = \"\") -> FineTuningIteration",
        doc: "A round of fine-tuning: on which batch of sessions, from which run's model, by which plugin.",
        example: "str(FineTuningIteration(\"monday\", \"run\", \"shop\")) == \"shop / iteration / run / monday\""
    ) { call in
        .host(
            IterationObject(
                FineTuningIteration(batchID: try call.string(0), runID: try call.string(1), pluginName: try call.string(2))))
    }

    static let parse = Builtin(
        "parse", "(name: str) -> FineTuningIteration", doc: "The iteration of an experiment's name.",
        example: "FineTuningIteration.parse(\"shop / iteration / run / monday\").batch_id == \"monday\""
    ) { call in .host(IterationObject(try FineTuningIteration.parse(try call.string(0)))) }
}
