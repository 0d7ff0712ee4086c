import Text

extension TypeWalk {
    // MARK: Attributes

    /// `base.name`. Reported for a union only if no member has it.
    func member(_ type: StaticType, _ name: Identifier, of base: Span) -> StaticType {
        if let probe = context.probe, name.text == TypeProbe.mark { probe.note(type) }
        var found: [StaticType] = []
        for member in type.members {
            if let type = attribute(member, name.text) { found.append(type) }
        }
        if !found.isEmpty { return .joined(found) }
        reportMissing(name, type, base)
        return .unknown
    }

    /// Nil if there is none of that name.
    private func attribute(_ type: StaticType, _ name: String) -> StaticType? {
        switch type {
        case .unknown, .never: return .unknown
        case .structure(let structure): return structure.fields[name]
        case .module(let module): return module.member(name)
        case .error:
            switch name {
            case "message", "kind": return .str
            case "help": return .union([.str, .none])
            case "notes": return .listOf(.str)
            default: return nil
            }
        case .structType: return name == "name" ? .str : nil
        case .function, .builtin, .callable, .method: return name == "name" || name == "doc" ? .str : nil
        case .tensor(let facts):
            if let fact = context.shapes?.attribute(.tensor(facts), name) {
                return StaticType(fact, as: name == "shape" ? .tuple(nil) : .any)
            }
            if let method = context.shapes?.methods[name] { return .method(of: type, method) }
            return context.shapes == nil || context.hosts["tensor"]?.attributes.contains { $0.name == name } == true ? .unknown : nil
        case .host(let host): return attribute(host, type, name)
        case .object(let object):
            if let method = object.methods[name] { return .method(of: type, method) }
            if let host = context.hosts[object.typeName] { return attribute(host, type, name) }
            return object.attributeNames.contains(name) || object.methods.builtins.isEmpty ? .unknown : nil
        default:
            guard let methods = type.methods else { return .unknown }
            return methods[name].map { .method(of: type, $0) }
        }
    }

    private func attribute(_ host: HostType, _ type: StaticType, _ name: String) -> StaticType? {
        if let known = host.attributes.first(where: { $0.name == name }) {
            if let fact = context.shapes?.attribute(.typed(.named(host.name)), name) {
                let precise = StaticType(fact)
                if !precise.isUnknown { return precise }
            }
            return self.type(known.type)
        }
        if let method = host.methods[name] { return .method(of: type, method) }
        return host.isOpen ? .unknown : nil
    }

    private func reportMissing(_ name: Identifier, _ type: StaticType, _ base: Span) {
        let type = type.members.count == 1 ? type.members[0] : type
        if case .module(let module) = type { return reportMissing(name, in: module) }
        if case .structure(let structure) = type {
            let names = structure.signature.parameters.map(\.name)
            let help =
                Spelling.suggestion(for: name.text, among: names).map { "did you mean `\($0)`?" }
                ?? "its fields are \(names.joined(separator: ", "))"
            report.add(
                .unknownField, "\(structure.name) has no field `\(name.text)`", at: name.span, help: names.isEmpty ? nil : help)
            return
        }
        var help: String?
        var names: [String] = type.methods?.names ?? []
        switch type {
        case .error: names = ["message", "kind", "help", "notes"]
        case .function, .builtin, .callable, .method: names = ["name", "doc"]
        case .structType: names = ["name"]
        case .tensor:
            let host = context.hosts["tensor"]
            names = (context.shapes?.methods.names ?? []) + (host?.attributes.map(\.name) ?? [])
            help = host?.hints[name.text]
        case .host(let host):
            names = host.memberNames
            help = host.hints[name.text]
        case .object(let object): names = object.methods.names + object.attributeNames
        default: break
        }
        help = help ?? Spelling.suggestion(for: name.text, among: names).map { "did you mean `\($0)`?" }
        if help == nil, case .dict = type { help = "read a key with brackets: `d[\(Value.quoted(name.text))]`" }
        if help == nil, name.text == "length" || name.text == "size" { help = "use len(x)" }
        report.add(
            .unknownAttribute, "\(type.described) has no attribute `\(name.text)`", at: name.span, also: [(base, type.label)], help: help)
    }

    func reportMissing(_ name: Identifier, in module: StaticModule) {
        report.add(
            .unknownMember, "module `\(module.name)` has no `\(name.text)`", at: name.span,
            help: Spelling.suggestion(for: name.text, among: module.names ?? []).map { "did you mean `\($0)`?" })
    }

    func moduleMember(_ module: StaticModule, _ name: Identifier) -> StaticType {
        if let type = module.member(name.text) { return type }
        reportMissing(name, in: module)
        return .unknown
    }

    // MARK: Items

    func index(_ type: StaticType, _ items: [SubscriptItem], base: Span, span: Span) -> StaticType {
        let keys = items.map { item -> (fact: IndexFact, type: StaticType, span: Span) in
            switch item {
            case .index(let key):
                if case .ellipsis = key.kind { return (.ellipsis, .unknown, key.span) }
                let keyType = expression(key)
                return (.value(fact(keyType, key)), keyType, key.span)
            case .slice(let lower, let upper, let step, let span):
                let parts = [lower, upper, step].map { part in part.map { fact(expression($0), $0) } }
                return (.slice(start: parts[0], stop: parts[1], step: parts[2]), .unknown, span)
            }
        }
        var found: [StaticType] = []
        var failure: (rule: CheckRule, error: ScriptError, at: Span)?
        for member in type.members {
            switch item(member, keys, base) {
            case .success(let type): found.append(type)
            case .failure(let error):
                failure = failure ?? (error.kind == .shape ? .shape : error.kind == .index ? .indexRange : .indexType, error, span)
            }
        }
        guard found.isEmpty, let failure else { return .joined(found) }
        report.add(
            failure.rule, failure.error.message, at: failure.at, label: type.isTensor ? type.label : "", help: failure.error.help,
            kind: failure.error.kind)
        return .unknown
    }

    private func item(
        _ type: StaticType, _ keys: [(fact: IndexFact, type: StaticType, span: Span)], _ base: Span
    ) -> Result<StaticType, ScriptError> {
        let isSlice = keys.count == 1 && { if case .slice = keys[0].fact { true } else { false } }()
        switch type {
        // What an index gives is not in the tables; what a loop gives is a good guess for completion.
        case .host(let host) where context.probe != nil && !isSlice: return .success(host.element.map { self.type($0) } ?? .unknown)
        case .unknown, .never, .host, .object: return .success(.unknown)
        case .tensor(let facts):
            guard let shapes = context.shapes else { return .success(.unknown) }
            let key = keys.count == 1 ? keys[0].fact : .tuple(keys.map(\.fact))
            switch shapes.index(facts, key) {
            case .value(let fact): return .success(StaticType(fact))
            case .failure(let failure): return .failure(ScriptError(failure.kind, failure.message, help: failure.help))
            }
        case .dict(_, let value):
            if isSlice { return .failure(.type("a dict cannot be sliced")) }
            if case .never = value { return .success(.unknown) }
            return .success(value)
        case .list, .tuple, .str, .range:
            guard keys.count == 1 else {
                return .failure(.type("\(type.described) takes one index, not several", help: "chain them: `x[i][j]`"))
            }
            if isSlice {
                switch type {
                case .list(let item, _): return .success(.listOf(item))
                case .tuple: return .success(.tuple(nil))
                default: return .success(type)
                }
            }
            return position(type, keys[0].type)
        case .structure:
            return .failure(.type("\(type.described) cannot be indexed", help: "read a field with a dot: `x.field`"))
        default: return .failure(.type("\(type.described) cannot be \(isSlice ? "sliced" : "indexed")"))
        }
    }

    private func position(_ type: StaticType, _ key: StaticType) -> Result<StaticType, ScriptError> {
        let isInt = key.members.contains { member in
            switch member {
            case .int, .unknown, .never, .object, .host: true
            default: false
            }
        }
        if !isInt { return .failure(.type("\(type.described) index must be an int, not \(key.described)")) }
        let parts: [StaticType]?
        let element: StaticType
        switch type {
        case .list(let item, let known): (parts, element) = (known, item)
        case .tuple(let known): (parts, element) = (known, known.map { .joined($0) } ?? .unknown)
        case .str: return .success(.str)
        default: return .success(.anyInt)
        }
        guard let parts, case .int(.size(let index)) = key else {
            if case .never = element { return .success(.unknown) }
            return .success(element)
        }
        let position = index < 0 ? index &+ parts.count : index
        if parts.indices.contains(position) { return .success(parts[position]) }
        let size = parts.isEmpty ? "it is empty" : "valid indices are \(-parts.count) to \(parts.count - 1)"
        return .failure(
            ScriptError(
                .index, "index \(index) is out of range for \(type.described) of \(parts.count) item\(parts.count == 1 ? "" : "s")",
                help: size))
    }

    // MARK: Changes

    /// `base.field = value`.
    func change(_ base: Expression, field name: Identifier, to value: StaticType, at span: Span) {
        let type = expression(base)
        checkOuter(base, type)
        if case .structure(let structure) = type {
            guard let parameter = structure.signature.parameters.first(where: { $0.name == name.text }) else {
                return reportMissing(name, type, base.span)
            }
            require(value, parameter.type, .fieldType, subject: "field `\(name.text)`", at: span)
            return
        }
        let cannot = type.members.allSatisfy { member in
            switch member {
            case .unknown, .never, .host, .object, .structure, .tensor, .module: false
            default: true
            }
        }
        guard cannot else { return }
        var help: String?
        if case .dict = type { help = "set a key with brackets: `d[\(Value.quoted(name.text))] = value`" }
        report.add(
            .notAssignable, "\(type.described) has no field `\(name.text)` to assign to", at: name.span, also: [(base.span, type.label)],
            help: help)
    }

    /// `base[items] = value`.
    func change(_ base: Expression, _ items: [SubscriptItem], to value: StaticType, at span: Span) {
        let type = expression(base)
        checkOuter(base, type)
        let keys = items.parts.map { expression($0) }
        switch type {
        case .tuple, .str, .range, .int, .float, .bool, .none, .function, .builtin, .callable, .method, .structure:
            let help: String? = if case .structure = type { "set a field with a dot: `x.field = value`" } else { nil }
            let isIndexable =
                switch type {
                case .tuple, .str, .range: true;
                default: false
                }
            report.add(
                .notAssignable, isIndexable ? "items of \(type.described) cannot be assigned" : "\(type.described) cannot be indexed",
                at: base.span, label: type.label, help: help)
            return
        case .list(_, let parts?):
            if items.count == 1, case .index = items[0], case .int(.size(let index)) = keys[0],
                !parts.indices.contains(index < 0 ? index &+ parts.count : index)
            {
                if case .failure(let error) = position(type, keys[0]) {
                    report.add(.indexRange, error.message, at: span, help: error.help, kind: error.kind)
                }
            }
        default: break
        }
        guard let root = base.placeRoot, let slot = slot(of: root) else { return }
        if case .name = base.kind {
            switch type {
            case .list(let item, _):
                let isSlice = if case .slice? = items.first { true } else { false }
                frame.set(slot, .listOf(isSlice ? .unknown : item.joined(value.counted)))
            case .dict(let key, let item): frame.set(slot, .dictOf(key.joined(keys.first?.counted ?? .unknown), item.joined(value.counted)))
            default: break
            }
            noteGlobal(root, slot)
        } else {
            widen(root, slot)
        }
    }

    /// After a change deep inside a variable nothing is known of its items.
    func widen(_ root: Name, _ slot: Int) {
        frame.set(slot, frame.slots[slot].widened)
        noteGlobal(root, slot)
    }

    /// A function cannot change the lists, dicts and structs of variables outside it.
    func checkOuter(_ base: Expression, _ type: StaticType) {
        guard let root = base.placeRoot, slot(of: root) == nil else { return }
        switch resolution.binding(root) {
        case .captured: break
        case .global where !isModuleLevel: break
        default: return
        }
        guard type.members.allSatisfy({ $0.isValue }) else { return }
        report.add(
            .outerChange, "a function cannot change the outer variable `\(root.text)`: values are copied", at: root.span,
            help: "pass it in as an argument and return the changed value")
    }
}

extension StaticType {
    /// Whether it is a list, dict or struct, which are copied.
    fileprivate var isValue: Bool {
        switch self {
        case .list, .dict, .structure: true
        default: false
        }
    }
}
