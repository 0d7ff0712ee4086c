// Where host values such as tensors were made, for the errors about them.

/// An instruction of a function. Its line is looked up only when an error names it.
public struct CodePlace: Sendable {
    let prototype: Prototype
    let instruction: Int

    var source: Source { prototype.source }

    /// What the instruction stands for in the source.
    var span: Span {
        guard prototype.spanIndexes.indices.contains(instruction) else { return .none }
        return prototype.spanTable[Int(prototype.spanIndexes[instruction])].main
    }

    private static let longest = 60

    /// "train.eft:9:5 `items = project(raw)`": the line, or what of it fits.
    var note: String {
        let (line, column) = source.position(of: span.start)
        let text = source.line(line)
        let indentation = text.prefix { $0 == " " || $0 == "\t" }.count
        let statement = text.trimming()
        if statement.count <= CodePlace.longest { return "\(source.name):\(line):\(indentation + 1) `\(statement)`" }
        let code = source.text(span).prefix { !$0.isNewline }
        let isCut = code.count > CodePlace.longest || code.utf8.count < Int(span.end) - Int(span.start)
        return "\(source.name):\(line):\(column) `\(code.prefix(CodePlace.longest))\(isCut ? "…" : "")`"
    }
}

extension Machine {
    /// Remembers the running instruction as the maker of a host value that is new. The running frame's `pc` must be current.
    @inline(__always) func noteOrigin(_ slot: ValuePointer) {
        if slot.tag == ValueTag.host { noteOrigin(of: slot.object(as: HostObject.self).pointee) }
    }

    @inline(never) private func noteOrigin(of object: HostObject) {
        guard object.remembersOrigin, object.origin == nil, let place = runningPlace else { return }
        object.origin = place
    }

    /// A view of a value, such as a row or the transpose, was made where the value was.
    static func inheritOrigin(_ value: Value, from object: HostObject) -> Value {
        if case .host(let view) = value, view.remembersOrigin, view.origin == nil { view.origin = object.origin }
        return value
    }

    private var runningPlace: CodePlace? {
        guard frameCount > 0 else { return nil }
        let frame = frames[frameCount - 1]
        return CodePlace(prototype: frame.prototype, instruction: max(0, frame.pc - frame.code.pointee.instructions - 1))
    }

    /// The error of an operation, with where its operands were made if they remember it; without the place of the error itself.
    func withOrigins(_ error: ScriptError, _ operands: [Value]) -> ScriptError {
        let here = runningPlace.map { ($0.source, $0.source.position(of: $0.span.start).line) }
        var error = error
        for case .host(let object) in operands {
            guard object.remembersOrigin, let place = object.origin else { continue }
            if let here, here.0 === place.source, here.1 == place.source.position(of: place.span.start).line { continue }
            let note = "made at: \(place.note)"
            if !error.notes.contains(note) { error.notes.append(note) }
        }
        return error
    }

    /// The error of a builtin's body, with what its host operands are, where they were made, and texts for the spans of the call.
    ///
    /// - Parameter count: how many arguments stand at their parameters' positions.
    func explained(_ error: any Error, receiver: Value, _ slot: ValuePointer, count: Int) -> any Error {
        let scriptError = ScriptError(wrapping: error)
        if scriptError.raised != nil || scriptError.kind == .interrupted { return error }
        let arguments = (0..<count).map { slot[1 + $0] }
        let operands = [receiver] + arguments
        // What the body says of its operands is not about the spans of the call, unless they are its arguments.
        var result = withOrigins(scriptError, operands.flatMap(Machine.parts))
        result.operands = []
        let listed = operands.filter { $0.asItems != nil }.flatMap(Machine.parts)
        if !listed.isEmpty, !scriptError.operands.isEmpty {
            result.notes.insert("operands: \(scriptError.operands.joined(separator: ", "))", at: 0)
        }
        guard operands.contains(where: { if case .host(let object) = $0 { object.remembersOrigin } else { false } }) else { return result }
        guard frameCount > 0 else { return result }
        let frame = frames[frameCount - 1]
        let isOwnCall = slot >= frame.base && slot < frame.base + frame.code.pointee.registerCount
        guard isOwnCall, frame.pc > frame.code.pointee.instructions else { return result }
        // The spans of a call are the callee's, of a method also the receiver's, and the arguments'.
        let opcode = (frame.pc - 1).pointee.op
        let isMethod = opcode == .callMethod || opcode == .callMutating
        result.operands = [""] + (isMethod ? operands : arguments).map(summary)
        return result
    }

    /// A value and the first items of a list of host values, such as the tensors that are to be joined.
    private static func parts(_ value: Value) -> [Value] {
        guard let items = value.asItems else { return [value] }
        return items.prefix(4).filter { if case .host = $0 { true } else { false } }
    }

    /// The error of an indexed host value, with what it is and where it was made. The running frame's `pc` must be current.
    func explainedIndex(_ error: ScriptError) -> ScriptError {
        guard error.raised == nil, frameCount > 0 else { return error }
        let frame = frames[frameCount - 1]
        guard frame.pc > frame.code.pointee.instructions else { return error }
        let instruction = (frame.pc - 1).pointee
        guard instruction.op == .getIndex || instruction.op == .getIndexGeneral else { return error }
        let object = frame.base[Int(instruction.b)]
        var result = withOrigins(error, [object])
        let text = summary(object)
        if result.operands.isEmpty, !text.isEmpty { result.operands = [text] }
        return result
    }

    /// What stands under a host operand in an error, with the names that an annotation of the running function gives its axes.
    func summary(_ value: Value) -> String {
        guard case .host(let object) = value, object.remembersOrigin else { return "" }
        guard frameCount > 0 else { return object.summary }
        let frame = frames[frameCount - 1]
        for (index, parameter) in frame.prototype.signature.parameters.enumerated() {
            guard case .tensor(let type) = parameter.type, let axes = type.axes, case .host(let argument) = frame.base[index],
                argument === object
            else { continue }
            return object.summary(naming: axes.map { if case .named(let name) = $0 { name } else { nil } })
        }
        return object.summary
    }
}
