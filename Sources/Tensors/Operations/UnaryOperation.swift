/// An elementwise function of one argument: its kernel holds the function and the derivative, the row says what the derivative needs.
public struct UnaryOperation: Sendable {
    public let name: String
    let function: UnaryFunction
    let saved: Saved
    /// Whether whole numbers map to whole numbers, so that i32 stays i32.
    let keepsIntegers: Bool

    /// What the gradient reads besides the cotangent; the rest is freed with the forward pass.
    struct Saved: OptionSet {
        let rawValue: Int
        static let input = Saved(rawValue: 1)
        static let output = Saved(rawValue: 2)
    }

    private init(_ name: String, _ function: UnaryFunction, saves saved: Saved = [], keepsIntegers: Bool = false) {
        self.name = name
        self.function = function
        self.saved = saved
        self.keepsIntegers = keepsIntegers
    }

    /// -x
    static let neg = UnaryOperation("neg", .neg, keepsIntegers: true)
    /// |x|; derivative 0 at 0
    static let abs = UnaryOperation("abs", .abs, saves: .input, keepsIntegers: true)
    /// -1, 0 or 1; derivative 0
    static let sign = UnaryOperation("sign", .sign, keepsIntegers: true)
    /// x²
    static let square = UnaryOperation("square", .square, saves: .input, keepsIntegers: true)
    /// 1 / x
    static let reciprocal = UnaryOperation("reciprocal", .reciprocal, saves: .output)
    static let sqrt = UnaryOperation("sqrt", .sqrt, saves: .output)
    /// 1 / √x
    static let rsqrt = UnaryOperation("rsqrt", .rsqrt, saves: .output)
    static let exp = UnaryOperation("exp", .exp, saves: .output)
    /// eˣ - 1, exact near 0
    static let expm1 = UnaryOperation("expm1", .expm1, saves: .output)
    static let log = UnaryOperation("log", .log, saves: .input)
    /// log(1 + x), exact near 0
    static let log1p = UnaryOperation("log1p", .log1p, saves: .input)
    static let sin = UnaryOperation("sin", .sin, saves: .input)
    static let cos = UnaryOperation("cos", .cos, saves: .input)
    static let tanh = UnaryOperation("tanh", .tanh, saves: .output)
    /// 1 / (1 + e⁻ˣ), computed without overflow for any finite x
    static let sigmoid = UnaryOperation("sigmoid", .sigmoid, saves: .output)
    /// max(x, 0); derivative 0 at 0
    static let relu = UnaryOperation("relu", .relu, saves: .output, keepsIntegers: true)
    /// x Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016)
    static let gelu = UnaryOperation("gelu", .gelu, saves: .input)
    /// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of gelu from the same paper
    static let geluTanh = UnaryOperation("gelu_tanh", .geluTanh, saves: .input)
    /// x sigmoid(x)
    static let silu = UnaryOperation("silu", .silu, saves: .input)
    /// log(1 + eˣ), computed without overflow
    static let softplus = UnaryOperation("softplus", .softplus, saves: .input)
    static let erf = UnaryOperation("erf", .erf, saves: .input)
    /// Derivative 0.
    static let floor = UnaryOperation("floor", .floor, keepsIntegers: true)
    /// Derivative 0.
    static let ceil = UnaryOperation("ceil", .ceil, keepsIntegers: true)
    /// Halves go to the even neighbour. Derivative 0.
    static let round = UnaryOperation("round", .round, keepsIntegers: true)

    static let all = [
        neg, abs, sign, square, reciprocal, sqrt, rsqrt, exp, expm1, log, log1p, sin, cos, tanh, sigmoid, relu, gelu, geluTanh, silu,
        softplus,
        erf, floor, ceil, round,
    ]

    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        guard x.dtype.isFloating else { return try applyToIntegers(x) }
        let input = try x.contiguous()
        let output = try Tensor.uninitialized(x.shape, x.dtype, name)
        function.apply(input, into: output)
        guard x.requiresGrad, GradMode.isEnabled else { return output }
        // Where the derivative does not read a value, the cotangent stands in for it and the value is freed.
        let function = function
        let savedInput = saved.contains(.input) ? input : nil
        let savedOutput = saved.contains(.output) ? output : nil
        let name = name
        return Tensor.recordingDense(name, output, inputs: [x]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try Tensor.uninitialized(dy.shape, dy.dtype, name)
            function.applyGradient(dy, savedInput ?? dy, savedOutput ?? dy, into: dx)
            return [dx]
        }
    }

    private func applyToIntegers(_ x: Tensor) throws(TensorError) -> Tensor {
        guard keepsIntegers else { return try self(x.to(.f32)) }
        let x = try x.to(.i32)
        let limit = function == .square ? 46340 : Int32.max
        let values = x.int32s()
        if function == .neg || function == .abs || function == .square,
            let bad = values.first(where: { $0 == .min || $0.magnitude > limit.magnitude })
        {
            throw TensorError(.numeric, name, "i32 overflow at \(bad)", help: "convert to f64", operands: [x])
        }
        return try Tensor(values.map { Int32(function.apply(Double($0))) }, shape: x.shape)
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
    public func softplus() throws(TensorError) -> Tensor { try UnaryOperation.softplus(self) }
    public func erf() throws(TensorError) -> Tensor { try UnaryOperation.erf(self) }
    public func floor() throws(TensorError) -> Tensor { try UnaryOperation.floor(self) }
    public func ceil() throws(TensorError) -> Tensor { try UnaryOperation.ceil(self) }
    public func round() throws(TensorError) -> Tensor { try UnaryOperation.round(self) }
}
