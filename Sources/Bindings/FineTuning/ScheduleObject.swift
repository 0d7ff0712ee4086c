import FineTuning
import Language
import Tensors

/// The schedule of an optimizer's learning rate, as scripts hold it.
final class ScheduleObject: HostObject, @unchecked Sendable {
    private let schedule: any Schedule
    private let optimizer: any Optimizer

    init(_ schedule: any Schedule, of optimizer: any Optimizer) {
        self.schedule = schedule
        self.optimizer = optimizer
    }

    override var typeName: String { "Schedule" }
    override var description: String { "Schedule(\(schedule.epoch) steps, lr \(Value.float(optimizer.learningRate).repr))" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["last_epoch", "lr"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "last_epoch": .int(schedule.epoch)
        case "lr": .float(optimizer.learningRate)
        default: nil
        }
    }

    static let methods = Namespace(
        "Schedule", doc: "Methods of a schedule.",
        [
            Builtin(
                "step", "() -> none", doc: "Counts one step more and sets the optimizer's learning rate for it.",
                example: "schedule = tuner.configure_optimizers()[1][0]; schedule.step(); assert schedule.last_epoch == 1"
            ) { call in
                try EmbeddingsFineTuner.advance(try call.receiver(as: ScheduleObject.self).schedule)
                return .none
            }
        ])
}
