import Language

/// A progress bar as scripts hold it.
final class ProgressObject: HostObject, @unchecked Sendable {
    let bar: ProgressBar

    init(_ bar: ProgressBar) { self.bar = bar }

    override var typeName: String { "ProgressBar" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "ProgressBar", doc: "Methods of a progress bar.",
        [
            Builtin(
                "advance", "(steps: int = 1, **figures) -> none",
                doc: "Counts steps and shows figures beside the rate: `bar.advance(loss = 0.3)`."
            ) {
                call in
                let figures = try call.dict(1).pairs.compactMap { key, value -> (name: String, value: Double)? in
                    guard let name = key.asString, let number = value.asDouble else { return nil }
                    return (name, number)
                }
                try call.receiver(as: ProgressObject.self).bar.advance(by: try call.int(0), figures: figures)
                return .none
            },
            Builtin("finish", "() -> none", doc: "Takes the bar away.") { call in
                try call.receiver(as: ProgressObject.self).bar.finish()
                return .none
            },
        ])

    static let functions = Namespace(
        "progress", doc: "Showing how far a long job is.",
        [
            Builtin(
                "progress", "(label: str = \"\", total: int | none = none) -> ProgressBar",
                doc: "A progress bar on standard error: a line redrawn on a terminal, plain lines now and then otherwise.",
                example: "bar = progress(\"work\", total = 2); bar.advance(); bar.finish()"
            ) { call in .host(ProgressObject(ProgressBar(label: try call.string(0), total: try call.optionalInt(1)))) }
        ])
}
