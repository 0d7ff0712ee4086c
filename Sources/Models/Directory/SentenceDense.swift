import Foundation
import Tensors

/// A dense layer of sentence-transformers on a text's vector: activation(x Wᵀ + b).
struct SentenceDense {
    enum Activation: String, Sendable {
        case identity = "Identity"
        case tanh = "Tanh"
        case relu = "ReLU"
        case gelu = "GELU"
        case silu = "SiLU"
        case sigmoid = "Sigmoid"
    }

    /// What `config.json` says of the layer.
    struct Description: Equatable, Sendable {
        /// The layer's folder, relative to the directory.
        let path: String
        let inputs: Int
        let outputs: Int
        let hasBias: Bool
        let activation: Activation

        init(path: String, _ file: ModelFile) throws(ModelError) {
            let name = try file.optionalString("activation_function") ?? "torch.nn.modules.activation.Tanh"
            guard let activation = Activation(rawValue: name.split(separator: ".").last.map(String.init) ?? name) else {
                throw ModelError(
                    .unsupported, "an activation that this library does not compute here", file: file.path, field: "activation_function",
                    expected: "Identity, Tanh, ReLU, GELU, SiLU or Sigmoid of torch.nn", found: name)
            }
            self.path = path
            self.activation = activation
            inputs = try file.positiveInteger("in_features")
            outputs = try file.positiveInteger("out_features")
            hasBias = try file.optionalBool("bias") ?? true
        }
    }

    let description: Description
    let weight: Parameter
    let bias: Parameter?

    /// Reads the layer's weights. `width` is the length of the vectors that it gets.
    init(_ description: Description, width: Int, in directory: URL) throws {
        guard description.inputs == width else {
            throw ModelError(
                .wrongShape, "the dense layer does not fit the vectors before it", file: description.path + "/config.json",
                field: "in_features", expected: "\(width)", found: "\(description.inputs)")
        }
        self.description = description
        let files = try WeightFiles(in: directory.appendingPathComponent(description.path))
        func parameter(_ name: String, _ shape: [Int]) throws -> Parameter {
            try Parameter("\(description.path).\(name)", files.weight(name, shape: shape, reason: "from its config.json"))
        }
        weight = try parameter("linear.weight", [description.outputs, description.inputs])
        bias = description.hasBias ? try parameter("linear.bias", [description.outputs]) : nil
    }

    var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

    /// The weights as the layer's own file holds them.
    func stored() throws -> [StoredTensor] {
        try parameters.map { try StoredTensor(String($0.name.dropFirst(description.path.count + 1)), $0.tensor) }
    }

    /// [n, inputs] to [n, outputs].
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let y = try Tensor.linear(x, weight: weight.tensor, bias: bias?.tensor)
        return switch description.activation {
        case .identity: y
        case .tanh: try y.tanh()
        case .relu: try y.relu()
        case .gelu: try y.gelu()
        case .silu: try y.silu()
        case .sigmoid: try y.sigmoid()
        }
    }
}
