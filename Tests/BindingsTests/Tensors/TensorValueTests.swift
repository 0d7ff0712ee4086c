import Testing

@testable import Bindings
@testable import Language

/// Tensors as a PyTorch user expects them: promotion, indexing, loops, conversions. Each line is an expression that must be true.
@Suite struct TensorValueTests {
    static let truths: [String] = [
        // torch: an int tensor beside a float is a float tensor; an int leaves the dtype alone
        "(tensor([1, 2]) * 0.5).tolist() == [0.5, 1.0]", "(tensor([1, 2]) * 0.5).dtype == f32", "(0.5 * tensor([1, 2])).dtype == f32",
        "(tensor([1, 2]) + 1).dtype == i32", "(tensor([1.0]) + 1).dtype == f32", "(tensor([1.0], dtype = f64) * 0.1).dtype == f64",
        "(tensor([1, 2]) / 2).tolist() == [0.5, 1.0]", "(tensor([true, false]) + 1).tolist() == [2, 1]",
        "(2 ** tensor([1.0, 3.0])).tolist() == [2.0, 8.0]",
        "(1 - tensor([0.25])).item() == 0.75", "(7 // tensor([2])).item() == 3", "(-7 % tensor([3])).item() == 2",
        "(tensor([1.0, 2.0]) > 1).tolist() == [false, true]", "(1 < tensor([1.0, 2.0])).tolist() == [false, true]",
        "(~tensor([true, false])).tolist() == [false, true]", "(tensor([true]) & tensor([false])).item() == false",
        // creation
        "arange(3).tolist() == [0, 1, 2]", "arange(3).dtype == i32", "arange(3.0).dtype == f32", "arange(2, 5).dtype == i32",
        "arange(0, 1, 0.25).tolist() == [0.0, 0.25, 0.5, 0.75]", "arange(5, 1, -2).tolist() == [5, 3]",
        "arange(1, 3, dtype = f64).dtype == f64",
        "tensor([]).shape == (0,)", "tensor([[], []]).shape == (2, 0)", "tensor(range(3)).tolist() == [0, 1, 2]",
        "tensor(range(6, 0, -2)).tolist() == [6, 4, 2]",
        "tensor([tensor([1.0]), tensor([2.0])]).shape == (2, 1)", "tensor([1, 2.5]).dtype == f32", "tensor(3).shape == ()",
        "full([2, 2], 3, dtype = i32).tolist() == [[3, 3], [3, 3]]",
        "zeros([2, 3]).shape == (2, 3)", "zeros((2, 3)).shape == (2, 3)", "zeros(2, dtype = \"i32\").dtype == i32", "zeros().shape == ()",
        "ones(2, dtype = bool).dtype == bool",
        "zeros(2, 0, 3).tolist() == [[], []]", "zeros(2, 0).tolist() == [[], []]", "zeros(0, 2).tolist() == []",
        // one element as a number
        "float(tensor([2.5])) == 2.5", "int(tensor(-3.7)) == -3", "bool(tensor([[1.0]])) and not bool(tensor(0))",
        "f\"{tensor(2.5):.2f}\" == \"2.50\"",
        // indexing
        "arange(6)[-1].item() == 5", "arange(6)[1:4].tolist() == [1, 2, 3]", "arange(6)[::-1].tolist() == [5, 4, 3, 2, 1, 0]",
        "arange(6)[[3, 0, 3]].tolist() == [3, 0, 3]",
        "arange(6)[tensor([[1, 2], [0, 5]])].tolist() == [[1, 2], [0, 5]]", "arange(4)[arange(4) > 1].tolist() == [2, 3]",
        "arange(3)[[true, false, true]].tolist() == [0, 2]",
        "arange(6).reshape(2, 3)[:, 1].tolist() == [1, 4]", "arange(6).reshape(2, 3)[..., -1].tolist() == [2, 5]",
        "arange(6).reshape(2, 3)[:, none].shape == (2, 1, 3)",
        "arange(6).reshape(2, 3)[:, [2, 0]].tolist() == [[2, 0], [5, 3]]",
        "arange(6).reshape(2, 3)[1, tensor([true, false, true])].tolist() == [3, 5]",
        "arange(6).reshape(2, 3)[[]].shape == (0, 3)", "arange(6)[tensor(2)].item() == 2", "arange(6)[tensor(2):].shape == (4,)",
        "arange(6).reshape(2, 3)[1][2].item() == 5",
        // as a sequence
        "len(zeros(3, 2)) == 3", "[x.item() for x in tensor([1, 2])] == [1, 2]", "2 in tensor([1, 2])", "5 not in tensor([1, 2])",
        "[r.shape for r in zeros(2, 3)] == [(3,), (3,)]",
        "tensor([1, 2]).item is not none", "tensor([[1, 2]]).T.shape == (2, 1)", "tensor([1]).ndim == 1", "f64(1).dtype == f64",
        "i32([1.0, 2.0]).tolist() == [1, 2]",
        "sum(tensor([1.0, 2.0])).item() == 3.0", "max(tensor([1.0, 2.0])).item() == 2.0", "abs(tensor([-1])).item() == 1",
        "min([3, 1]) == 1",
        // gradients
        "p = parameter([1.0, 2.0]); (p * p).sum().backward(); (p * 3).sum().backward(); p.grad.tolist() == [5.0, 7.0]",
        "grad((x, k) => sum(x * k))(tensor([1.0, 2.0]), 3.0).tolist() == [3.0, 3.0]", "parameter([1.0]).grad is none",
        "(parameter([1.0]) * 2).requires_grad",
    ]

    @Test(arguments: truths) func holds(_ code: String) {
        let run = ScriptRun(code)
        #expect(run.rendering == nil)
        #expect(run.value?.asBool == true, "\(code): \(run.value?.repr ?? "no value")")
    }
}
