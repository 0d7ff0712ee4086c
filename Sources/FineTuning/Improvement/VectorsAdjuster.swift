import Tensors

/// A session's vectors, from which stored vectors are improved without training the model.
public struct ImprovementInput {
    public let sessionID: String
    /// Vectors of the query, [n, d].
    public let query: Tensor
    /// Vectors of the parts of each clicked element, [m, d].
    public var clickedElements: [Tensor]
    /// The same of the elements that were shown and not clicked.
    public var nonClickedElements: [Tensor]

    public init(sessionID: String, query: Tensor, clickedElements: [Tensor], nonClickedElements: [Tensor]) {
        self.sessionID = sessionID
        self.query = query
        self.clickedElements = clickedElements
        self.nonClickedElements = nonClickedElements
    }
}

/// Moves stored vectors so that clicked elements come nearer to their queries.
public protocol VectorsAdjuster {
    /// The inputs with new vectors of their elements.
    func adjustVectors(_ inputs: [ImprovementInput]) throws -> [ImprovementInput]
}

/// Descends on mean(non-clicked similarity³) - mean(clicked similarity³) with AdamW (decay 0.01), the queries kept.
///
/// The similarity of a part is its cosine, dot product or negated distance to the query, over several query vectors the soft minimum
/// or the mean. Elements of all inputs count alike in the means; inputs may differ in how many they have.
public struct TorchBasedAdjuster: VectorsAdjuster {
    public let index: SearchIndexInfo
    public let adjustmentRate: Double
    public let numIterations: Int
    public let softminTemperature: Double

    /// Throws unless rate and temperature are positive and the number of iterations is not negative.
    public init(
        _ index: SearchIndexInfo, adjustmentRate: Double = 0.1, numIterations: Int = 10, softminTemperature: Double = 1
    ) throws(FineTuningError) {
        guard adjustmentRate > 0, adjustmentRate.isFinite else {
            throw FineTuningError(.value, "adjustment_rate must be a positive number", found: "\(adjustmentRate)")
        }
        guard numIterations >= 0 else {
            throw FineTuningError(.value, "num_iterations must be a non-negative integer", found: "\(numIterations)")
        }
        guard softminTemperature > 0, softminTemperature.isFinite else {
            throw FineTuningError(.value, "softmin_temperature must be a positive number", found: "\(softminTemperature)")
        }
        self.index = index
        self.adjustmentRate = adjustmentRate
        self.numIterations = numIterations
        self.softminTemperature = softminTemperature
    }

    public func adjustVectors(_ inputs: [ImprovementInput]) throws -> [ImprovementInput] {
        let places = try inputs.map { input -> Places in
            let place = "session \(input.sessionID)"
            try check(input.query, "the query of \(place)")
            return Places(
                query: input.query.detach(), clicked: try parameters(input.clickedElements, "a clicked element of \(place)"),
                nonClicked: try parameters(input.nonClickedElements, "a non-clicked element of \(place)"))
        }
        let optimizer = try AdamW(
            places.flatMap { $0.clicked + $0.nonClicked }, learningRate: adjustmentRate, weightDecay: 0.01)
        for _ in 0..<numIterations {
            optimizer.zeroGrad()
            let clicked = try cubes(places.map { ($0.query, $0.clicked) })
            let nonClicked = try cubes(places.map { ($0.query, $0.nonClicked) })
            guard let loss = try difference(nonClicked, clicked) else { return inputs }
            try loss.backward()
            try optimizer.step()
        }
        return zip(inputs, places).map { input, places in
            var input = input
            input.clickedElements = places.clicked.map { $0.tensor.detach() }
            input.nonClickedElements = places.nonClicked.map { $0.tensor.detach() }
            return input
        }
    }

    private struct Places {
        let query: Tensor
        let clicked: [Parameter]
        let nonClicked: [Parameter]
    }

    private func check(_ x: Tensor, _ name: String) throws {
        try index.check(x, name)
        guard x.shape[0] > 0, x.dtype.isFloating else {
            throw FineTuningError(.value, "\(name) must be one or more vectors of floats", found: x.signature)
        }
    }

    private func parameters(_ elements: [Tensor], _ name: String) throws -> [Parameter] {
        try elements.enumerated().map { position, vectors in
            try check(vectors, name)
            return try Parameter("\(name), \(position)", vectors.detach())
        }
    }

    /// Mean of the similarities' cubes over all parts of all elements; nil when there is no element.
    private func cubes(_ groups: [(query: Tensor, elements: [Parameter])]) throws -> Tensor? {
        let parts = try groups.flatMap { query, elements in
            try elements.map { try similarity(query, $0.tensor) }
        }
        return parts.isEmpty ? nil : try Tensor.concat(parts, dim: 0).pow(3).mean()
    }

    private func difference(_ a: Tensor?, _ b: Tensor?) throws -> Tensor? {
        guard let b else { return a }
        return try a.map { try $0 - b } ?? -b
    }

    /// [m] for a query [n, d] and an element [m, d].
    private func similarity(_ query: Tensor, _ element: Tensor) throws -> Tensor {
        let raw = try index.compare(query, element)
        let values = index.metric == .euclid ? try -raw : raw
        return try index.aggregation == .avg
            ? values.mean(dim: [0]) : SoftMinimum.of(values, dim: 0, temperature: softminTemperature)
    }
}
