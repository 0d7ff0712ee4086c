/// What sort of mistake a diagnostic reports; the names that `catch` and `raise` use.
public enum ErrorKind: String, CaseIterable, Sendable {
    case syntax = "SyntaxError"
    case name = "NameError"
    case type = "TypeError"
    case shape = "ShapeError"
    case value = "ValueError"
    case index = "IndexError"
    case key = "KeyError"
    case io = "IOError"
    case numeric = "NumericError"
    case assertion = "AssertionError"
    case interrupted = "Interrupted"
}
