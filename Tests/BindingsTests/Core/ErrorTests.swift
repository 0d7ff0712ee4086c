import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// What users are told when they get something wrong.
@Suite struct ErrorTests {
    private static let world =
        Tables.script(model: Fixtures.url("tiny_bert").path)
        + "\nsets = DatasetDict(train = items, test = items)\nretriever = TextQueryRetriever()\nloss = CosineProbMarginRankingLoss()\n"

    /// The checks of the reference's constructor in its order: each call is right up to the argument named.
    static let constructor: [(String, String)] = [
        ("1, 2, 3, 4, 5, 6", "model must be an instance of EmbeddingsModelInterface, not an int"),
        ("model, 2, 3, 4, 5, 6", "items_sets must be a DatasetDict, not an int"),
        ("model, sets, 3, 4, 5, 6", "query_retriever must be an instance of QueryRetriever, not an int"),
        ("model, sets, retriever, 4, 5, 6", "loss_func must be an instance of RankingLossInterface, not an int"),
        ("model, sets, retriever, loss, 5, 6", "fine_tuning_params must be an instance of FineTuningParams, not an int"),
        ("model, sets, retriever, loss, params, 6", "tracker must be an instance of ExperimentsManager, not an int"),
        ("model, data, retriever, loss, params, tracker", "DatasetDict: `train` must be an ItemsSet, not a PairedFineTuningInputsDataset"),
        ("model, sets, retriever, loss, params, tracker, ranker = 1", "Ranker must be a callable function, not an int"),
    ]

    @Test(arguments: constructor) func constructorChecksInOrder(_ arguments: String, _ message: String) {
        #expect(ScriptRun(Self.world + "EmbeddingsFineTuner(\(arguments))").failure == "TypeError: \(message)")
    }

    static let messages: [(String, String)] = [
        ("load_model(\"no-such-model-here\")", "IOError: "),
        ("zeros(2, 3) @ zeros(2, 3)", "ShapeError: matmul: "),
        ("tensor([[1, 2], [3]])", "ShapeError: tensor: the rows have different lengths"),
        ("tensor([1, \"a\"])", "TypeError: a tensor is made of numbers, not a str"),
        ("tensor([1.0, 2.0])[5]", "IndexError: "),
        ("tensor([1.0, 2.0])[0, 0]", "IndexError: "),
        ("tensor([1.0, 2.0])[1.5]", "TypeError: a tensor is indexed by ints, slices, `none`, `...`, a list of ints or a mask, not a float"),
        ("tensor([1.0, 2.0])[::0]", "ValueError: "),
        ("tensor([1.0, 2.0])[tensor([0.0])]", "TypeError: a tensor is indexed by i32 or bool, not f32"),
        ("len(tensor(1))", "TypeError: a 0-d tensor has no length"),
        ("for x in tensor(1) { }", "TypeError: a 0-d tensor "),
        ("full([2], \"a\")", "TypeError: full() argument `value` must be a float, not a str"),
        ("zeros(2, dtype = \"f16\")", "ValueError: zeros() argument `dtype`: there is no dtype 'f16'"),
        ("tensor([1.5], dtype = i32)", "ValueError: 1.5 is not an i32"),
        ("tensor([3000000000])", "ValueError: "),
        ("zeros(3000000, 3000000)", "NumericError: "),
        ("zeros(-1)", "ValueError: "),
        ("arange(0, 10, 0)", "ValueError: "),
        ("grad(x => 1)(tensor([1.0]))", "TypeError: grad: the function must give a tensor of one element, not an int"),
        ("(parameter([1.0, 2.0]) * 2).backward()", ""),
        (
            "FineTuningParams(1, 1e-5, 1e-5, 0.0, 0.0, 0.025, true, 1.0, marign = 1)",
            "TypeError: FineTuningParams() has no parameter `marign`"
        ),
        ("FineTuningParams(-1, 1e-5, 1e-5, 0.0, 0.0, 0.025, true, 1.0)", "ValueError: -1 must be a non-negative integer"),
        ("FineTuningParams(1, 0.0, 1e-5, 0.0, 0.0, 0.025, true, 1.0)", "ValueError: 0.0 must be a positive float"),
        ("FineTuningInput(\"q\", [\"a\", \"b\"], ranks = {\"a\": 1.0})", "ValueError: Sizes of ranks and results are not equal"),
        ("ItemsSet([{\"item\": \"a\"}])", "KeyError: ItemsSet: record 0 has no field `item_id`"),
        ("batches([1], size = 0)", "ValueError: batches: size must be a positive int, not 0"),
        (
            "FineTuningSettings(CosineProbMarginRankingLoss(), optimizer = \"adam\")",
            "ValueError: optimizer must be one of \"sgd\", \"adamw\", not \"adam\""
        ),
        ("describe([1])", "TypeError: describe() argument `sessions` must be a list of FineTuningInput; it holds an int, not a list"),
        ("load_items(\"missing.jsonl\")", "IOError: "),
        ("load_sessions(\"missing.jsonl\")", "IOError: "),
        ("read_jsonl(\"missing.jsonl\")", "IOError: "),
    ]

    @Test(arguments: messages) func message(_ code: String, _ message: String) {
        let failure = ScriptRun(code).failure
        #expect(failure?.hasPrefix(message) == true, "\(code): \(failure ?? "no error")")
    }

    static let renderings: [(String, String)] = [
        (
            "fn f(x: f32[n, d], y: f32[n]) { x @ y }\nf(zeros(2, 3), zeros(3))",
            """
            error[ShapeError]: f() argument `y` must be f32[n], not f32[3]
             --> test.eft:2:1
            2 | f(zeros(2, 3), zeros(3))
              | ^ f32[3]
            help: in this call n = 2
            """
        ),
        (
            "x = tensor([1.0, 2.0])\nif x > 0 { print(1) }",
            """
            error[TypeError]: a condition must be true or false, not a tensor
             --> test.eft:2:4
            2 | if x > 0 { print(1) }
              |    ^ bool[2]
            help: a tensor of 2 elements is not one truth: use `any(…)`, `all(…)`, or `.item()` of one element
            """
        ),
        (
            "a = zeros(8, 384)\nb = zeros(256, 256)\na @ b",
            """
            error[ShapeError]: matmul: inner sizes differ: 384 and 256
             --> test.eft:3:1
            3 | a @ b
              | ^   ^ f32[256, 256]
              | f32[8, 384]
              = made at: test.eft:1:1 `a = zeros(8, 384)`
              = made at: test.eft:2:1 `b = zeros(256, 256)`
            help: the last axis on the left (384) is summed with the second last axis on the right
            """
        ),
        (
            "FineTuningParams(num_fixed_layers = 1, marign = 0.1)",
            """
            error[TypeError]: FineTuningParams() has no parameter `marign`
             --> test.eft:1:1
            1 | FineTuningParams(num_fixed_layers = 1, marign = 0.1)
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            help: did you mean `margin`?
            """
        ),
    ]

    @Test(arguments: renderings) func rendering(_ code: String, _ expected: String) {
        #expect(ScriptRun(code).rendering == expected)
    }
}
