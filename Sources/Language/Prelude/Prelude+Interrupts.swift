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
            }
        ])
}
