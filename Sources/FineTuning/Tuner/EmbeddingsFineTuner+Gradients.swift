import Tensors

/// Looking at gradients and scaling them, between `accumulateGradients` and `optimizerStep`.
extension EmbeddingsFineTuner {
    /// Euclidean length of all gradients taken together; 0 when there is none, nan or infinite when one of them is.
    public func gradientNorm() throws -> Double {
        try trainableParameters.reduce(0) { sum, parameter in
            guard let gradient = parameter.grad else { return sum }
            return try sum + gradient.sumOfSquares()
        }.squareRoot()
    }

    /// Scales all gradients so that their common length is at most `maxNorm`, as torch.nn.utils.clip_grad_norm_; returns the length before.
    @discardableResult
    public func clipGradients(maxNorm: Double) throws -> Double {
        guard maxNorm > 0 else { throw FineTuningError(.value, "the largest norm must be a positive number", found: "\(maxNorm)") }
        let norm = try gradientNorm()
        let scale = maxNorm / (norm + 1e-6)
        guard norm.isFinite, scale < 1 else { return norm }
        for parameter in trainableParameters { parameter.grad = try parameter.grad?.scaled(by: scale) }
        return norm
    }
}

/// Sums over the elements of a tensor.
struct TensorFigures {
    var squares = 0.0
    var largest = 0.0
    var notFinite = 0
    var count = 0
}

extension Tensor {
    /// The sum of the squares of the elements, by a kernel, as a step of training asks for it; infinite or nan if an element is.
    func sumOfSquares() throws -> Double {
        guard dtype == .f32 else { return try figures().squares }
        let sum = try withElements(Float.self) { Kernels.dot($0, $0) }
        // Squares of finite numbers may leave the range of f32.
        return sum.isFinite ? sum : try figures().squares
    }

    /// One pass over the elements, in double precision.
    func figures() throws -> TensorFigures {
        switch dtype {
        case .f32: try withElements(Float.self) { Self.figures($0) { Double($0) } }
        default: try to(.f64).withElements(Double.self) { Self.figures($0) { $0 } }
        }
    }

    private static func figures<T>(_ values: UnsafeBufferPointer<T>, _ widen: (T) -> Double) -> TensorFigures {
        var figures = TensorFigures()
        figures.count = values.count
        for value in values {
            let x = widen(value)
            figures.squares += x * x
            // A nan may or may not be taken: it is counted below.
            figures.largest = Swift.max(figures.largest, x.magnitude)
        }
        if !figures.squares.isFinite { figures.notFinite = values.count { !widen($0).isFinite } }
        return figures
    }
}

extension Gradient {
    /// The sum of the squares of all elements.
    func sumOfSquares() throws -> Double {
        switch self {
        case .dense(let tensor): try tensor.sumOfSquares()
        case .rows(let rows): try rows.coalesced().values.sumOfSquares()
        }
    }

    /// The figures of the gradient with every element, those of rows that were not used being 0.
    func figures() throws -> TensorFigures {
        switch self {
        case .dense(let tensor): return try tensor.figures()
        case .rows(let rows):
            let rows = try rows.coalesced()
            var figures = try rows.values.figures()
            figures.count = rows.rowCount * (rows.indices.isEmpty ? 0 : rows.values.count / rows.indices.count)
            return figures
        }
    }

    /// Every element times `scale`.
    func scaled(by scale: Double) throws -> Gradient {
        switch self {
        case .dense(let tensor): .dense(try tensor * scale)
        case .rows(let rows):
            .rows(RowGradient(indices: rows.indices, values: try rows.values * scale, rowCount: rows.rowCount))
        }
    }
}
