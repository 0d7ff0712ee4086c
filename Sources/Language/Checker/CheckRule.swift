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
    public static let all: [CheckRule] = types + flow
}

// MARK: Types

extension CheckRule {
    static let types = [
        missingModule, unknownMember, unknownAttribute, unknownField, notCallable, missingArgument, tooManyArguments, unknownKeyword,
        repeatedArgument, argumentType, fieldType, defaultType, annotationType, resultType, operandType, shape, conditionType, notIterable,
        unpackCount, indexType, indexRange, notAssignable, outerChange, raiseType, formatType, missingResult, noneResult, unusedResult,
        constantComparison,
    ]

    static let missingModule = CheckRule(
        "missing-module", .error, .io, "an import names a module that is not there", "import nowhere\nprint(nowhere.x)")
    static let unknownMember = CheckRule(
        "unknown-member", .error, .name, "a module has nothing of that name", "import math\nprint(math.sqroot(2))")
    static let unknownAttribute = CheckRule(
        "unknown-attribute", .error, .name, "a value has no attribute or method of that name", "xs = [1]\nxs.push(2)\nprint(xs)")
    static let unknownField = CheckRule(
        "unknown-field", .error, .name, "a struct has no field of that name", "struct Trial { margin }\nprint(Trial(0.1).margn)")
    static let notCallable = CheckRule("not-callable", .error, .type, "what is called is no function", "size = 3\nprint(size(2))")
    static let missingArgument = CheckRule(
        "missing-argument", .error, .type, "a call leaves out an argument that has no default", "fn f(a, b) { a + b }\nprint(f(1))")
    static let tooManyArguments = CheckRule(
        "too-many-arguments", .error, .type, "a call gives more arguments than the function takes", "print(len([1], [2]))")
    static let unknownKeyword = CheckRule(
        "unknown-keyword", .error, .type, "a call names a parameter that the function does not have",
        "fn f(margin = 0.1) { margin }\nprint(f(margn = 0.2))")
    static let repeatedArgument = CheckRule(
        "repeated-argument", .error, .type, "a call gives a parameter two values", "fn f(a) { a }\nprint(f(1, a = 2))")
    static let argumentType = CheckRule(
        "argument-type", .error, .type, "an argument is not of the type that the function takes",
        "fn f(a: int) { a }\nprint(f(\"1\"))")
    static let fieldType = CheckRule(
        "field-type", .error, .type, "a field of a struct gets a value that is not of its type",
        "struct Trial { lr: float }\nt = Trial(1e-5)\nt.lr = \"low\"\nprint(t)")
    static let defaultType = CheckRule(
        "default-type", .error, .type, "the default of a parameter or field is not of its type", "param size: int = \"3\"\nprint(size)")
    static let annotationType = CheckRule(
        "annotation-type", .error, .type, "a variable gets a value that is not of the type written beside it",
        "size: int = \"3\"\nprint(size)")
    static let resultType = CheckRule(
        "result-type", .error, .type, "a function gives what is not of the type of its result", "fn f() -> int { \"1\" }\nprint(f())")
    static let operandType = CheckRule(
        "operand-type", .error, .type, "an operator does not work between such values", "print(1 + \"2\")")
    static let shape = CheckRule(
        "shape", .error, .shape, "the shapes of tensors do not fit an operation or an annotation",
        "print(zeros(2, 3) @ zeros(4, 5))")
    static let conditionType = CheckRule(
        "condition-type", .error, .type, "a condition is not a bool", "xs = [1]\nif xs { print(xs) }")
    static let notIterable = CheckRule(
        "not-iterable", .error, .type, "a loop, `*` or destructuring over something that has no items", "for i in 3 { print(i) }")
    static let unpackCount = CheckRule(
        "unpack-count", .error, .value, "a destructuring names more or fewer variables than there are values",
        "a, b = (1, 2, 3)\nprint(a, b)")
    static let indexType = CheckRule(
        "index-type", .error, .type, "something is indexed that has no items, or with the wrong kind of index", "xs = [1]\nprint(xs[\"0\"])"
    )
    static let indexRange = CheckRule(
        "index-range", .error, .index, "a position that a list, tuple or tensor certainly does not have", "pair = (1, 2)\nprint(pair[2])")
    static let notAssignable = CheckRule(
        "not-assignable", .error, .type, "items or fields are assigned where there are none", "name = \"abc\"\nname[0] = \"x\"\nprint(name)"
    )
    static let outerChange = CheckRule(
        "outer-change", .error, .type, "a function changes a list, dict or struct that belongs outside it, which it has a copy of",
        "xs = [1]\nfn add(x) { xs.append(x) }\nadd(2)")
    static let raiseType = CheckRule("raise-type", .error, .type, "what is raised is no error", "raise \"wrong\"")
    static let formatType = CheckRule(
        "format-type", .error, .value, "a format of an f-string does not fit its value", "name = \"a\"\nprint(f\"{name:.2f}\")")
    static let missingResult = CheckRule(
        "missing-result", .warning, .type, "a function with a result may end without a value",
        "fn sign(x) -> int {\n    if x > 0 { 1 }\n}\nprint(sign(2))")
    static let noneResult = CheckRule(
        "none-result", .warning, .type, "the result of a method that changes its list or dict, and gives none, is kept",
        "xs = [2, 1]\nys = xs.sort()\nprint(ys)")
    static let unusedResult = CheckRule(
        "unused-result", .warning, .type, "a method gives a new text or tensor, which nobody uses",
        "name = \" a \"\nname.strip()\nprint(name)")
    static let constantComparison = CheckRule(
        "constant-comparison", .warning, .type, "a comparison whose outcome the types decide", "n = 3\nprint(n == \"3\")")
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
