/// A drawing area of characters with eight dots each, two across and four down (Unicode's Braille Patterns block).
struct BrailleCanvas {
    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    /// Which series set a dot of the cell last.
    private var owners: [Int]

    /// The bit of a dot, by its row and column in the cell: the standard numbers the dots down the left side, then down the right, and the
    /// lowest pair last.
    private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        dots = [UInt8](repeating: 0, count: columns * rows)
        owners = [Int](repeating: 0, count: columns * rows)
    }

    var width: Int { columns * 2 }
    var height: Int { rows * 4 }

    /// Sets a dot; (0, 0) is the lowest on the left. Dots outside are left out.
    mutating func set(_ x: Int, _ y: Int, owner: Int) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let down = height - 1 - y
        let cell = down / 4 * columns + x / 2
        dots[cell] |= Self.bits[down % 4][x % 2]
        owners[cell] = owner
    }

    /// A straight line between two dots of the canvas (J. Bresenham, IBM Systems Journal 4, 1965).
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), owner: Int) {
        let dx = abs(end.x - start.x), dy = -abs(end.y - start.y)
        let stepX = start.x < end.x ? 1 : -1, stepY = start.y < end.y ? 1 : -1
        var (x, y) = start
        var error = dx + dy
        while true {
            set(x, y, owner: owner)
            if x == end.x && y == end.y { return }
            let twice = 2 * error
            if twice >= dy { error += dy; x += stepX }
            if twice <= dx { error += dx; y += stepY }
        }
    }

    /// The cells of a row as (character, owner); a blank has no owner.
    func row(_ index: Int) -> [(character: Character, owner: Int?)] {
        (0..<columns).map { column in
            let bits = dots[index * columns + column]
            guard bits != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(bits)) else { return (" ", nil) }
            return (Character(scalar), owners[index * columns + column])
        }
    }
}
