import Testing

@testable import Bindings
@testable import Language

/// How tensors and tables look.
@Suite struct TensorDisplayTests {
    static let cases: [(String, String)] = [
        ("tensor(2.5)", "tensor(2.5000, f32)"),
        ("tensor(-3)", "tensor(-3, i32)"),
        ("tensor(true)", "tensor(true, bool)"),
        ("tensor([1.0, -2.5, 100.25])", "tensor f32[3]\n [  1.0000   -2.5000  100.2500]"),
        ("tensor([])", "tensor f32[0] []"),
        ("zeros(2, 0, 3)", "tensor f32[2, 0, 3] []"),
        ("arange(20)", "tensor i32[20]\n [ 0   1   2   …  17  18  19]"),
        ("tensor([true, false])", "tensor bool[2]\n [ true  false]"),
        ("tensor([float(\"nan\"), float(\"inf\"), -float(\"inf\"), 0.0])", "tensor f32[4]\n [   nan     inf    -inf  0.0000]"),
        ("tensor([1e-5, 1.0, 123456.0])", "tensor f32[3]\n [1.0000e-05  1.0000e+00  1.2346e+05]"),
        ("tensor([[1, 2], [30, 4]])", "tensor i32[2, 2]\n [[ 1   2]\n  [30   4]]"),
        (
            "arange(30).reshape(10, 3)",
            "tensor i32[10, 3]\n [[ 0   1   2]\n  [ 3   4   5]\n  [ 6   7   8]\n  …\n  [21  22  23]\n  [24  25  26]\n  [27  28  29]]"
        ),
        (
            "arange(8).reshape(2, 2, 2)", "tensor i32[2, 2, 2]\n [[[0  1]\n   [2  3]]\n\n  [[4  5]\n   [6  7]]]"
        ),
        (
            "zeros(9, 1, 9, dtype = i32)",
            """
            tensor i32[9, 1, 9]
             [[[0  0  0  …  0  0  0]]

              [[0  0  0  …  0  0  0]]

              [[0  0  0  …  0  0  0]]

              …

              [[0  0  0  …  0  0  0]]

              [[0  0  0  …  0  0  0]]

              [[0  0  0  …  0  0  0]]]
            """
        ),
        ("tensor([[1.0, 2.0], [3.0, 4.0]]).T", "tensor f32[2, 2]\n [[1.0000  3.0000]\n  [2.0000  4.0000]]"),
    ]

    @Test(arguments: cases) func display(_ code: String, _ expected: String) {
        let run = ScriptRun("print(\(code))")
        #expect(run.failure == nil)
        #expect(run.output == expected + "\n")
    }

    @Test func tables() {
        let run = ScriptRun(
            """
            items = ItemsSet([{"item_id": "b", "item": "hat"}, {"item_id": "a", "item": "long coat"}])
            print([x for x in items][1])
            print(items[-1]["text"], len(items), "a" in items, "z" in items, [x["id"] for x in items[0:1]])
            """)
        #expect(run.failure == nil)
        #expect(run.output == "{'id': 'a', 'text': 'long coat'}\nlong coat 2 true false ['b']\n")
    }
}
