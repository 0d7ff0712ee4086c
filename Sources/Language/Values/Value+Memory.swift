extension Value {
    /// Bytes of the memory that the value and what it holds take, shared pieces counted once: an estimate, in which large collections are
    /// sampled. Nil for what takes none of its own, such as a number.
    public var byteCount: Int? {
        var pieces: [ObjectIdentifier: Int] = [:]
        var left = 4096
        visitMemory({ pieces[$0] = $1 }, &left)
        return pieces.isEmpty ? nil : pieces.values.reduce(0, +)
    }

    /// Names the memory of the value and of what it holds, as long as there are pieces `left` to look at.
    func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void, _ left: inout Int) {
        let size = MemoryLayout<Value>.stride
        var open = [self]
        while let value = open.popLast() {
            guard left > 0 else { return }
            left -= 1
            var parts: [Value] = []
            switch value {
            case .string(let text): visit(ObjectIdentifier(text), text.byteCount)
            case .list(let list):
                visit(ObjectIdentifier(list), list.count * size)
                for index in 0..<Swift.min(list.count, left) { parts.append(list.base[index]) }
            case .tuple(let tuple):
                visit(ObjectIdentifier(tuple), tuple.count * size)
                parts = Array(tuple.items.prefix(left))
            case .dict(let dict):
                visit(ObjectIdentifier(dict), dict.count * MemoryLayout<DictObject.Entry>.stride)
                for entry in 0..<Swift.min(dict.used, left) { parts.append(dict.entries[entry].value) }
            case .structure(let object):
                visit(ObjectIdentifier(object), object.type.fieldCount * size)
                parts = object.fields
            case .host(let object): object.visitMemory(visit)
            default: break
            }
            for part in parts {
                switch part {
                case .string, .list, .tuple, .dict, .structure, .host: open.append(part)
                default: break
                }
            }
        }
    }
}
