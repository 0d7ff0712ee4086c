/// A rule of `eft check`: one row, which the report, `eft check --rules` and the tests read.
public struct CheckRule: Sendable {
    /// What tools call it: `unused-import`.
    public let id: String
    public let severity: Diagnostic.Severity
    /// The error that the program would end in, or what the warning is about.
    public let kind: ErrorKind
    /// What breaks the rule, in one line.
    public let what: String
    /// A program that breaks this rule and no other.
    public let example: String

    init(_ id: String, _ severity: Diagnostic.Severity, _ kind: ErrorKind, _ what: String, _ example: String) {
        self.id = id
        self.severity = severity
        self.kind = kind
        self.what = what
        self.example = example
    }
}

extension CheckRule {
    /// Every rule, errors first.
    public static let all: [CheckRule] = flow
}

// MARK: Names and the way through the code

extension CheckRule {
    static let flow = [
        unsetName, duplicateParam, unreachable, unusedVariable, misspeltAssignment, unusedFunction, unusedImport, unusedParam,
        paramReassigned, paramReserved, lateParam, noEffect, selfAssignment, duplicateKey, redefinition, duplicateTest,
    ]

    static let unsetName = CheckRule(
        "unset-name", .error, .name, "a name is read before anything could have given it a value", "print(total)\ntotal = 1")
    static let duplicateParam = CheckRule(
        "duplicate-param", .error, .syntax, "two `param`s of one script have the same name", "param size = 1\nparam size = 2\nprint(size)")
    static let unreachable = CheckRule(
        "unreachable", .warning, .syntax, "code stands behind a `return`, `raise`, `break`, `continue` or an endless loop",
        "fn f() {\n    return 1\n    print(2)\n}\nf()")
    static let unusedVariable = CheckRule(
        "unused-variable", .warning, .name, "a variable of a function is assigned and never read; a name that begins with _ may be",
        "fn f(x) {\n    twice = 2 * x\n    x\n}\nprint(f(1))")
    static let misspeltAssignment = CheckRule(
        "misspelt-assignment", .warning, .name, "a name is assigned and never read, and looks like another name that is",
        "momentum = 0.9\nmomentun = 0.8\nprint(momentum)")
    static let unusedFunction = CheckRule(
        "unused-function", .warning, .name, "a function inside a function is never used", "fn f() {\n    fn g() { 1 }\n    2\n}\nprint(f())"
    )
    static let unusedImport = CheckRule(
        "unused-import", .warning, .name, "an imported name is never used; `from m import x` in a module offers x to the module's users",
        "import math\nprint(1)")
    static let unusedParam = CheckRule(
        "unused-param", .warning, .name, "a `param` of the script is never read", "param size: int = 3\nprint(1)")
    static let paramReassigned = CheckRule(
        "param-reassigned", .warning, .name,
        "a `param` gets another value before its own is read, so that what the command line says is lost",
        "param size: int = 3\nsize = 4\nprint(size)")
    static let paramReserved = CheckRule(
        "param-reserved", .warning, .name, "a `param` has the name of an option of `eft run`, which takes it first",
        "param help: str = \"x\"\nprint(help)")
    static let lateParam = CheckRule(
        "late-param", .warning, .syntax, "a `param` stands behind code that does something, which runs before its value is checked",
        "print(\"working\")\nparam size: int\nprint(size)")
    static let noEffect = CheckRule(
        "no-effect", .warning, .syntax, "a statement computes something that nobody uses", "x = 1\nx == 2\nprint(x)")
    static let selfAssignment = CheckRule("self-assignment", .warning, .name, "a variable is assigned to itself", "x = 1\nx = x\nprint(x)")
    static let duplicateKey = CheckRule(
        "duplicate-key", .warning, .key, "a dict is written with the same key twice: the last value wins", "print({\"a\": 1, \"a\": 2})")
    static let redefinition = CheckRule(
        "redefinition", .warning, .name, "a function or struct is declared again before anything used the first",
        "fn f() { 1 }\nfn f() { 2 }\nprint(f())")
    static let duplicateTest = CheckRule(
        "duplicate-test", .warning, .name, "two tests of a file have the same name",
        "test \"a\" { assert true }\ntest \"a\" { assert true }")
}
