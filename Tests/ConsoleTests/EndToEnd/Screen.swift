import CLibEdit

/// What a terminal would show: just enough of a VT100 for the escape codes that libedit, progress lines and colours use.
struct Screen {
    private(set) var columns: Int
    private(set) var rows: Int
    /// A cell holds a character with its combining marks; nil is the second half of a wide one.
    private var cells: [[String?]]
    /// Whether a row's text goes on in the next one.
    private var folded: [Bool]
    private(set) var row = 0
    private(set) var column = 0
    /// After a character in the last column the next one goes to the next line.
    private var wrapsNext = false
    private var pending: [UInt8] = []
    /// Lines that have scrolled off the top.
    private(set) var scrolled: [String] = []
    /// Modes set with `ESC [ ? n h`, such as 2004 for bracketed paste.
    private(set) var modes: Set<Int> = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        folded = Array(repeating: false, count: rows)
    }

    /// The window gets another size: lines are folded anew, as most terminals do, and the cursor stays at its character.
    mutating func resize(columns: Int, rows: Int) {
        var lines: [[String?]] = [[]]
        var place = (line: 0, cell: 0)
        for (index, row) in cells.enumerated() {
            if index == self.row { place = (lines.count - 1, lines[lines.count - 1].count + column) }
            lines[lines.count - 1] += row
            if !folded[index] { lines.append([]) }
        }
        (self.columns, self.rows, cells, folded, row, column, wrapsNext) = (columns, rows, [], [], 0, 0, false)
        for (index, line) in lines.enumerated() {
            let end = max((line.lastIndex { $0 != " " } ?? -1) + 1, index == place.line ? place.cell : 0)
            var open: [String?] = []
            func close(_ isFolded: Bool) {
                cells.append(open + Array(repeating: " ", count: columns - open.count))
                folded.append(isFolded)
                open = []
            }
            for (position, cell) in line.prefix(end).enumerated() {
                let isWide = position + 1 < line.count && line[position + 1] == nil
                if open.count + (isWide ? 2 : 1) > columns { close(true) }
                if index == place.line, position == place.cell { (row, column) = (cells.count, open.count) }
                open.append(cell)
            }
            if index == place.line, place.cell >= end { (row, column) = (cells.count, min(open.count, columns - 1)) }
            close(false)
        }
        while cells.count > max(rows, row + 1), cells.last?.allSatisfy({ $0 == " " }) ?? false {
            cells.removeLast()
            folded.removeLast()
        }
        while cells.count > rows {
            scrolled.append(Self.text(cells.removeFirst()))
            folded.removeFirst()
            row -= 1
        }
        while cells.count < rows {
            cells.append(Array(repeating: " ", count: columns))
            folded.append(false)
        }
    }

    /// The lines with trailing blanks removed, those that scrolled off included, without empty ones at the end.
    var lines: [String] {
        var all = scrolled + cells.map(Self.text)
        while all.last == "" { all.removeLast() }
        return all
    }

    var text: String { lines.joined(separator: "\n") }

    /// The line that the cursor is on, and the cursor's column.
    var cursorLine: String { Self.text(cells[row]) }

    private static func text(_ cells: [String?]) -> String {
        var line = cells.compactMap { $0 }.joined()
        while line.last == " " { line.removeLast() }
        return line
    }

    mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        var index = 0
        while index < pending.count {
            guard let used = step(from: index) else { break }
            index += used
        }
        pending.removeFirst(index)
    }

    /// Takes one character or escape sequence; nil when it is not complete yet.
    private mutating func step(from start: Int) -> Int? {
        let lead = pending[start]
        if lead == 0x1B { return escape(from: start) }
        if lead < 0x20 || lead == 0x7F {
            control(lead)
            return 1
        }
        let length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard start + length <= pending.count else { return nil }
        let text = String(decoding: pending[start..<(start + length)], as: UTF8.self)
        for scalar in text.unicodeScalars { put(scalar) }
        return length
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x08: column = max(0, column - 1)
        case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
        case 0x0A: lineFeed()
        case 0x0D: column = 0
        default: return
        }
        wrapsNext = false
    }

    private mutating func lineFeed() {
        if row + 1 < rows {
            row += 1
            return
        }
        scrolled.append(Self.text(cells.removeFirst()))
        folded.removeFirst()
        cells.append(Array(repeating: " ", count: columns))
        folded.append(false)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = Int(wcwidth(wchar_t(bitPattern: scalar.value)))
        if width <= 0 {
            let target = max(0, column - 1)
            if let old = cells[row][target] { cells[row][target] = old + String(scalar) }
            return
        }
        if wrapsNext || column + width > columns {
            column = 0
            folded[row] = true
            lineFeed()
            wrapsNext = false
        }
        cells[row][column] = String(scalar)
        if width == 2 { cells[row][column + 1] = nil }
        column += width
        if column >= columns {
            column = columns - 1
            wrapsNext = true
        }
    }

    private mutating func escape(from start: Int) -> Int? {
        guard start + 1 < pending.count else { return nil }
        guard pending[start + 1] == UInt8(ascii: "[") else {
            // A character set (`ESC ( B`) has one more byte; other short sequences change nothing that is shown.
            let isSet = pending[start + 1] == UInt8(ascii: "(") || pending[start + 1] == UInt8(ascii: ")")
            return start + (isSet ? 3 : 2) <= pending.count ? (isSet ? 3 : 2) : nil
        }
        var end = start + 2
        while end < pending.count, pending[end] < 0x40 { end += 1 }
        guard end < pending.count else { return nil }
        let body = String(decoding: pending[(start + 2)..<end], as: UTF8.self)
        perform(Character(Unicode.Scalar(pending[end])), body)
        return end - start + 1
    }

    private mutating func perform(_ command: Character, _ body: String) {
        let isPrivate = body.hasPrefix("?")
        let numbers = body.drop { $0 == "?" }.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        let first = numbers.first.flatMap { $0 }
        let count = max(1, first ?? 1)
        if command != "m", command != "h", command != "l" { wrapsNext = false }
        switch command {
        case "A": row = max(0, row - count)
        case "B": row = min(rows - 1, row + count)
        case "C": column = min(columns - 1, column + count)
        case "D": column = max(0, column - count)
        case "G": column = min(columns - 1, count - 1)
        case "H":
            row = min(rows - 1, count - 1)
            column = min(columns - 1, max(1, (numbers.count > 1 ? numbers[1] : 1) ?? 1) - 1)
        case "J":
            if first == 2 || first == 3 {
                for index in cells.indices { cells[index] = Array(repeating: " ", count: columns) }
            } else {
                erase(row, from: column)
                for index in cells.indices where index > row { erase(index, from: 0) }
            }
        case "K": erase(row, from: first == 2 ? 0 : column)
        case "P":
            cells[row].removeSubrange(column..<min(columns, column + count))
            cells[row] += Array(repeating: " ", count: columns - cells[row].count)
        case "@":
            cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
            cells[row].removeSubrange(columns...)
        case "h" where isPrivate: if let first { modes.insert(first) }
        case "l" where isPrivate: if let first { modes.remove(first) }
        default: break
        }
    }

    private mutating func erase(_ row: Int, from start: Int) {
        folded[row] = false
        for index in start..<columns { cells[row][index] = " " }
    }
}
