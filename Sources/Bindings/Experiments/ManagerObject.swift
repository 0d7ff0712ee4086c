import Experiments
import FineTuning
import Foundation
import Language
import Models

/// The keeper of runs as scripts hold it.
final class ManagerObject: HostObject, @unchecked Sendable {
    let manager: ExperimentsManager

    init(_ manager: ExperimentsManager) { self.manager = manager }

    override var typeName: String { "ExperimentsManager" }
    override var description: String {
        "ExperimentsManager(\(manager.pluginName), main metric \(manager.mainMetric), \(manager.store.place))"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["is_loss", "iteration", "main_metric", "plugin_name", "run_id", "wrapper"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "is_loss": .bool(manager.isLoss)
        case "iteration": manager.iteration.map { .host(IterationObject($0)) } ?? Value.none
        case "main_metric": .string(manager.mainMetric)
        case "plugin_name": .string(manager.pluginName)
        case "run_id": manager.run.map { .string($0.id) } ?? Value.none
        case "wrapper": .host(TrackingStoreObject(manager.store))
        default: nil
        }
    }

    static let methods = Namespace(
        "ExperimentsManager", doc: "Methods of the keeper of runs.", iterations + runs + models)

    static func manager(_ call: borrowing BuiltinCall) throws -> ExperimentsManager {
        try call.receiver(as: ManagerObject.self).manager
    }

    static func text(_ value: String?) -> Value { value.map { .string($0) } ?? .none }

    static func params(_ list: [FineTuningParams]?) -> Value {
        list.map { .list($0.map { .host(ParamsObject($0)) }) } ?? .none
    }

    static func model(_ folder: URL?) throws -> Value {
        guard let folder else { return .none }
        if TwoTowerModel.isStored(in: folder.path) || HeadModel.isStored(in: folder.path) {
            throw ScriptError.value(
                "\(folder.path) holds a model made of parts",
                help: "take its model_folder(run_id) and load_two_towers(folder), or model_head(folder, fn) with the head's function")
        }
        if ClipModel.isStored(in: folder.path) { return .host(ClipModelObject(try ClipModel.load(folder.path))) }
        return .host(ModelObject(try EmbeddingModel.load(folder.path)))
    }
}
