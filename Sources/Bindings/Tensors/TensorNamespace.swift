import Language
import Tensors

/// Everything of the tensor engine under its script names.
enum TensorNamespace {
    /// The functions: `zeros(2, 3)`, `matmul(a, b)`, `mean(x)`.
    static let functions = Namespace(
        "tensors", doc: "Tensors, their operations under torch's names, gradients and optimizers.",
        constants: DType.allCases.filter { $0 != .bool }.map { dtype in
            Namespace.Constant(dtype.rawValue, .host(DTypeObject.of(dtype)), doc: "The element type \(dtype).")
        },
        creation + likes + random + rows.map(\.function).filter { !preludeNames.contains($0.name) } + combining + neural + losses + autograd
    )

    /// Functions of the prelude that call a tensor's own method, and so serve for tensors too, and `split`, which as a function splits
    /// sessions.
    private static let preludeNames: Set<String> = ["sum", "min", "max", "any", "all", "abs", "round", "sort", "split"]

    /// The methods of a tensor: `x.mean(dim = 0)`, `x.tolist()`.
    static let methods = Namespace("tensor", doc: "Methods of tensors.", rows.map(\.method) + conversions + [backward])

    private static let rows = elementwise + reductions + shaping + rearranging
}

extension TensorNamespace {
    static let creation: [Builtin] = [
        Builtin(
            "tensor", "(data: any, dtype: any = none) -> tensor",
            shape: .data,
            doc:
                "A tensor of numbers or nested lists of numbers: f32 if any is a float, else i32, or bool for bools, unless a dtype is given.",
            example: "tensor([[1, 2], [3, 4]]).shape == (2, 2)"
        ) { call in .tensor(try Tensor(data: call[0], dtype: try call.optionalDType(1))) },
        Builtin(
            "zeros", "(*shape, dtype: any = \"f32\") -> tensor", shape: .filled, doc: "A tensor of zeros.",
            example: "zeros(2, 3).sum().item() == 0.0"
        ) { call in .tensor(try Tensor.zeros(Shape(try call.shape(0)), dtype: try call.dtype(1))) },
        Builtin(
            "ones", "(*shape, dtype: any = \"f32\") -> tensor", shape: .filled, doc: "A tensor of ones.",
            example: "ones(2, 3).sum().item() == 6.0"
        ) {
            call in .tensor(try Tensor.ones(Shape(try call.shape(0)), dtype: try call.dtype(1)))
        },
        Builtin(
            "full", "(shape: list[int] | tuple, value: float, dtype: any = \"f32\") -> tensor", shape: .full,
            doc: "A tensor filled with one value.",
            example: "full([2], 0.5).tolist() == [0.5, 0.5]"
        ) { call in .tensor(try Tensor.full(Shape(try call.ints(0)), try call.double(1), dtype: try call.dtype(2))) },
        Builtin(
            "arange", "(start: int | float, end: int | float | none = none, step: int | float = 1, dtype: any = none) -> tensor",
            shape: .arange, doc: "start, start + step, … below end; `arange(n)` counts 0 … n-1. i32 unless a bound or the step is a float.",
            example: "arange(2, 8, 3).tolist() == [2, 5]"
        ) { call in
            let whole = [call[0], call[1], call[2]].allSatisfy { if case .float = $0 { false } else { true } }
            let dtype = try call.optionalDType(3) ?? (whole ? .i32 : .f32)
            let first = try call.double(0)
            if let end = try call.optionalDouble(1) {
                return .tensor(try Tensor.arange(first, end, step: try call.double(2), dtype: dtype))
            }
            return .tensor(try Tensor.arange(0, first, step: try call.double(2), dtype: dtype))
        },
        Builtin(
            "eye", "(rows: int, columns: int | none = none, dtype: any = \"f32\") -> tensor", shape: .eye, doc: "The identity matrix.",
            example: "eye(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]"
        ) { call in .tensor(try Tensor.eye(try call.int(0), try call.optionalInt(1), dtype: try call.dtype(2))) },
    ]

    /// Tensors of another's shape and dtype.
    static let likes: [Builtin] = [
        Builtin(
            "zeros_like", "(x: tensor) -> tensor", shape: .leaf, doc: "Zeros of x's shape and dtype.",
            example: "zeros_like(ones(2)).tolist() == [0.0, 0.0]"
        ) {
            call in
            let x = try call.tensor(0)
            return .tensor(try Tensor.zeros(x.shape, dtype: x.dtype))
        },
        Builtin(
            "ones_like", "(x: tensor) -> tensor", shape: .leaf, doc: "Ones of x's shape and dtype.",
            example: "ones_like(zeros(2)).tolist() == [1.0, 1.0]"
        ) {
            call in
            let x = try call.tensor(0)
            return .tensor(try Tensor.ones(x.shape, dtype: x.dtype))
        },
        Builtin(
            "full_like", "(x: tensor, value: float) -> tensor", shape: .leaf, doc: "One value in x's shape and dtype.",
            example: "full_like(zeros(2), 0.5).tolist() == [0.5, 0.5]"
        ) { call in
            let x = try call.tensor(0)
            return .tensor(try Tensor.full(x.shape, try call.double(1), dtype: x.dtype))
        },
        Builtin(
            "linspace", "(start: float, end: float, steps: int, dtype: any = \"f32\") -> tensor",
            shape: .linspace, doc: "Evenly spaced numbers from start through end.", example: "linspace(0, 1, 3).tolist() == [0.0, 0.5, 1.0]"
        ) { call in
            let (start, end, steps) = (try call.double(0), try call.double(1), try call.int(2))
            guard steps >= 0 else { throw ScriptError.value("linspace: steps must not be negative, not \(steps)") }
            let counts = try Tensor.arange(steps, dtype: .f64)
            let step = (end - start) / Double(max(steps - 1, 1))
            // From the nearer end, so that both bounds are exact.
            let rising = try counts * step + start, falling = try (counts - Double(steps - 1)) * step + end
            return .tensor(try Tensor.where(counts.less(Double(steps) / 2), rising, falling).to(try call.dtype(3)))
        },
    ]

    static let random: [Builtin] = [
        Builtin(
            "randint", "(low: int, high: int, *shape) -> tensor", shape: .wholeNumbers,
            doc: "Whole numbers from low to high - 1, all equally likely, as i32.",
            example: "randint(0, 3, 100).max().item() < 3"
        ) { call in
            let (low, high) = (try call.int(0), try call.int(1))
            guard low < high, Int32(exactly: low) != nil, Int32(exactly: high) != nil else {
                throw ScriptError.value("randint: needs low below high, both in the range of i32, not \(low) and \(high)")
            }
            var generator = Philox(seed: call.interpreter.nextRandom(), purpose: "randint")
            return .tensor(
                try generator.uniform(Shape(try call.shape(2)), from: Double(low), to: Double(high), dtype: .f64).floor().to(.i32))
        },
        Builtin(
            "randperm", "(n: int) -> tensor", shape: .permutation, doc: "The numbers 0 to n - 1 in random order, as i32.",
            example: "sorted(randperm(4).tolist()) == [0, 1, 2, 3]"
        ) { call in
            let count = try call.int(0)
            // Refuses what cannot fit before it is made.
            let order = try Tensor.arange(count, dtype: .i32)
            var generator = Philox(seed: call.interpreter.nextRandom(), purpose: "randperm")
            return .tensor(try order.gatherRows(generator.permutation(count)))
        },
        Builtin(
            "randn", "(*shape) -> tensor",
            shape: .filled, doc: "Normally distributed numbers, mean 0 and deviation 1, from the random numbers that `seed` sets.",
            example: "seed(1) { randn(2, 3) }.shape == (2, 3)"
        ) { call in
            var generator = Philox(seed: call.interpreter.nextRandom(), purpose: "randn")
            return .tensor(try generator.normal(Shape(try call.shape(0))))
        },
        Builtin(
            "rand", "(*shape) -> tensor", shape: .filled,
            doc: "Numbers spread evenly over 0 to 1, from the random numbers that `seed` sets.",
            example: "rand(4).max().item() < 1.0"
        ) { call in
            var generator = Philox(seed: call.interpreter.nextRandom(), purpose: "rand")
            return .tensor(try generator.uniform(Shape(try call.shape(0))))
        },
    ]

    /// The value of a tensor with one element, of the type that its dtype has in the language.
    static func scalar(_ tensor: Tensor) throws -> Value {
        let value = try tensor.item()
        return switch tensor.dtype {
        case .f32, .f64: .float(value)
        case .i32: .int(Int(value))
        case .bool: .bool(value != 0)
        }
    }

    static let conversions: [Builtin] = [
        Builtin(
            "item", "() -> float", shape: .item, doc: "The value of a tensor with one element, as a number.",
            example: "tensor([3]).item() == 3"
        ) {
            call in
            try scalar(try call.receiver(as: TensorObject.self).tensor)
        },
        Builtin(
            "tolist", "() -> any", doc: "The elements as nested lists of numbers.", example: "tensor([[1], [2]]).tolist() == [[1], [2]]"
        ) {
            call in try call.receiver(as: TensorObject.self).tensor.nestedLists()
        },
        Builtin(
            "numel", "() -> int", shape: .numel, doc: "Number of elements.", example: "zeros(2, 3).numel() == 6"
        ) { call in .int(try call.receiver(as: TensorObject.self).tensor.count) },
    ]
}
