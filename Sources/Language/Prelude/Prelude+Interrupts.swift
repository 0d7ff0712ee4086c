import Statement

extension Prelude {
    static let interrupts = Namespace(
        "interrupts",
        [
            Builtin(
                "uninterrupted", "(body: fn) -> any",
                doc: """
                    Runs a function to its end before Ctrl-C is heard: for what must not be left half-done. A second Ctrl-C ends it all the same, \
                    and at the prompt takes the statement back.
                    """,
                example: "uninterrupted { 6 * 7 } == 42"
            ) { call in
                let (interpreter, body) = (call.interpreter, try call.function(0))
                return try Interruption.holdOff { try interpreter.call(body, []) }
            },
            Builtin(
                "keep_work", "() -> none",
                doc: """
                    Says that an error which ends this statement of the prompt is to leave what was done so far, as a training whose checkpoint \
                    could not be written: `%undo` takes it back. In a script it changes nothing.
                    """,
                example: "keep_work() is none"
            ) { call in
                call.interpreter.machine.keepsWork = true
                return .none
            },
        ])
}
