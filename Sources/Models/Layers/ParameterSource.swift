import Tensors

/// Gives the modules of a model their parameters by name, checked against the shapes that the configuration asks for.
struct ParameterSource {
    let weights: WeightFiles
    /// What the file's names begin with: "" or "bert.".
    let prefix: String

    /// Names in the file where they are not the model's own.
    private var renamed: [String: String] = [:]

    init(_ weights: WeightFiles, prefix: String = "") {
        self.weights = weights
        self.prefix = prefix
    }

    /// The weights of a sentence-transformers `Dense` module that serves as the pooler.
    init(dense weights: WeightFiles) {
        self.weights = weights
        prefix = ""
        renamed = ["pooler.dense.weight": "linear.weight", "pooler.dense.bias": "linear.bias"]
    }

    func contains(_ name: String) -> Bool { weights.contains(prefix + name) }

    func parameter(_ name: String, _ shape: [Int]) throws -> Parameter {
        try Parameter(name, weights.weight(renamed[name] ?? prefix + name, shape: shape, reason: "from config.json"))
    }
}
