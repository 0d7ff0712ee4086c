import Foundation
import TestSupport
import Testing

@testable import Tensors

/// `tensor_ops.json`: 156 cases computed by PyTorch in float64 (see its `source`), forward and gradient, here in f32 on every level of this
/// machine and in f64.
@Suite struct GoldenOperationTests {
    struct Golden: Decodable {
        struct Value: Decodable {
            let shape: [Int]
            let data: [Double]

            func tensor(_ dtype: DType) throws -> Tensor { try Tensor(data, shape: Shape(shape)).to(dtype) }
        }
        struct Case: Decodable {
            let op: String
            let attrs: [String: Attribute]
            let inputs: [Value]
            let output: Value
            let cotangent: Value
            let grads: [Value]
        }
        enum Attribute: Decodable {
            case number(Double), list([Int]), text(String), flag(Bool)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let flag = try? container.decode(Bool.self) {
                    self = .flag(flag)
                } else if let number = try? container.decode(Double.self) {
                    self = .number(number)
                } else if let list = try? container.decode([Int].self) {
                    self = .list(list)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
        let cases: [Case]
    }

    /// How far `found` is from `expected` in units of the tolerance; above 1 it fails.
    static func excess(_ found: Tensor, _ expected: Golden.Value, _ dtype: DType) -> Double {
        guard found.shape.dims == expected.shape, found.dtype == dtype else { return .infinity }
        let (relative, absolute) = dtype == .f32 ? (1e-5, 1e-6) : (1e-10, 1e-10)
        return zip(found.doubles(), expected.data).map { x, y in
            x == y || (x.isNaN && y.isNaN) ? 0 : x.isNaN || y.isNaN ? .infinity : abs(x - y) / (absolute + relative * abs(y))
        }.max() ?? 0
    }

    @Test(arguments: Kernels.Level.available)
    func everyCaseAgreesWithPyTorch(level: Kernels.Level) throws {
        try Kernels.with(level: level) { Result { try check(.f32, level) } }.get()
    }

    @Test func everyCaseAgreesWithPyTorchInDouble() throws { try check(.f64, Kernels.level) }

    private func check(_ dtype: DType, _ level: Kernels.Level) throws {
        let golden = try JSONDecoder().decode(Golden.self, from: Fixtures.data("tensor_ops.json"))
        #expect(golden.cases.count == 156)
        let table = Dictionary(uniqueKeysWithValues: TensorOperation.table.map { ($0.name, $0) })
        var worst = (0.0, "")
        for (i, golden) in golden.cases.enumerated() {
            let label = "case \(i), \(golden.op), \(dtype) at \(level)"
            guard let operation = table[golden.op] else {
                Issue.record("\(label): no such operation")
                continue
            }
            let leaves = try golden.inputs.map { try $0.tensor(dtype).requiringGrad() }
            var inputs = leaves
            if case .list(let order)? = golden.attrs["permute_first"] { inputs[0] = try inputs[0].permute(order) }
            let output = try operation(inputs, TensorOperation.Attributes(try Self.attributes(golden, inputs)))
            try output.backward(cotangent: golden.cotangent.tensor(dtype))
            var errors = [Self.excess(output, golden.output, dtype)]
            for (leaf, expected) in zip(leaves, golden.grads) {
                errors.append(Self.excess(try #require(leaf.grad, "\(label)"), expected, dtype))
            }
            let error = errors.max() ?? 0
            #expect(error <= 1, "\(label): \(errors) of the tolerance")
            if error > worst.0 { worst = (error, label) }
        }
        print("golden tensor operations, \(dtype) at \(level): the largest error is \(worst.0) of the tolerance, in \(worst.1)")
    }

    /// The attributes of a golden case as an operation takes them.
    static func attributes(_ golden: Golden.Case, _ inputs: [Tensor]) throws -> [String: TensorOperation.Attributes.Value] {
        // The file's `var` is the population variance (its `std` is the unbiased one), which its attributes do not say.
        var result: [String: TensorOperation.Attributes.Value] = golden.op == "var" ? ["correction": .number(0)] : [:]
        for (name, value) in golden.attrs {
            switch (name, value) {
            case ("target", .list(let labels)): result[name] = .tensor(try Tensor(labels.map { Int32($0) }))
            case ("expr", .text("x[1:4, ::2]")):
                result["index"] = .index([.slice(start: 1, stop: 4), .slice(start: nil, stop: nil, step: 2)])
            case ("expr", .text("x[-1]")): result["index"] = .index([.index(-1)])
            case ("expr", .text("x[:, none, 2:]")): result["index"] = .index([.all, .newAxis, .slice(start: 2, stop: nil)])
            case ("cond", .text("a > b")): result["condition"] = .tensor(try inputs[0].greater(inputs[1]))
            case ("cond", .text("x > 0")): result["mask"] = .tensor(try inputs[0].greater(0))
            case (_, .text(let text)): Issue.record("unknown attribute \(name): \(text)")
            case (_, .number(let number)): result[name] = .number(number)
            case (_, .list(let list)): result[name] = .integers(list)
            case (_, .flag(let flag)): result[name] = .flag(flag)
            }
        }
        return result
    }
}
