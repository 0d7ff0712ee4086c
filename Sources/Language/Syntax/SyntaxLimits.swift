/// Bounds that keep every recursive walk of a tree within a 512 KB stack, whatever a program looks like.
package enum SyntaxLimits {
    /// How deep brackets, blocks and other constructs may nest in the source.
    package static let nesting = 100
    /// How high a syntax tree may be.
    package static let height = 200
    /// The longest source that is read, in bytes.
    package static let sourceBytes = 16 << 20
    /// How many errors one run reports.
    package static let errors = 20
}
