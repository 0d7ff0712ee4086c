import Text

/// FlowCheck: a resolved program → which values are never read, which code never runs, which statements do nothing. Knows no types.
final class FlowCheck {
    let program: Program
    let resolution: Resolution
    let report: CheckReport
    let natives: Set<String>
    /// The functions under way, outermost first; the module's top level is the first.
    private(set) var frames: [FlowFrame]
    /// The module's names that are read somewhere, with how often so far.
    private(set) var globalReads: [String: Int] = [:]
    /// Module names that something before the place under way may have assigned.
    var assignedGlobals: Set<String>
    var imports: [(name: Name, span: Span, isFrom: Bool)] = []
    var params: [(node: ParamNode, span: Span)] = []
    /// The plain assignments of the module's top level, by name.
    private var globalAssignments: [String: Span] = [:]
    private var globalOrder: [String] = []
    /// Whether the top level does something beyond declaring.
    var isScript = false

    /// - Parameter known: module names that have values before the program runs.
    init(_ program: Program, _ resolution: Resolution, _ report: CheckReport, natives: Set<String>, known: Set<String>) {
        self.program = program
        self.resolution = resolution
        self.report = report
        self.natives = natives
        assignedGlobals = known
        frames = [FlowFrame(scope: resolution.module, kind: nil)]
    }

    func run() {
        _ = walk(program.body)
        checkImports()
        checkParams()
        checkGlobals()
    }

    var frame: FlowFrame { frames[frames.count - 1] }

    // MARK: Names

    func read(_ name: Name) {
        switch resolution.binding(name) {
        case .local(let register):
            frame.reads.insert(register)
            if !frame.assigned.contains(register), resolution.mayBeUnset[name.id] { reportUnset(name, "has no value yet") }
        case .captured(let index): readCapture(index, of: frames.count - 1)
        case .global(let text):
            globalReads[text, default: 0] += 1
            if frames.count == 1, !assignedGlobals.contains(text), !natives.contains(text) { reportUnset(name, "is not defined") }
        case .native, .selfReference, .unresolved: break
        }
    }

    private func reportUnset(_ name: Name, _ what: String) {
        report.add(
            .unsetName, "`\(name.text)` \(what)", at: name.span, help: "it is assigned further down: move that up")
    }

    private func readCapture(_ index: Int, of level: Int) {
        guard level > 0, frames[level].scope.captures.indices.contains(index) else { return }
        switch frames[level].scope.captures[index].origin {
        case .local(let register): frames[level - 1].reads.insert(register)
        case .captured(let outer): readCapture(outer, of: level - 1)
        case .selfReference: break
        }
    }

    /// Notes that `name` gets a value. A plain assignment is reported if nobody ever reads the name.
    func assign(_ name: Name, isPlain: Bool) {
        switch resolution.binding(name) {
        case .local(let register):
            frame.assigned.insert(register)
            if isPlain { frame.assignments[register, default: []].append(name) } else { frame.excused.insert(register) }
        case .global(let text), .native(let text):
            assignedGlobals.insert(text)
            guard frames.count == 1 else { return }
            if isPlain, let param = params.first(where: { $0.node.name.text == text }), reads(of: text) == 0 {
                report.add(
                    .paramReassigned, "the parameter `\(text)` gets another value before its own is read", at: name.span,
                    also: [(param.node.name.span, "what `--\(text)` says is lost")])
            }
            if isPlain, globalAssignments[text] == nil {
                globalAssignments[text] = name.span
                globalOrder.append(text)
            }
        case .captured, .selfReference, .unresolved: break
        }
    }

    func reads(of name: String) -> Int { globalReads[name, default: 0] }

    // MARK: Functions

    func function(_ node: FunctionNode) {
        frames.append(FlowFrame(scope: resolution.functions[node.id], kind: node.kind))
        for register in 0..<frame.scope.parameterCount { frame.assigned.insert(register) }
        for parameter in node.signature.parameters { expression(parameter.defaultValue) }
        report.uncertain(node.kind == .test) { _ = walk(node.body) }
        reportUnused(node)
        frames.removeLast()
    }

    /// Struct fields are the parameters of the constructor.
    func structure(_ node: StructNode) {
        frames.append(FlowFrame(scope: resolution.functions[node.id], kind: .declaration))
        for register in 0..<frame.scope.parameterCount { frame.assigned.insert(register) }
        for field in node.fields { expression(field.defaultValue) }
        frames.removeLast()
    }

    private func reportUnused(_ node: FunctionNode) {
        let names = frame.scope.localNames
        let used = frame.reads.map { names[$0] }
        for (register, places) in frame.assignments where !frame.reads.contains(register) && !frame.excused.contains(register) {
            guard let first = places.first, !first.text.hasPrefix("_"), register >= frame.scope.parameterCount else { continue }
            if frame.functions.contains(register) {
                report.add(.unusedFunction, "the function `\(first.text)` is never used", at: first.span)
                continue
            }
            var help = Spelling.suggestion(for: first.text, among: used).map { "did you mean `\($0)`?" }
            if help == nil, node.kind == .trailingBlock {
                help = "a block passed to a function has its own names: make the value the last expression of the block"
            } else if help == nil, case .assignment(let targets, _, _, _)? = node.body.statements.last?.kind,
                targets.contains(where: { $0.isName(first.text) })
            {
                help = "to give it back, end the function with `\(first.text)`: its value is its last expression"
            }
            report.add(.unusedVariable, "`\(first.text)` is assigned but never read", at: first.span, help: help)
        }
    }

    // MARK: The module

    private func checkImports() {
        for (name, span, isFrom) in imports where reads(of: name.text) == 0 && !name.text.hasPrefix("_") {
            // A module's users find what it imported by name.
            if isFrom && !isScript { continue }
            report.add(.unusedImport, "`\(name.text)` is imported but never used", at: span)
        }
    }

    private func checkGlobals() {
        let others = Set(globalReads.keys).intersection(resolution.globals)
        for name in globalOrder where reads(of: name) == 0 && name.utf8.count >= 4 {
            guard let span = globalAssignments[name], let near = Spelling.suggestion(for: name, among: others), Self.isSlip(name, near)
            else { continue }
            report.add(
                .misspeltAssignment, "`\(name)` is assigned but never read", at: span, help: "did you mean `\(near)`?")
        }
    }

    /// Whether two names differ as a slip of the hand does: not by a number or an ending such as the s of a plural.
    private static func isSlip(_ name: String, _ other: String) -> Bool {
        if abs(name.utf8.count - other.utf8.count) > 1 || name.hasPrefix(other) || other.hasPrefix(name) { return false }
        return name.filter(\.isNumber) == other.filter(\.isNumber) && name.first == other.first
    }
}

/// What is known of a function, or of the module's top level, on the walk through it.
final class FlowFrame {
    let scope: FunctionScope
    /// Nil for the module.
    let kind: FunctionNode.Kind?
    var reads: Set<Int> = []
    /// Registers that something before the place under way may have assigned.
    var assigned: Set<Int> = []
    /// Where the registers are plainly assigned.
    var assignments: [Int: [Name]] = [:]
    /// Registers that loops, catches and destructuring bind: they may go unread.
    var excused: Set<Int> = []
    /// Registers of nested functions.
    var functions: Set<Int> = []
    /// For each loop under way whether a `break` ends it.
    var breaks: [Bool] = []

    init(scope: FunctionScope, kind: FunctionNode.Kind?) {
        self.scope = scope
        self.kind = kind
    }
}

extension Target {
    /// Whether the target is this name.
    func isName(_ text: String) -> Bool {
        if case .name(let name) = kind { name.text == text } else { false }
    }
}
