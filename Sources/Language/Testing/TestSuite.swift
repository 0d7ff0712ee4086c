/// The tests of one script: its `test "name" { … }` blocks, and the examples in its doc comments, lines `## example: expression`
/// whose value must not be false.
///
/// The script's statements run once. Each test then starts from the variables as they left them and from the same random numbers;
/// models and other objects with an identity keep what an earlier test did to them.
public struct TestSuite {
    public struct Case: Sendable {
        public let name: String
        /// Counted from one.
        public let line: Int
        /// The expression of an example; nil for a block.
        let example: Source?
    }

    public struct Outcome {
        public let test: Case
        /// Why it failed; nil if it passed.
        public let failure: Diagnostics?
        /// What it printed.
        public let output: String
    }

    public let source: Source
    /// In the order of the file, which is that of their run.
    public let cases: [Case]

    /// Finds the tests; nothing runs.
    ///
    /// - Throws: `Diagnostics` when the script does not parse.
    public init(_ source: Source) throws {
        self.source = source
        let (program, problems) = Parser.parse(source)
        if problems.contains(where: { $0.severity == .error }) { throw Diagnostics(problems) }
        let blocks: [Case] = program.statements.compactMap { statement in
            guard case .test(let node) = statement.kind else { return nil }
            return Case(name: node.name, line: source.position(of: node.nameSpan.start).line, example: nil)
        }
        cases = (blocks + TestSuite.examples(in: source)).sorted { $0.line < $1.line }
    }

    /// Runs the tests that `isWanted` chooses, one after the other. `makeInterpreter` gets where printed text goes.
    ///
    /// - Throws: `Diagnostics` when the script itself fails, or when the user stops it.
    public func run(
        where isWanted: (Case) -> Bool, makeInterpreter: (@escaping @Sendable (String) -> Void) -> Interpreter,
        report: (Outcome) -> Void
    ) throws {
        let wanted = cases.filter(isWanted)
        if wanted.isEmpty { return }
        let printed = CapturedOutput()
        let interpreter = makeInterpreter { printed.write($0) }
        try interpreter.run(source)
        var blocks: [Int: Value] = [:]
        for (test, block) in zip(cases.filter({ $0.example == nil }), interpreter.tests) { blocks[test.line] = block.body }
        let start = interpreter.snapshot()
        for test in wanted {
            interpreter.restore(start)
            interpreter.random = Xoshiro(seed: 0)
            _ = printed.take()
            var failure: Diagnostics?
            do {
                if let example = test.example {
                    if case .bool(false) = try interpreter.run(example) { failure = TestSuite.falseExample(test, example) }
                } else if let body = blocks[test.line] {
                    _ = try interpreter.reporting { try interpreter.call(body, []) }
                }
            } catch let error as Diagnostics {
                if error.list.contains(where: { $0.kind == .interrupted }) { throw error }
                failure = error
            }
            report(Outcome(test: test, failure: failure, output: printed.take()))
        }
    }

    // MARK: Examples

    private static let mark = "example:"

    /// The `## example: …` lines, each as a source of its own in which the expression stands where it stands in the file.
    private static func examples(in source: Source) -> [Case] {
        (1...source.lineCount).compactMap { number in
            let line = source.line(number)
            let indent = line.prefix { $0 == " " || $0 == "\t" }
            let comment = line.dropFirst(indent.count)
            guard comment.hasPrefix("##") else { return nil }
            let text = comment.dropFirst(2).drop { $0 == " " }
            guard text.hasPrefix(mark) else { return nil }
            let expression = text.dropFirst(mark.count)
            if expression.allSatisfy({ $0 == " " }) { return nil }
            let blanks = line.count - expression.count
            let padded = String(repeating: "\n", count: number - 1) + String(repeating: " ", count: blanks) + expression
            return Case(
                name: mark + " " + expression.drop { $0 == " " }, line: number, example: Source(name: source.name, text: padded))
        }
    }

    private static func falseExample(_ test: Case, _ example: Source) -> Diagnostics {
        let start = example.bytes.firstIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: " ") } ?? 0
        let label = Diagnostic.Label(example, Span(start, example.bytes.count), "false")
        return Diagnostics([Diagnostic(.assertion, id: "false-example", "the example is false", labels: [label])])
    }
}

/// Collects what scripts print.
private final class CapturedOutput: @unchecked Sendable {
    // The machine is single-threaded: nobody else writes while a test runs.
    private var text = ""

    func write(_ more: String) { text += more }

    func take() -> String {
        defer { text = "" }
        return text
    }
}
