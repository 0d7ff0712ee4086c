import Tensors
import Testing

@testable import Bindings
@testable import Language

/// The operations of scripts beside the table of operations.
@Suite struct OperationTableTests {
    /// Under another name in the table.
    private static let renamed = [
        "scaled_dot_product_attention": "attention", "gather": "take_along", "embedding": "gather_rows", "dropout": "mul",
    ]

    /// No gradient goes through these; through `to` it goes as it is.
    private static let constant: Set = [
        "all", "any", "argmax", "argmin", "argsort", "one_hot", "isfinite", "isnan", "isinf", "allclose", "equal", "detach", "to",
    ]

    /// Whatever a gradient goes through in a script is a row of the table, which the gradient check and the golden values walk.
    @Test func everyDifferentiableOperationIsARow() {
        let rows = Set(TensorOperation.table.map(\.name))
        #expect(rows.count == TensorOperation.table.count)
        let methods = TensorNamespace.elementwise + TensorNamespace.reductions + TensorNamespace.shaping + TensorNamespace.rearranging
        let functions = TensorNamespace.combining + TensorNamespace.neural + TensorNamespace.losses
        let names = methods.map(\.function.name) + functions.map(\.name)
        for name in names where !Self.constant.contains(name) { #expect(rows.contains(Self.renamed[name] ?? name), "\(name)") }
        #expect(Self.constant.union(Self.renamed.keys).isSubset(of: names))
    }
}
