/// Parser: a source → its syntax tree and the errors found; never fails.
package struct Parser {
    package static func parse(_ source: Source) -> (program: Program, diagnostics: [Diagnostic]) {
        let span = Span(0, source.bytes.count)
        let body = Block(statements: [], span: span, height: 0)
        return (Program(source: source, body: body, cells: [], nameCount: 0, functionCount: 0), [])
    }

    /// The signature of a builtin, such as `(a: f32[..., d], k: int = 10, *rest) -> f32[...]`.
    package static func parseSignature(_ text: String) -> (signature: Signature?, diagnostics: [Diagnostic]) { (nil, []) }
}
