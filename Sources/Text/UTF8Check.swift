/// Finds where bytes stop being UTF-8.
package enum UTF8Check {
    /// How many bytes from the start of `range` are valid UTF-8.
    package static func validPrefix(of bytes: [UInt8], in range: Range<Int>) -> Int {
        var decoder = UTF8()
        var source = bytes[range].makeIterator()
        var valid = 0
        while true {
            switch decoder.decode(&source) {
            case .scalarValue(let scalar): valid += UTF8.width(scalar)
            case .emptyInput, .error: return min(valid, max(range.count - 1, 0))
            }
        }
    }
}
