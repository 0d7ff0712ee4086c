/// What every module sees without import.
public enum Prelude {
    public static let namespaces: [Namespace] = [core]

    static let core = Namespace(
        "prelude",
        [
            Builtin("print", "(*values, sep: str = \" \", end: str = \"\\n\") -> none", doc: "Writes values, with blanks between and a line end behind.") { call in
                let text = try call.items(0).map(\.display).joined(separator: call.string(1)) + call.string(2)
                call.interpreter.configuration.output(text)
                return .none
            },
            Builtin("len", "(x) -> int", doc: "Number of items, or of characters.", example: "len([1, 2]) == 2") { call in .int(try call.interpreter.length(call[0])) },
            Builtin("range", "(start: int, stop: int | none = none, step: int = 1) -> range", doc: "The whole numbers from start (0) up to but without stop.", example: "list(range(3)) == [0, 1, 2]") { call in
                guard let stop = try call.optionalInt(1) else { return .range(try RangeObject(0, call.int(0), call.int(2))) }
                return .range(try RangeObject(call.int(0), stop, call.int(2)))
            },
        ])
}
