/// Bounds that keep every recursive walk of a tree well within a thread's stack, whatever a program looks like.
package enum SyntaxLimits {
    /// How deep brackets and the like may nest in the source; a block counts twice.
    package static let nesting = 100
    /// How high a syntax tree may be.
    package static let height = 200
    /// The longest source that is read, in bytes.
    package static let sourceBytes = 16 << 20
    /// How many errors one run reports.
    package static let errors = 20
}
