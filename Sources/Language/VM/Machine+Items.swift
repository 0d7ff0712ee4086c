import Text

// Attributes, items and slices: reading.

extension Machine {
    /// `object[key]` for what is not a list or tuple at a valid index.
    @inline(never) func item(of object: ValuePointer, _ key: ValuePointer, into target: ValuePointer) throws {
        if object.tag == ValueTag.dict {
            if let found = Machine.find(key, in: object) {
                target.store(copyOf: found)
                return
            }
        } else if object.tag == ValueTag.string, key.tag == ValueTag.int, let byte = Machine.asciiByte(of: object, at: key.intPayload) {
            target.store(copyOf: StringObject.characterValues + Int(byte))
            return
        }
        target.pointee = try item(of: object.pointee, key.pointee)
    }

    /// The byte at a valid position of an ASCII text; nil for any other.
    @inline(__always) private static func asciiByte(of slot: ValuePointer, at position: Int) -> UInt8? {
        if !slot.isKnownASCII {
            guard slot.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef({ $0.isASCII }) else { return nil }
        }
        let count = slot.textCount
        let index = position < 0 ? position &+ count : position
        return UInt(bitPattern: index) < UInt(bitPattern: count) ? slot.textBytes[index] : nil
    }

    /// `x[a:b]` of a list or an ASCII text with bounds that are ints or left out; nil for any other.
    func slice(_ object: ValuePointer, _ plan: PlainSlice, _ r: ValuePointer) -> Value? {
        guard plan.isPlain else { return nil }
        let count: Int
        switch object.tag {
        case ValueTag.list: count = object.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { $0.count }
        case ValueTag.string:
            count = object.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0.isASCII ? $0.byteCount : -1 }
            if count < 0 { return nil }
        default: return nil
        }
        func bound(_ register: Int, _ absent: Int) -> Int? {
            if register < 0 { return absent }
            guard (r + register).tag == ValueTag.int else { return nil }
            let index = (r + register).intPayload
            return index < 0 ? max(0, index &+ count) : min(index, count)
        }
        guard let start = bound(plan.start, 0), let stop = bound(plan.stop, count) else { return nil }
        let end = max(start, stop)
        if object.tag == ValueTag.list {
            return object.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { .list(ListObject($0, start..<end)) }
        }
        if start == end { return .string(StringObject.empty) }
        return object.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { .string(TextSearch.bytes(of: $0, start..<end)) }
    }

    @inline(never) func item(of object: Value, _ key: Value) throws -> Value {
        switch object {
        case .list(let list): return list.base[try position(key, list.count, "list")]
        case .tuple(let tuple): return tuple.base[try position(key, tuple.count, "tuple")]
        case .dict(let dict):
            if let value = dict.get(key) { return value }
            throw Machine.missingKey(key, dict)
        case .string(let text): return .string(TextSearch.character(of: text, at: try position(key, text.scalarCount, "str")))
        case .range(let range): return .int(range.at(try position(key, range.count, "range")))
        case .host(let object): return Machine.inheritOrigin(try object.index(.value(key)), from: object)
        case .structure(let object):
            throw ScriptError(.type, "\(Value.withArticle(object.type.name)) cannot be indexed", help: "read a field with a dot: `x.field`")
        case .none: throw ScriptError(.type, "none cannot be indexed", operands: ["none"])
        default: throw ScriptError(.type, "\(object.typeNameWithArticle) cannot be indexed", operands: [object.typeName])
        }
    }

    /// The position that an index means, counted from the end if negative.
    func position(_ key: Value, _ count: Int, _ kind: String) throws -> Int {
        guard case .int(let index) = key else {
            throw ScriptError(
                .type, "\(Value.withArticle(kind)) index must be an int, not \(key.typeNameWithArticle)", operands: [kind, key.typeName])
        }
        let position = index < 0 ? index &+ count : index
        if position < 0 || position >= count {
            let size = count == 0 ? "it is empty" : "valid indices are \(-count) to \(count - 1)"
            throw ScriptError(
                .index, "index \(index) is out of range for \(Value.withArticle(kind)) of \(count) item\(count == 1 ? "" : "s")", help: size
            )
        }
        return position
    }

    static func missingKey(_ key: Value, _ dict: DictObject) -> ScriptError {
        var help: String?
        if case .string(let text) = key {
            help = Spelling.suggestion(for: text.text, among: dict.keys.prefix(10_000).compactMap { $0.asString }).map {
                "did you mean \(Value.quoted($0))?"
            }
        }
        if help == nil, dict.count > 0, dict.count <= 12 {
            help = "the keys are " + dict.keys.map(\.repr).joined(separator: ", ")
        }
        return ScriptError(.key, "no key \(key.repr) in the dict", help: help ?? "`d.get(key, default)` gives a default instead")
    }

    // MARK: Slices

    func indexKey(_ descriptor: IndexDescriptor, _ r: ValuePointer) -> IndexKey {
        let keys: [IndexKey] = descriptor.items.map { item in
            switch item {
            case .value(let register): .value((r + register).pointee)
            case .slice(let start, let stop, let step):
                .slice(
                    start: start < 0 ? nil : (r + start).pointee, stop: stop < 0 ? nil : (r + stop).pointee,
                    step: step < 0 ? nil : (r + step).pointee)
            case .ellipsis: .ellipsis
            }
        }
        return descriptor.isTuple || keys.count != 1 ? .tuple(keys) : keys[0]
    }

    func item(of object: Value, _ key: IndexKey) throws -> Value {
        if case .host(let host) = object { return Machine.inheritOrigin(try host.index(key), from: host) }
        switch key {
        case .value(let key): return try item(of: object, key)
        case .slice(let start, let stop, let step):
            switch object {
            case .list(let list): return .list(try slice(list.buffer, start, stop, step))
            case .tuple(let tuple): return .tuple(try slice(tuple.buffer, start, stop, step))
            case .string(let text):
                let range = try SliceRange(start, stop, step, count: text.scalarCount)
                return .string(TextSearch.slice(text, range))
            case .range(let range):
                let slice = try SliceRange(start, stop, step, count: range.count)
                return .range(
                    RangeObject(start: range.start &+ range.step &* slice.start, step: range.step &* slice.step, count: slice.count))
            default: throw ScriptError(.type, "\(object.typeNameWithArticle) cannot be sliced", operands: [object.typeName])
            }
        case .ellipsis, .tuple:
            if case .dict = object, case .tuple(let parts) = key {
                let items = parts.compactMap { part in if case .value(let value) = part { value } else { nil } }
                if items.count == parts.count { return try item(of: object, .tuple(items)) }
            }
            throw ScriptError(
                .type, "\(object.typeNameWithArticle) takes one index, not several", help: "chain them: `x[i][j]`",
                operands: [object.typeName])
        }
    }

    private func slice(_ items: UnsafeBufferPointer<Value>, _ start: Value?, _ stop: Value?, _ step: Value?) throws -> [Value] {
        let range = try SliceRange(start, stop, step, count: items.count)
        if range.step == 1 { return Array(items[range.start..<(range.start + range.count)]) }
        return (0..<range.count).map { items[range.start + $0 * range.step] }
    }

    // MARK: Attributes

    static func missingField(_ name: String, _ type: StructType) -> ScriptError {
        let names = type.signature.parameters.map(\.name)
        let help =
            Spelling.suggestion(for: name, among: names).map { "did you mean `\($0)`?" }
            ?? "its fields are \(names.joined(separator: ", "))"
        return ScriptError(.name, "\(type.name) has no field `\(name)`", help: names.isEmpty ? nil : help)
    }

    @inline(never) func getAttribute(_ object: ValuePointer, _ site: Unmanaged<Site>, into target: ValuePointer) throws {
        target.pointee = try attribute(object.pointee, site.takeUnretainedValue().name)
    }

    /// `object.name`, for any value.
    @inline(never) func attribute(_ object: Value, _ name: String) throws -> Value {
        switch object {
        case .structure(let structure):
            if let value = structure.field(name) { return value }
            throw Machine.missingField(name, structure.type)
        case .module(let module):
            if let value = module[name] { return value }
            throw Machine.missingInModule(name, module)
        case .error(let error):
            switch name {
            case "message": return .string(error.message)
            case "kind": return .string(error.kind.rawValue)
            case "help": return error.help.map { .string($0) } ?? .none
            case "notes": return .list(error.notes.map { .string($0) })
            default: break
            }
        case .host(let host):
            if let value = try host.attribute(name) { return Machine.inheritOrigin(value, from: host) }
            if let method = host.methods[name] { return .boundMethod(BoundMethod(receiver: object, method: method)) }
        case .structType(let type):
            if name == "name" { return .string(type.name) }
        case .function(let function):
            if name == "name" { return .string(function.name) }
            if name == "doc" { return .string(function.doc) }
        case .builtin(let builtin):
            if name == "name" { return .string(builtin.name) }
            if name == "doc" { return .string(builtin.doc) }
        default:
            if let method = ValueMethods.table(for: object)[name] { return .boundMethod(BoundMethod(receiver: object, method: method)) }
        }
        throw missingAttribute(name, of: object)
    }

    static func missingInModule(_ name: String, _ module: ModuleObject) -> ScriptError {
        ScriptError(
            .name, "module `\(module.name)` has no `\(name)`",
            help: Spelling.suggestion(for: name, among: module.definedNames).map { "did you mean `\($0)`?" })
    }

    func missingAttribute(_ name: String, of object: Value) -> ScriptError {
        var help = Spelling.suggestion(for: name, among: interpreter.attributeNames(of: object)).map { "did you mean `\($0)`?" }
        if case .dict(let dict) = object, dict.get(name) != nil { help = "read a key with brackets: `d[\(Value.quoted(name))]`" }
        if name == "length" || name == "size", help == nil { help = "use len(x)" }
        // What is written here counts for more than a name of similar letters.
        if case .host(let host) = object { help = interpreter.hint(for: name, of: host.typeName) ?? help }
        return ScriptError(
            .name, "\(object.typeNameWithArticle) has no attribute `\(name)`", help: help, operands: [Operators.describe(object)])
    }

    func importedName(_ module: Value, _ name: String) throws -> Value {
        guard case .module(let module) = module else { throw ScriptError(.type, "not a module") }
        if let value = module[name] { return value }
        throw Machine.missingInModule(name, module)
    }
}

/// The positions that a slice picks from a sequence, by Python's rules: `start + n * step` for n in 0..<count, all valid.
package struct SliceRange {
    var start: Int
    var step: Int
    var count: Int

    package var positions: [Int] { (0..<count).map { start + $0 * step } }

    package init(_ start: Value?, _ stop: Value?, _ step: Value?, count length: Int) throws {
        let step = try SliceRange.part(step) ?? 1
        if step == 0 { throw ScriptError(.value, "slice step must not be zero") }
        func clamp(_ index: Int?, _ absent: Int) -> Int {
            guard var index else { return absent }
            if index < 0 {
                index &+= length
                if index < 0 { return step < 0 ? -1 : 0 }
            } else if index >= length {
                return step < 0 ? length - 1 : length
            }
            return index
        }
        let first = clamp(try SliceRange.part(start), step < 0 ? length - 1 : 0)
        let last = clamp(try SliceRange.part(stop), step < 0 ? -1 : length)
        self.start = first
        self.step = step
        if step > 0 {
            count = first < last ? (last - first - 1) / step + 1 : 0
        } else {
            count = last < first ? Int((UInt(first - last) - 1) / step.magnitude) + 1 : 0
        }
        if count == 0 { self.start = min(max(first, 0), length) }
        // With one item the step is never taken; a huge one must not overflow.
        if count <= 1 { self.step = step > 0 ? 1 : -1 }
    }

    private static func part(_ value: Value?) throws -> Int? {
        switch value {
        case nil, .some(.none): return nil
        case .int(let index): return index
        case .some(let other):
            throw ScriptError(.type, "slice bounds must be ints or none, not \(other.typeNameWithArticle)")
        }
    }
}
