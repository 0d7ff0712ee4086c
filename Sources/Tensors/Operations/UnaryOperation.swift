/// An elementwise function of one argument: its kernel holds the function and the derivative, the row says what the derivative needs.
public struct UnaryOperation: Sendable {
    public let name: String
    let kernel: UnaryKernel
    let saved: Saved
    /// Whether whole numbers map to whole numbers, so that i32 stays i32.
    package let keepsIntegers: Bool

    /// What the gradient reads besides the cotangent; the rest is freed with the forward pass.
    struct Saved: OptionSet {
        let rawValue: Int
        static let input = Saved(rawValue: 1)
        static let output = Saved(rawValue: 2)
    }

    private init(_ name: String, _ kernel: UnaryKernel, saves saved: Saved = [], keepsIntegers: Bool = false) {
        self.name = name
        self.kernel = kernel
        self.saved = saved
        self.keepsIntegers = keepsIntegers
    }

    /// -x
    static let neg = UnaryOperation("neg", Kernels.negate, keepsIntegers: true)
    /// |x|; derivative 0 at 0
    static let abs = UnaryOperation("abs", Kernels.abs, saves: .input, keepsIntegers: true)
    /// -1, 0 or 1; derivative 0
    static let sign = UnaryOperation("sign", Kernels.sign, keepsIntegers: true)
    /// x²
    static let square = UnaryOperation("square", Kernels.square, saves: .input, keepsIntegers: true)
    /// 1 / x
    static let reciprocal = UnaryOperation("reciprocal", Kernels.reciprocal, saves: .output)
    static let sqrt = UnaryOperation("sqrt", Kernels.sqrt, saves: .output)
    /// 1 / √x
    static let rsqrt = UnaryOperation("rsqrt", Kernels.rsqrt, saves: .output)
    static let exp = UnaryOperation("exp", Kernels.exp, saves: .output)
    /// eˣ - 1, exact near 0
    static let expm1 = UnaryOperation("expm1", Kernels.expm1, saves: .input)
    static let log = UnaryOperation("log", Kernels.log, saves: .input)
    /// log(1 + x), exact near 0
    static let log1p = UnaryOperation("log1p", Kernels.log1p, saves: .input)
    static let sin = UnaryOperation("sin", Kernels.sin, saves: .input)
    static let cos = UnaryOperation("cos", Kernels.cos, saves: .input)
    static let tanh = UnaryOperation("tanh", Kernels.tanh, saves: .input)
    /// 1 / (1 + e⁻ˣ), computed without overflow for any finite x
    static let sigmoid = UnaryOperation("sigmoid", Kernels.sigmoid, saves: .input)
    /// max(x, 0); derivative 0 at 0
    static let relu = UnaryOperation("relu", Kernels.relu, saves: .input, keepsIntegers: true)
    /// x Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016)
    static let gelu = UnaryOperation("gelu", Kernels.gelu, saves: .input)
    /// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of gelu from the same paper
    static let geluTanh = UnaryOperation("gelu_tanh", Kernels.geluTanh, saves: .input)
    /// x sigmoid(x)
    static let silu = UnaryOperation("silu", Kernels.silu, saves: .input)
    /// x sigmoid(1.702 x), the other approximation of gelu from the same paper as gelu's
    static let quickGelu = UnaryOperation("quick_gelu", Kernels.quickGelu, saves: .input)
    /// log(1 + eˣ), computed without overflow
    static let softplus = UnaryOperation("softplus", Kernels.softplus, saves: .input)
    static let erf = UnaryOperation("erf", Kernels.erf, saves: .input)
    /// Derivative 0.
    static let floor = UnaryOperation("floor", Kernels.floor, keepsIntegers: true)
    /// Derivative 0.
    static let ceil = UnaryOperation("ceil", Kernels.ceil, keepsIntegers: true)
    /// Halves go to the even neighbour. Derivative 0.
    static let round = UnaryOperation("round", Kernels.round, keepsIntegers: true)

    package static let all = [
        neg, abs, sign, square, reciprocal, sqrt, rsqrt, exp, expm1, log, log1p, sin, cos, tanh, sigmoid, relu, gelu, geluTanh, silu,
        quickGelu, softplus, erf, floor, ceil, round,
    ]

    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        guard x.dtype.isFloating else { return try applyToIntegers(x) }
        let input = try x.contiguous()
        let output = try Tensor.uninitialized(x.shape, x.dtype, name)
        try EarlyEnd.allowing(name, input.count) { run(x.dtype.element, input, output) }
        // Where the derivative does not read a value, the cotangent stands in for it and the value is freed.
        let savedInput = saved.contains(.input) ? input : nil
        let savedOutput = saved.contains(.output) ? output : nil
        return Tensor.recordingDense(name, output, inputs: [x]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try Tensor.uninitialized(dy.shape, dy.dtype, name)
            try EarlyEnd.allowing(name, dy.count) { runGradient(dx.dtype.element, dy, savedInput ?? dy, savedOutput ?? dy, dx) }
            return [dx]
        }
    }

    private func run<T: FloatingElement>(_ type: T.Type, _ x: Tensor, _ y: Tensor) {
        // Both are contiguous, of one shape and of type T.
        kernel(x.buffer(T.self), into: y.mutableBuffer(T.self))
        withExtendedLifetime((x, y)) {}
    }

    private func runGradient<T: FloatingElement>(_ type: T.Type, _ dy: Tensor, _ x: Tensor, _ y: Tensor, _ dx: Tensor) {
        // All are contiguous, of one shape and of type T.
        kernel.gradient(dy.buffer(T.self), x: x.buffer(T.self), y: y.buffer(T.self), into: dx.mutableBuffer(T.self))
        withExtendedLifetime((dy, x, y, dx)) {}
    }

    /// Whole numbers are exact in f64, and what no longer fits i32 is reported by the way back.
    private func applyToIntegers(_ x: Tensor) throws(TensorError) -> Tensor {
        guard keepsIntegers else { return try self(x.to(.f32)) }
        return try self(x.to(.f64)).convertedExactly(name)
    }
}

extension Tensor {
    public static prefix func - (x: Tensor) throws(TensorError) -> Tensor { try UnaryOperation.neg(x) }
    public func neg() throws(TensorError) -> Tensor { try UnaryOperation.neg(self) }
    public func abs() throws(TensorError) -> Tensor { try UnaryOperation.abs(self) }
    public func sign() throws(TensorError) -> Tensor { try UnaryOperation.sign(self) }
    public func square() throws(TensorError) -> Tensor { try UnaryOperation.square(self) }
    public func reciprocal() throws(TensorError) -> Tensor { try UnaryOperation.reciprocal(self) }
    public func sqrt() throws(TensorError) -> Tensor { try UnaryOperation.sqrt(self) }
    public func rsqrt() throws(TensorError) -> Tensor { try UnaryOperation.rsqrt(self) }
    public func exp() throws(TensorError) -> Tensor { try UnaryOperation.exp(self) }
    public func expm1() throws(TensorError) -> Tensor { try UnaryOperation.expm1(self) }
    public func log() throws(TensorError) -> Tensor { try UnaryOperation.log(self) }
    public func log1p() throws(TensorError) -> Tensor { try UnaryOperation.log1p(self) }
    public func sin() throws(TensorError) -> Tensor { try UnaryOperation.sin(self) }
    public func cos() throws(TensorError) -> Tensor { try UnaryOperation.cos(self) }
    public func tanh() throws(TensorError) -> Tensor { try UnaryOperation.tanh(self) }
    public func sigmoid() throws(TensorError) -> Tensor { try UnaryOperation.sigmoid(self) }
    public func relu() throws(TensorError) -> Tensor { try UnaryOperation.relu(self) }
    public func gelu() throws(TensorError) -> Tensor { try UnaryOperation.gelu(self) }
    public func geluTanh() throws(TensorError) -> Tensor { try UnaryOperation.geluTanh(self) }
    public func silu() throws(TensorError) -> Tensor { try UnaryOperation.silu(self) }
    public func quickGelu() throws(TensorError) -> Tensor { try UnaryOperation.quickGelu(self) }
    public func softplus() throws(TensorError) -> Tensor { try UnaryOperation.softplus(self) }
    public func erf() throws(TensorError) -> Tensor { try UnaryOperation.erf(self) }
    public func floor() throws(TensorError) -> Tensor { try UnaryOperation.floor(self) }
    public func ceil() throws(TensorError) -> Tensor { try UnaryOperation.ceil(self) }
    public func round() throws(TensorError) -> Tensor { try UnaryOperation.round(self) }
}
