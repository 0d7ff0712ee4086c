// The dispatch loop. Numbers are handled here by tag, without counting references; everything else goes to a slow path that may throw.
// `r` points at the running function's registers and `k` at its constants; both are valid while its frame is on top (see `Machine`).

@inline(__always) private func bothInts(_ left: ValuePointer, _ right: ValuePointer) -> Bool { left.tag | right.tag == 0 }

@inline(__always) private func bothFloats(_ left: ValuePointer, _ right: ValuePointer) -> Bool {
    left.tag == ValueTag.float && right.tag == ValueTag.float
}

extension Machine {
    /// Runs the function on top of the frames until no more than `floor` frames are left; returns its result.
    func run(until floor: Int) throws -> Value {
        var pc = frame.pointee.pc
        var code = frame.pointee.code
        var r = frame.pointee.base
        var k = code.pointee.constants

        while true {
            do {
                while true {
                    // Read where it lies, part by part: few instructions need all of theirs, and registers are scarce here.
                    let i = pc
                    pc += 1
                    let a = r + Int(i.a)
                    switch i.op {

                    // MARK: Loading and moving

                    case .loadConst: a.store(copyOf: k + i.wide)
                    case .loadInt: a.store(int: i.wide)
                    case .loadNone: a.storeNone()
                    case .loadBool: a.store(bool: i.b != 0)
                    case .move: a.store(copyOf: r + Int(i.b))
                    case .take: a.store(movedFrom: r + Int(i.b))
                    case .moveTwo:
                        let (first, second) = (r + Int(i.b), r + Int(i.c))
                        if i.flag & 1 != 0 { a.store(movedFrom: first) } else { a.store(copyOf: first) }
                        if i.flag & 2 != 0 { (a + 1).store(movedFrom: second) } else { (a + 1).store(copyOf: second) }
                    case .clear: a.clear()
                    case .unset: a.storeUnset()
                    case .checkSet:
                        if a.isUnset { throw unsetError((k + i.wide).pointee) }
                    case .getGlobal:
                        let cell = code.pointee.cells + i.wide
                        if cell.isUnset {
                            a.pointee = try missingGlobal(frame, i.wide)
                        } else {
                            a.store(copyOf: cell)
                        }
                    case .setGlobal:
                        let cell = code.pointee.cells + i.wide
                        if i.flag != 0 { cell.store(movedFrom: a) } else { cell.store(copyOf: a) }
                    case .getCapture:
                        let captured = (r - 1).functionCaptures + Int(i.b)
                        if captured.isUnset { throw unsetError((k + Int(i.c)).pointee) }
                        a.store(copyOf: captured)
                    case .loadSelf: a.store(copyOf: r - 1)

                    // MARK: Arithmetic

                    case .add, .addK:
                        let left = r + Int(i.b)
                        let right = (i.op == .add ? r : k) + Int(i.c)
                        if bothInts(left, right) {
                            let (sum, overflow) = left.intPayload.addingReportingOverflow(right.intPayload)
                            if !overflow {
                                a.store(int: sum)
                                continue
                            }
                        } else if bothFloats(left, right) {
                            a.store(float: left.floatPayload + right.floatPayload)
                            continue
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.add, a, i.flag == 0 ? left : right, i.flag == 0 ? right : left)
                    case .subtract, .subtractK:
                        let left = r + Int(i.b)
                        let right = (i.op == .subtract ? r : k) + Int(i.c)
                        if bothInts(left, right) {
                            let (difference, overflow) = left.intPayload.subtractingReportingOverflow(right.intPayload)
                            if !overflow {
                                a.store(int: difference)
                                continue
                            }
                        } else if bothFloats(left, right) {
                            a.store(float: left.floatPayload - right.floatPayload)
                            continue
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.subtract, a, left, right)
                    case .multiply, .multiplyK:
                        let left = r + Int(i.b)
                        let right = (i.op == .multiply ? r : k) + Int(i.c)
                        if bothFloats(left, right) {
                            a.store(float: left.floatPayload * right.floatPayload)
                            continue
                        } else if bothInts(left, right) {
                            let (product, overflow) = left.intPayload.multipliedReportingOverflow(by: right.intPayload)
                            if !overflow {
                                a.store(int: product)
                                continue
                            }
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.multiply, a, i.flag == 0 ? left : right, i.flag == 0 ? right : left)
                    case .divide, .divideK:
                        let left = r + Int(i.b)
                        let right = (i.op == .divide ? r : k) + Int(i.c)
                        if bothFloats(left, right), right.floatPayload != 0 {
                            a.store(float: left.floatPayload / right.floatPayload)
                            continue
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.divide, a, left, right)
                    case .floorDivide, .floorDivideK:
                        let left = r + Int(i.b)
                        let right = (i.op == .floorDivide ? r : k) + Int(i.c)
                        if bothInts(left, right), right.intPayload > 0 {
                            let (quotient, remainder) = left.intPayload.quotientAndRemainder(dividingBy: right.intPayload)
                            a.store(int: remainder < 0 ? quotient &- 1 : quotient)
                            continue
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.floorDivide, a, left, right)
                    case .modulo, .moduloK:
                        let left = r + Int(i.b)
                        let right = (i.op == .modulo ? r : k) + Int(i.c)
                        if bothInts(left, right), right.intPayload > 0 {
                            let remainder = left.intPayload % right.intPayload
                            a.store(int: remainder < 0 ? remainder &+ right.intPayload : remainder)
                            continue
                        }
                        frame.pointee.pc = pc
                        try arithmetic(.modulo, a, left, right)
                    case .binary:
                        frame.pointee.pc = pc
                        try arithmetic(BinaryOperator(code: i.flag), a, r + Int(i.b), r + Int(i.c))
                    case .negate:
                        let value = r + Int(i.b)
                        if value.tag == ValueTag.float {
                            a.store(float: -value.floatPayload)
                        } else if value.tag == ValueTag.int, value.intPayload != .min {
                            a.store(int: 0 &- value.intPayload)
                        } else {
                            a.pointee = try Operators.unary(.negate, operand(value))
                        }
                    case .unary: a.pointee = try Operators.unary(i.flag == 0 ? .plus : .invert, operand(r + Int(i.b)))
                    case .not:
                        let value = r + Int(i.b)
                        guard value.tag == ValueTag.bool else { throw Operators.conditionError(value.pointee) }
                        a.store(bool: !value.boolPayload)

                    // MARK: Comparison

                    case .equal, .equalK:
                        let right = (i.op == .equal ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .equal, { $0 == $1 }, { $0 == $1 })
                    case .notEqual, .notEqualK:
                        let right = (i.op == .notEqual ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .notEqual, { $0 != $1 }, { $0 != $1 })
                    case .less, .lessK:
                        let right = (i.op == .less ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .less, { $0 < $1 }, { $0 < $1 })
                    case .lessEqual, .lessEqualK:
                        let right = (i.op == .lessEqual ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .lessEqual, { $0 <= $1 }, { $0 <= $1 })
                    case .greater, .greaterK:
                        let right = (i.op == .greater ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .greater, { $0 > $1 }, { $0 > $1 })
                    case .greaterEqual, .greaterEqualK:
                        let right = (i.op == .greaterEqual ? r : k) + Int(i.c)
                        try compare(a, r + Int(i.b), right, .greaterEqual, { $0 >= $1 }, { $0 >= $1 })

                    case .equalJump, .equalJumpK:
                        let left = r + Int(i.b)
                        let right = (i.op == .equalJump ? r : k) + Int(i.c)
                        let holds: Bool
                        if left.tag == ValueTag.string, right.tag == ValueTag.string {
                            holds = Machine.areEqualTexts(left, right)
                            if Int(i.b) >= code.pointee.localCount { left.clear() }
                            if i.op == .equalJump, Int(i.c) >= code.pointee.localCount { right.clear() }
                        } else {
                            holds = try test(left, right, .equal, { $0 == $1 }, { $0 == $1 })
                        }
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .notEqualJump, .notEqualJumpK:
                        let left = r + Int(i.b)
                        let right = (i.op == .notEqualJump ? r : k) + Int(i.c)
                        let holds: Bool
                        if left.tag == ValueTag.string, right.tag == ValueTag.string {
                            holds = !Machine.areEqualTexts(left, right)
                            if Int(i.b) >= code.pointee.localCount { left.clear() }
                            if i.op == .notEqualJump, Int(i.c) >= code.pointee.localCount { right.clear() }
                        } else {
                            holds = try test(left, right, .notEqual, { $0 != $1 }, { $0 != $1 })
                        }
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .lessJump, .lessJumpK:
                        let right = (i.op == .lessJump ? r : k) + Int(i.c)
                        let holds = try test(r + Int(i.b), right, .less, { $0 < $1 }, { $0 < $1 })
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .lessEqualJump, .lessEqualJumpK:
                        let right = (i.op == .lessEqualJump ? r : k) + Int(i.c)
                        let holds = try test(r + Int(i.b), right, .lessEqual, { $0 <= $1 }, { $0 <= $1 })
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .greaterJump, .greaterJumpK:
                        let right = (i.op == .greaterJump ? r : k) + Int(i.c)
                        let holds = try test(r + Int(i.b), right, .greater, { $0 > $1 }, { $0 > $1 })
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .greaterEqualJump, .greaterEqualJumpK:
                        let right = (i.op == .greaterEqualJump ? r : k) + Int(i.c)
                        let holds = try test(r + Int(i.b), right, .greaterEqual, { $0 >= $1 }, { $0 >= $1 })
                        pc += holds == (i.flag != 0) ? pc.pointee.wide + 1 : 1
                    case .identical:
                        let same = Operators.areIdentical(operand(r + Int(i.b)), operand(r + Int(i.c)))
                        a.store(bool: same != (i.flag != 0))
                    case .isNone:
                        let isNone = (r + Int(i.b)).isNone
                        if i.flag & 2 != 0 { (r + Int(i.b)).clear() }
                        a.store(bool: isNone != (i.flag & 1 != 0))
                    case .noneJump:
                        let isNone = (r + Int(i.b)).isNone
                        if i.flag & 2 != 0 { (r + Int(i.b)).clear() }
                        pc += isNone == (i.flag & 1 != 0) ? pc.pointee.wide + 1 : 1
                    case .contains:
                        let found = try contains(operand(r + Int(i.c)), operand(r + Int(i.b)))
                        a.store(bool: found != (i.flag != 0))

                    // MARK: Jumps

                    case .jump: pc += i.wide
                    case .loop:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        pc += i.wide
                    case .jumpFalse:
                        guard a.tag == ValueTag.bool else { throw Operators.conditionError(a.pointee) }
                        if !a.boolPayload { pc += i.wide }
                    case .jumpTrue:
                        guard a.tag == ValueTag.bool else { throw Operators.conditionError(a.pointee) }
                        if a.boolPayload { pc += i.wide }
                    case .checkBool:
                        guard a.tag == ValueTag.bool else { throw Operators.conditionError(a.pointee) }

                    // MARK: Attributes, items, places

                    case .getField:
                        let object = r + Int(i.b)
                        let cache = code.pointee.caches[Int(i.c)]
                        if object.tag == ValueTag.structure, let field = Machine.field(of: object, cache) {
                            a.store(copyOf: field)
                        } else {
                            try getAttribute(object, cache.pointee.site, into: a)
                        }
                        if i.flag != 0 { object.clear() }
                    case .getIndex:
                        let object = r + Int(i.b)
                        let key = r + Int(i.c)
                        if let found = Machine.item(of: object, at: key) {
                            a.store(copyOf: found)
                        } else {
                            try item(of: object, key, into: a)
                            if i.flag & 2 != 0 { key.clear() }
                        }
                        if i.flag & 1 != 0 { object.clear() }
                    case .getPath:
                        if let found = find(code.pointee.places + Int(i.c), code.pointee.cells, r) {
                            a.store(copyOf: found)
                            pc += pc.pointee.wide + 1
                        } else {
                            pc += 1
                        }
                    case .getIndexGeneral:
                        let object = r + Int(i.b)
                        if let part = slice(object, code.pointee.slices[Int(i.c)], r) {
                            a.pointee = part
                        } else {
                            let descriptor = frame.pointee.prototype.indexes[Int(i.c)]
                            a.pointee = try item(of: object.pointee, indexKey(descriptor, r))
                        }
                        if object != a, Int(i.b) >= code.pointee.localCount { object.clear() }
                    case .setIndex:
                        let key = r + Int(i.b)
                        let value = r + Int(i.c)
                        if try !setDirectly(a, key, value, movingKey: i.flag & 1 != 0, movingValue: i.flag & 2 != 0) {
                            try setItem(a, key, operand(value), frame, Int(i.a))
                        }
                    case .setPath:
                        if try !setDirectly(code.pointee.places + Int(i.c), frame, a, isMoved: i.flag != 0) {
                            try setPath(code.pointee.paths[Int(i.c)].takeUnretainedValue(), frame, to: operand(a))
                        }
                    case .updatePath:
                        frame.pointee.pc = pc
                        if try !updateDirectly(code.pointee.places + Int(i.c), frame, i.flag, a) {
                            let path = code.pointee.paths[Int(i.c)].takeUnretainedValue()
                            try updatePath(path, frame, BinaryOperator(code: i.flag), operand(a))
                        }

                    // MARK: Calls

                    case .call:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        frame.pointee.pc = pc
                        if a.tag == ValueTag.function {
                            let callee = a.functionCode
                            if callee.pointee.isPlain, Int(i.b) == callee.pointee.parameterCount {
                                try push(callee, base: a + 1)
                                code = callee
                                pc = code.pointee.instructions
                                r = a + 1
                                k = code.pointee.constants
                                continue
                            }
                        }
                        top = r + code.pointee.registerCount
                        if try enter(a, count: Int(i.b), keywords: [], name: "") {
                            pc = frame.pointee.pc
                            r = frame.pointee.base
                            code = frame.pointee.code
                            k = code.pointee.constants
                        }
                    case .callGlobal:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        frame.pointee.pc = pc
                        let cell = code.pointee.cells + Int(i.c)
                        if cell.tag == ValueTag.function {
                            let callee = cell.functionCode
                            if callee.pointee.isPlain, Int(i.b) == callee.pointee.parameterCount {
                                try push(callee, base: a + 1, isLent: true)
                                a.lend(from: cell)
                                code = callee
                                pc = code.pointee.instructions
                                r = a + 1
                                k = code.pointee.constants
                                continue
                            }
                        }
                        if cell.tag == ValueTag.structType, construct(cell, a, count: Int(i.b), nil) { continue }
                        if cell.isUnset { a.pointee = try missingGlobal(frame, Int(i.c)) } else { a.store(copyOf: cell) }
                        top = r + code.pointee.registerCount
                        if try enter(a, count: Int(i.b), keywords: [], name: "") {
                            pc = frame.pointee.pc
                            r = frame.pointee.base
                            code = frame.pointee.code
                            k = code.pointee.constants
                        }
                    case .append:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        let list = r + Int(i.b)
                        if list.tag == ValueTag.list {
                            Machine.makeListUnique(list)
                            try list.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { try $0.append(movedFrom: a + 1) }
                            a.storeNone()
                            continue
                        }
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        let pushed = try code.pointee.sites[Int(i.c)]._withUnsafeGuaranteedRef {
                            try callMutating(a, count: 1, $0, frame)
                        }
                        if pushed {
                            pc = frame.pointee.pc
                            r = frame.pointee.base
                            code = frame.pointee.code
                            k = code.pointee.constants
                        }
                    case .callKeywords, .callSpread, .callMethod, .callMutating:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        if try specialCall(i.pointee, frame, a) {
                            pc = frame.pointee.pc
                            r = frame.pointee.base
                            code = frame.pointee.code
                            k = code.pointee.constants
                        }
                    case .callConstant:
                        fuel &-= 1
                        if fuel < 0 { try poll() }
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        try callBuiltin(k + Int(i.c), a, count: Int(i.b))
                    case .returnValue:
                        let count = i.flag != 0 ? code.pointee.localCount : code.pointee.registerCount
                        assert(i.flag == 0 || holdsNoTemporary(but: a), "a temporary was not emptied when it was read")
                        // Overwriting the slot below the registers lets go of the function, and with it perhaps of its code.
                        let result = r - 1
                        if frame.pointee.isLent { result.overwrite(movedFrom: a) } else { result.store(movedFrom: a) }
                        var register = r
                        let end = r + count
                        while register < end {
                            register.clear()
                            register += 1
                        }
                        frameCount -= 1
                        if !axes.isEmpty { axes[frameCount] = nil }
                        if frameCount == floor { return result.take() }
                        pc = frame.pointee.pc
                        r = frame.pointee.base
                        code = frame.pointee.code
                        k = code.pointee.constants

                    // MARK: Building

                    case .buildList: a.pointee = .list(ListObject(moving: r + Int(i.b), count: Int(i.c)))
                    case .buildTuple: a.pointee = .tuple(TupleObject.make(moving: r + Int(i.b), count: Int(i.c)))
                    case .buildDict: a.pointee = .dict(DictObject())
                    case .listAppend:
                        let value = r + Int(i.b)
                        let isTemporary = Int(i.b) >= code.pointee.localCount
                        try a.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { list in
                            if isTemporary { try list.append(movedFrom: value) } else { try list.append(copyOf: value) }
                        }
                    case .listExtend:
                        let list = a.object(as: ListObject.self).pointee
                        for index in 0..<Int(i.c) { try list.append(movedFrom: r + (Int(i.b) + index)) }
                    case .listSpread:
                        let list = a.object(as: ListObject.self).pointee
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        for value in try interpreter.collect((r + Int(i.b)).take()) { try list.append(value) }
                    case .listToTuple: a.pointee = .tuple(TupleObject.make(a.object(as: ListObject.self).pointee.buffer))
                    case .dictSet, .dictSpread: try buildDict(i.pointee, a, r)
                    case .closure: a.pointee = .function(makeClosure(frame.pointee.prototype.prototypes[i.wide], frame))
                    case .structType: a.pointee = makeStructType(frame.pointee.prototype.structures[i.wide])
                    case .makeStruct:
                        guard case .structType(let type) = (r - 1).pointee else { continue }
                        a.pointee = .structure(StructObject.make(type, moving: r))
                    case .formatPlain: formatPlain(r + Int(i.b), frame, a)
                    case .format, .formatDynamic:
                        frame.pointee.pc = pc
                        try format(i.pointee, frame, a)
                    case .concat: a.pointee = .string(try concatenate(r + Int(i.b), Int(i.c)))

                    // MARK: Loops and destructuring

                    case .iterPrepare: try prepareIteration(a)
                    case .iterRange:
                        if prepareRange(a, count: Int(i.b)) { continue }
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        try (k + Int(i.c)).borrowed(as: Builtin.self)._withUnsafeGuaranteedRef {
                            try invoke($0, receiver: .none, a, count: Int(i.b), keywords: [])
                        }
                        try prepareIteration(a)
                    case .iterNext:
                        let target = r + Int(i.b)
                        let tag = a.tag
                        if tag == ValueTag.list {
                            let (base, count) = (a.listBase, a.listCount)
                            let index = (a + 1).intPayload
                            if index < count {
                                target.store(copyOf: base + index)
                                (a + 1).initialize(int: index &+ 1)
                                pc += 1
                            } else {
                                a.clear()
                                pc += pc.pointee.wide + 1
                            }
                        } else if tag == ValueTag.int {
                            // A range: the next number in r[a], how many are left in r[a+1], the step in r[a+2].
                            let left = (a + 1).intPayload
                            if left > 0 {
                                let number = a.intPayload
                                target.store(int: number)
                                a.initialize(int: number &+ (a + 2).intPayload)
                                (a + 1).initialize(int: left &- 1)
                                pc += 1
                            } else {
                                pc += pc.pointee.wide + 1
                            }
                        } else if tag == ValueTag.string {
                            if nextCharacter(a, into: target) {
                                pc += 1
                            } else {
                                a.clear()
                                pc += pc.pointee.wide + 1
                            }
                        } else {
                            frame.pointee.pc = pc
                            top = r + code.pointee.registerCount
                            if let value = try nextItem(a) {
                                target.pointee = value
                                pc += 1
                            } else {
                                a.clear()
                                pc += pc.pointee.wide + 1
                            }
                        }
                    case .unpack:
                        if !unpackDirectly(a, frame, count: Int(i.c), into: r + Int(i.b)) {
                            try unpack(operand(a), before: Int(i.c), after: nil, into: r + Int(i.b))
                        }
                    case .unpackRest:
                        try unpack(operand(a), before: Int(i.c), after: pc.pointee.wide, into: r + Int(i.b))
                        pc += 1

                    // MARK: Errors

                    case .raise: throw try raised(a.pointee, again: i.flag != 0)
                    case .catchMatch: a.store(bool: catches((k + Int(i.c)).pointee, (r + Int(i.b)).pointee))
                    case .assertFail: throw assertionError(i.pointee, r)
                    case .checkType:
                        let annotation = frame.pointee.prototype.annotations[i.wide]
                        var none: [String: Int] = [:]
                        try TypeCheck.require(annotation.type, a, interpreter, axes: &none) { annotation.subject }
                    case .checkResult: try checkResult(frame, a)

                    // MARK: Declarations

                    case .jumpIfSet: if !a.isUnset { pc += i.wide }
                    case .scriptParameter: a.pointee = try interpreter.parameterValue(frame.pointee.prototype.module, i.wide)
                    case .importModule:
                        frame.pointee.pc = pc
                        top = r + code.pointee.registerCount
                        a.pointee = .module(
                            try interpreter.importModule(frame.pointee.prototype.imports[i.wide], from: frame.pointee.prototype.source))
                    case .importName:
                        a.pointee = try importedName(
                            (r + Int(i.b)).pointee, code.pointee.sites[Int(i.c)]._withUnsafeGuaranteedRef { $0.name })
                    case .declareTest: interpreter.declareTest((k + i.wide).pointee.display, a.take(), frame.pointee.prototype.module)
                    case .trace: if let profile, profile.isListening { trace(i.pointee, profile) }
                    }
                }
            } catch {
                // Calls save the place themselves; for all else it is the instruction just fetched.
                if r == frame.pointee.base { frame.pointee.pc = pc }
                let object = errorObject(error)
                guard let resumed = unwind(object, floor: floor) else { throw ScriptError(raising: object) }
                pc = resumed
                r = frame.pointee.base
                code = frame.pointee.code
                k = code.pointee.constants
            }
        }
    }
}

extension Machine {
    /// r[a] = left op right for two numbers of one type, otherwise by the slow path.
    @inline(__always) private func compare(
        _ a: ValuePointer, _ left: ValuePointer, _ right: ValuePointer, _ operation: ComparisonOperator, _ ints: (Int, Int) -> Bool,
        _ floats: (Double, Double) -> Bool
    ) throws {
        if bothInts(left, right) {
            a.store(bool: ints(left.intPayload, right.intPayload))
        } else if bothFloats(left, right) {
            a.store(bool: floats(left.floatPayload, right.floatPayload))
        } else {
            try compareSlowly(operation, a, left, right)
        }
    }

    @inline(__always) private func test(
        _ left: ValuePointer, _ right: ValuePointer, _ operation: ComparisonOperator, _ ints: (Int, Int) -> Bool,
        _ floats: (Double, Double) -> Bool
    ) throws -> Bool {
        if bothInts(left, right) { return ints(left.intPayload, right.intPayload) }
        if bothFloats(left, right) { return floats(left.floatPayload, right.floatPayload) }
        return try testSlowly(operation, left, right)
    }
}

extension Frame {
    var prototype: Prototype { code.pointee.owner.takeUnretainedValue() }
}
