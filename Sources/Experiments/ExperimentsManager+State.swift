import Clickstream
import Text

/// What a checkpoint keeps of the metrics, so that a training that goes on has one curve, each value in it once.
extension ExperimentsManager {
    /// The values that the accumulators hold, the current run, and how many values of each metric are stored.
    public var state: JSONValue {
        var state: JSONObject = [
            "accumulators": .object(JSONObject(accumulators.map { ($0.name, .array($0.values.map { .double($0) })) }))
        ]
        if let run, let counts = try? store.pointCounts(run: run.id) {
            state["run"] = .string(run.id)
            state["points"] = .object(JSONObject(counts.map { ($0.name, .int(Int64($0.count))) }))
        }
        return .object(state)
    }

    /// Goes on with the run of the state and takes back what was stored in it since: those steps are taken again.
    ///
    /// A run that was set meanwhile, or a store without that run, is left as it is.
    public func restore(_ state: JSONValue) {
        for accumulator in accumulators {
            if let values = state["accumulators"]?[accumulator.name]?.arrayValue { accumulator.values = values.compactMap(\.doubleValue) }
        }
        guard let id = state["run"]?.stringValue, run == nil || run?.id == id else { return }
        do {
            guard let found = try store.run(id: id) else { return }
            let points = state["points"]?.objectValue ?? [:]
            try store.takeBack(run: id) { points[$0]?.intValue.flatMap(Int.init(exactly:)) ?? 0 }
            if run == nil { try goOn(with: found) }
        } catch {
            Warnings.emit("the metrics of the run could not be brought back to the checkpoint, some may be stored twice: \(error)")
        }
    }
}
