import Tensors
import Testing

@testable import Bindings
@testable import Language

/// Annotations unified over what is known of arguments, beside the same functions called with tensors of those shapes.
@Suite struct SignatureShapeTests {
    private static let types = [
        "f32[n, d]", "f32[d]", "f32[n]", "tensor[..., d]", "f32[..., n, d]", "f32[2, n]", "tensor", "f64[n]", "f32[...]", "f32[]",
        "tensor[d, n]",
    ]

    /// As often as not one that fits, with an axis named for its size.
    private static func annotation(of tensor: Tensor, _ calls: inout RandomCalls) -> String {
        guard calls.chance(60) else { return calls.pick(types) }
        return "\(tensor.dtype)[" + tensor.shape.dims.map { "n\($0)" }.joined(separator: ", ") + "]"
    }

    @Test func annotatedFunctions() throws {
        var calls = RandomCalls(seed: 11)
        var failed = 0, succeeded = 0
        for _ in 0..<400 {
            let a = try calls.tensor(nil, [.f32, .f32, .f32, .f64]), b = try calls.tensor(calls.related(a.shape.dims), [.f32, .f32, .f64])
            let dims = a.shape.dims
            let result = try calls.tensor(calls.pick([dims, Array(dims.prefix(1)), dims.suffix(1), dims.reversed()]), [.f32])
            let types = [a, b, result].map { Self.annotation(of: $0, &calls) }
            let text = "(a: \(types[0]), b: \(types[1])) -> \(types[2])"
            let signature = try SignatureParser.parse(text)
            let arguments: [Value] = [.tensor(a), .tensor(b)]
            let run = ScriptRun("fn f\(text) { c }\nf(a, b)", bindings: ["a": arguments[0], "b": arguments[1], "c": .tensor(result)])
            let said = SignatureShapes.outcome(ShapeCall("f", signature, positional: arguments.map(Facts.fact)))
            let shown = "\(text) of \(Facts.text(arguments[0])), \(Facts.text(arguments[1])) giving \(result.signature)"
            let hidden = SignatureShapes.outcome(
                ShapeCall("f", signature, positional: arguments.map { Facts.hide(Facts.fact($0), &calls) }))
            guard let error = run.error else {
                succeeded += 1
                for outcome in [said, hidden] { Agreement.compatible(outcome, .success(.tensor(result)), shown) }
                continue
            }
            if case .failure(let failure) = said {
                failed += 1
                #expect(
                    error.kind == failure.kind && error.message == failure.message && error.help == failure.help, "\(shown): \(failure)")
            } else {
                // Only the result is left to be wrong.
                #expect(error.message.hasPrefix("the result of f() must be"), "\(shown): \(error.message)")
            }
        }
        #expect(failed > 50 && succeeded > 20)
    }

    /// Names that differ may stand for one size; one name may not stand for two.
    @Test func namesOfTheCallerPassThrough() throws {
        let signature = try SignatureParser.parse("(q: f32[d], items: f32[n, d]) -> f32[n]")
        func outcome(_ q: [ShapeAxis], _ items: [ShapeAxis]) -> String {
            let facts = [q, items].map { ArgumentFact.tensor(TensorFacts(dtype: "f32", axes: $0)) }
            switch SignatureShapes.outcome(ShapeCall("cosine", signature, positional: facts)) {
            case .value(.tensor(let facts)): return facts.description
            case .value(let fact): return "\(fact)"
            case .failure(let failure): return failure.message
            }
        }
        #expect(outcome([.named("k")], [.named("m"), .named("w")]) == "f32[m]")
        #expect(outcome([.size(4)], [.named("m"), .unknown]) == "f32[m]")
        #expect(outcome([.size(4)], [.size(5), .size(3)]) == "cosine() argument `items` must be f32[n, d], not f32[5, 3]")
        #expect(outcome([.size(4)], [.named("m"), .size(3)]) == "cosine() argument `items` must be f32[n, d], not f32[m, 3]")
        #expect(outcome([.size(4)], [.unknown]) == "cosine() argument `items` must be f32[n, d], not f32[?]")
    }
}
