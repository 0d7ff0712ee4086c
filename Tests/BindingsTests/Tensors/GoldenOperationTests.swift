import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Every case of `tensor_ops.json` (156, computed by PyTorch in float64) through the language: the value, and the gradients that
/// `backward` leaves in `.grad`.
@Suite struct GoldenOperationTests {
    private static let operators = ["add": "+", "sub": "-", "mul": "*", "div": "/", "matmul": "@"]

    /// The expression of a case over the list `x` of its inputs, as a user would write it.
    private static func expression(_ operation: String, _ attributes: [String: Value], count: Int) -> String {
        func keywords(_ names: [String]) -> String {
            names.compactMap { name in attributes[name].map { ", \(name) = \($0.repr)" } }.joined()
        }
        func attribute(_ name: String) -> String { attributes[name]?.repr ?? "none" }
        if let symbol = operators[operation] { return "x[0] \(symbol) x[1]" }
        switch operation {
        case "neg": return "-x[0]"
        case "pow": return "x[0] ** \(attribute("exponent"))"
        case "reshape": return "x[0].reshape(\(attribute("shape")))"
        case "permute": return "x[0].permute(\(attribute("dims")))"
        case "transpose": return "x[0].transpose(*\(attribute("dims")))"
        case "slice": return (attributes["expr"]?.asString ?? "").replacingOccurrences(of: "x[", with: "x[0][")
        case "gather_rows": return "x[0][\(attribute("index"))]"
        case "masked_select": return "x[0][x[0] > 0]"
        case "where": return "where(x[0] > x[1], x[0], x[1])"
        case "concat", "stack": return "\(operation)(x, dim = \(attribute("dim")))"
        case "cross_entropy": return "cross_entropy(x[0], \(attribute("target")))"
        case "attention": return "scaled_dot_product_attention(*x, scale = \(attribute("scale")))"
        case "margin_ranking_loss": return "margin_ranking_loss(*x, ones(6)\(keywords(["margin"])))"
        // The file's `var` is the population variance (its `std` is the unbiased one), which its attributes do not say.
        case "var": return "x[0].var(correction = 0\(keywords(["dim", "keepdim"])))"
        case "sum", "max", "min": return "\(operation)(x[0]\(keywords(["dim", "keepdim"])))"
        default:
            let arguments = count == 1 ? "x[0]" : "*x"
            return "\(operation)(\(arguments)\(keywords(attributes.keys.sorted().filter { !["permute_first", "heads"].contains($0) })))"
        }
    }

    @Test func everyCaseAgreesWithPyTorch() throws {
        let json = try #require(
            ScriptRun("import json\njson.parse(read_text(\(Fixtures.url("tensor_ops.json").path.debugDescription)))").value)
        guard case .dict(let file) = json, let cases = file.get("cases")?.asItems else {
            Issue.record("the file has no cases")
            return
        }
        #expect(cases.count == 156)
        for (number, value) in cases.enumerated() {
            guard case .dict(let golden) = value, case .dict(let attributes)? = golden.get("attrs") else { continue }
            let operation = golden.get("op")?.asString ?? ""
            let inputs = golden.get("inputs")?.asItems ?? []
            let named = Dictionary(uniqueKeysWithValues: attributes.pairs.map { ($0.key.display, $0.value) })
            let code = Self.expression(operation, named, count: inputs.count)
            let order = named["permute_first"].map { "x[0] = x[0].permute(\($0.repr))" } ?? ""
            let run = ScriptRun(
                """
                leaves = [parameter(tensor(v["data"], dtype = f64).reshape(v["shape"])) for v in case["inputs"]]
                x = leaves
                \(order)
                y = \(code)
                y.backward(tensor(case["cotangent"]["data"], dtype = f64).reshape(case["cotangent"]["shape"]))
                found = [y] + [p.grad for p in leaves]
                wanted = [case["output"]] + case["grads"]
                for i in range(len(wanted)) {
                    assert found[i].shape == tuple(wanted[i]["shape"]), f"shape of {i}: {found[i].shape}"
                    expected = tensor(wanted[i]["data"], dtype = f64).reshape(wanted[i]["shape"])
                    close = abs(found[i] - expected) <= 1e-9 + 1e-9 * abs(expected)
                    assert all(close).item(), f"value {i}: {found[i]} for {expected}"
                }
                """.replacingOccurrences(of: "case[", with: "golden["),
                bindings: ["golden": value])
            #expect(run.failure == nil, "case \(number): \(code)")
        }
    }
}
