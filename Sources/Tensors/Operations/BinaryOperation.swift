/// An elementwise function of two arguments that broadcast against each other: its kernel and the gradient of either side.
///
/// Gradients come in the broadcast shape; the driver sums them back (`Backward.fit`).
public struct BinaryOperation: Sendable {
    public let name: String
    let kernel: ElementKernel
    /// Whether i32 operands are computed as f32, as for division.
    package let isReal: Bool
    /// Which values the gradients read; the others are freed with the forward pass.
    let saved: Saved
    /// The gradient of either operand from (cotangent, a, b, result).
    let left: Partial
    let right: Partial

    typealias Partial = @Sendable (_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) throws(TensorError) -> Tensor

    struct Saved: OptionSet {
        let rawValue: Int
        static let operands = Saved(rawValue: 1)
        static let result = Saved(rawValue: 2)
    }

    private init(
        _ name: String, _ kernel: ElementKernel, isReal: Bool = false, saves saved: Saved = [], left: @escaping Partial,
        right: @escaping Partial
    ) {
        self.name = name
        self.kernel = kernel
        self.isReal = isReal
        self.saved = saved
        self.left = left
        self.right = right
    }

    static let add = BinaryOperation("add", .add, left: { dy, _, _, _ in dy }, right: { dy, _, _, _ in dy })

    static let sub = BinaryOperation(
        "sub", .sub, left: { dy, _, _, _ in dy }, right: { dy, _, _, _ throws(TensorError) in try -dy })

    static let mul = BinaryOperation(
        "mul", .mul, saves: .operands,
        left: { dy, _, b, _ throws(TensorError) in try dy * b }, right: { dy, a, _, _ throws(TensorError) in try dy * a })

    static let div = BinaryOperation(
        "div", .div, isReal: true, saves: [.operands, .result],
        left: { dy, _, b, _ throws(TensorError) in try dy / b }, right: { dy, _, b, y throws(TensorError) in try -(dy * y / b) })

    /// The smaller value; nan if either is. At a tie each side gets half of the gradient.
    static let minimum = BinaryOperation(
        "minimum", .min, saves: .operands,
        left: { dy, a, b, _ throws(TensorError) in try share(dy, a.less(b), a.equal(b)) },
        right: { dy, a, b, _ throws(TensorError) in try share(dy, a.greater(b), a.equal(b)) })

    /// The larger value; nan if either is. At a tie each side gets half of the gradient.
    static let maximum = BinaryOperation(
        "maximum", .max, saves: .operands,
        left: { dy, a, b, _ throws(TensorError) in try share(dy, a.greater(b), a.equal(b)) },
        right: { dy, a, b, _ throws(TensorError) in try share(dy, a.less(b), a.equal(b)) })

    /// aᵇ. The gradient of a⁰ is 0 everywhere, that of 0ᵇ for b is 0 (b ≥ 0), as in PyTorch.
    static let pow = BinaryOperation(
        "pow", .pow, saves: [.operands, .result],
        left: { dy, a, b, _ throws(TensorError) in
            try Tensor.where(b.equal(0), Tensor(scalar: 0, dtype: dy.dtype), dy * b * a.pow(b - 1))
        },
        right: { dy, a, b, y throws(TensorError) in
            try Tensor.where(a.equal(0).logicalAnd(b.greaterEqual(0)), Tensor(scalar: 0, dtype: dy.dtype), dy * y * a.log())
        })

    /// ⌊a / b⌋; i32 by 0 is an error. Derivative 0.
    static let floorDivide = BinaryOperation(
        "floor_divide", .floorDivide, left: { dy, _, _, _ throws(TensorError) in try dy * 0 },
        right: { dy, _, _, _ throws(TensorError) in try dy * 0 })

    /// a - b ⌊a / b⌋, with the sign of b; i32 by 0 is an error.
    static let remainder = BinaryOperation(
        "remainder", .remainder, saves: .operands, left: { dy, _, _, _ in dy },
        right: { dy, a, b, _ throws(TensorError) in try -(dy * floorDivide(a, b)) })

    package static let all = [add, sub, mul, div, minimum, maximum, pow, floorDivide, remainder]

    private static func share(_ dy: Tensor, _ wins: Tensor, _ ties: Tensor) throws(TensorError) -> Tensor {
        try dy * (wins.to(dy.dtype) + ties.to(dy.dtype) * 0.5)
    }

    func callAsFunction(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        var dtype = DType.promoted(a, b)
        if dtype == .bool { dtype = .i32 }
        if isReal, dtype == .i32 { dtype = .f32 }
        let x = try a.to(dtype), y = try b.to(dtype)
        let result = try Elementwise.binary(name, kernel, x.detach(), y.detach())
        guard result.dtype.isFloating, x.requiresGrad || y.requiresGrad, GradMode.isEnabled else {
            AnomalyCheck.current?.inspect(name, result, [a, b], node: nil)
            return result
        }
        let operands = saved.contains(.operands) ? (x.detach(), y.detach()) : nil
        let kept = saved.contains(.result) ? result : nil
        let left = left, right = right
        return Tensor.recordingDense(name, result, inputs: [x, y]) { dy, needs throws(TensorError) in
            let (a, b) = operands ?? (dy, dy)
            return [
                needs[0] ? try left(dy, a, b, kept ?? dy) : nil,
                needs[1] ? try right(dy, a, b, kept ?? dy) : nil,
            ]
        }
    }

    /// With a number, which takes the tensor's dtype; a fraction makes an i32 tensor f32.
    func callAsFunction(_ a: Tensor, _ b: Double) throws(TensorError) -> Tensor { try self(a, Self.scalar(b, beside: a)) }
    func callAsFunction(_ a: Double, _ b: Tensor) throws(TensorError) -> Tensor { try self(Self.scalar(a, beside: b), b) }

    static func scalar(_ value: Double, beside tensor: Tensor) throws(TensorError) -> Tensor {
        if tensor.dtype.isFloating { return try Tensor(scalar: value, dtype: tensor.dtype) }
        return try Tensor(scalar: value, dtype: Int32(exactly: value) == nil ? .f32 : .i32)
    }
}

extension Tensor {
    public static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.add(a, b) }
    public static func + (a: Tensor, b: Double) throws(TensorError) -> Tensor { try BinaryOperation.add(a, b) }
    public static func + (a: Double, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.add(a, b) }
    public static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.sub(a, b) }
    public static func - (a: Tensor, b: Double) throws(TensorError) -> Tensor { try BinaryOperation.sub(a, b) }
    public static func - (a: Double, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.sub(a, b) }
    public static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.mul(a, b) }
    public static func * (a: Tensor, b: Double) throws(TensorError) -> Tensor { try BinaryOperation.mul(a, b) }
    public static func * (a: Double, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.mul(a, b) }
    public static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.div(a, b) }
    public static func / (a: Tensor, b: Double) throws(TensorError) -> Tensor { try BinaryOperation.div(a, b) }
    public static func / (a: Double, b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.div(a, b) }

    public static func minimum(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.minimum(a, b) }
    public static func minimum(_ a: Tensor, _ b: Double) throws(TensorError) -> Tensor { try BinaryOperation.minimum(a, b) }
    public static func maximum(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.maximum(a, b) }
    public static func maximum(_ a: Tensor, _ b: Double) throws(TensorError) -> Tensor { try BinaryOperation.maximum(a, b) }

    public func pow(_ exponent: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.pow(self, exponent) }
    /// selfᵉ; squares, roots and reciprocals take their own kernels.
    public func pow(_ exponent: Double) throws(TensorError) -> Tensor {
        switch exponent {
        case 1: self
        case 2: try square()
        case 0.5: try sqrt()
        case -0.5: try rsqrt()
        case -1: try reciprocal()
        default: try BinaryOperation.pow(self, exponent)
        }
    }
    public func floorDivide(_ other: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.floorDivide(self, other) }
    public func floorDivide(_ other: Double) throws(TensorError) -> Tensor { try BinaryOperation.floorDivide(self, other) }
    public func remainder(_ other: Tensor) throws(TensorError) -> Tensor { try BinaryOperation.remainder(self, other) }
    public func remainder(_ other: Double) throws(TensorError) -> Tensor { try BinaryOperation.remainder(self, other) }
}
