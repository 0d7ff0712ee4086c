import Foundation
import FineTuning

/// Names one round of fine-tuning: which batch of sessions, from which run's model, by which plugin.
public struct FineTuningIteration: Hashable, Sendable, CustomStringConvertible {
    public let batchID: String
    /// The run whose model the iteration starts from.
    public let runID: String
    public let pluginName: String

    public init(batchID: String = "", runID: String = "", pluginName: String = "") {
        self.batchID = batchID
        self.runID = runID
        self.pluginName = pluginName
    }

    /// "{plugin} / iteration / {run} / {batch}": the name of its experiment.
    public var description: String { [pluginName, "iteration", runID, batchID].joined(separator: " / ") }

    /// Name of the experiment that holds a plugin's initial model.
    static func initialName(plugin: String) -> String { "\(plugin) / iteration / initial" }

    /// Reads the name of an experiment; of an initial experiment only the plugin is known.
    public static func parse(_ name: String) throws(FineTuningError) -> FineTuningIteration {
        let parts = name.components(separatedBy: " / ")
        if name.contains("initial"), parts.count == 3 { return FineTuningIteration(pluginName: parts[0]) }
        guard !name.contains("initial"), parts.count == 4, parts[1] == "iteration" else {
            throw FineTuningError(
                .value, "Experiment name does not follow the pattern.", found: "'\(name)'",
                help: "it is 'plugin / iteration / run / batch', or 'plugin / iteration / initial'")
        }
        return FineTuningIteration(batchID: parts[3], runID: parts[2], pluginName: parts[0])
    }
}
