/// What `eft check` found in a source.
public struct CheckResult: Sendable {
    /// Sorted by place, at most `SyntaxLimits.errors`.
    public let diagnostics: [Diagnostic]
    /// The errors that the program ends in if it gets to them, wherever it is called from.
    public let certain: [Diagnostic]

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension Interpreter {
    /// Parses, resolves and checks a source; nothing runs. Names of the session count as known.
    public func check(_ source: Source) -> CheckResult {
        let (program, syntaxErrors) = Parser.parse(source)
        if syntaxErrors.contains(where: { $0.severity == .error }) { return CheckResult(diagnostics: syntaxErrors, certain: syntaxErrors) }
        let known = Set(globals.definedNames)
        let (resolution, nameErrors) = Resolver.resolve(
            program, natives: nativeNames, globals: known, types: configuration.typeNames, hints: configuration.hints)
        let findings = check(program, resolution)
        // What follows from a wrong name is no news.
        let hasWrongName = nameErrors.contains { $0.severity == .error }
        let further = findings.filter { !hasWrongName || $0.diagnostic.severity == .error }
        let found = nameErrors + further.map(\.diagnostic)
        return CheckResult(
            diagnostics: Array(Self.sorted(found).prefix(SyntaxLimits.errors)),
            certain: Self.sorted(nameErrors + further.filter(\.isCertain).map(\.diagnostic)))
    }

    /// What is wrong with a program whose names are known.
    func check(_ program: Program, _ resolution: Resolution) -> [CheckReport.Finding] {
        let report = CheckReport(program.source)
        FlowCheck(program, resolution, report, natives: nativeNames, known: Set(globals.definedNames)).run()
        TypeWalk(program, resolution, report, CheckContext(self)).run()
        return report.findings
    }

    /// Refuses a program that ends in an error if it gets there, before it has done hours of work.
    ///
    /// - Throws: `Diagnostics`
    func requireNoCertainErrors(_ program: Program, _ resolution: Resolution) throws {
        let errors = check(program, resolution).filter(\.isCertain).map(\.diagnostic)
        if !errors.isEmpty { throw Diagnostics(Array(Self.sorted(errors).prefix(SyntaxLimits.errors))) }
    }

    private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted { a, b in
            let (first, second) = (a.element.labels.first?.span.start ?? 0, b.element.labels.first?.span.start ?? 0)
            return (first, a.offset) < (second, b.offset)
        }.map(\.element)
    }
}
