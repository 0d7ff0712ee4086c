import CLibEdit

/// A place on the screen, counted from the prompt's first column: where libedit draws a character.
struct ScreenPlace: Equatable {
    var row = 0
    var column = 0

    /// The place of the character at `position` when `text` is drawn after a prompt of `start` columns.
    static func of(_ position: Int, in text: String.UnicodeScalarView, start: Int, width: Int) -> ScreenPlace {
        var place = ScreenPlace(row: 0, column: start)
        for scalar in text.prefix(position) {
            if scalar == "\n" {
                place.nextRow()
                continue
            }
            let columns = scalar == "\t" ? 8 - place.column % 8 : max(0, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
            // A wide character does not fit in the last column.
            if place.column + columns > width { place.nextRow() }
            place.column += columns
            if place.column >= width { place.nextRow() }
        }
        return place
    }

    private mutating func nextRow() {
        row += 1
        column = 0
    }
}
