import Foundation
import Tensors

/// An object that a search has found.
public struct FoundObject {
    /// Distance to the query, as the index measured it; nil when only vectors are known.
    public let distance: Double?
    /// Vectors of the object's parts [m, d]; nil when only the distance is known.
    public let vectors: Tensor?

    public init(distance: Double? = nil, vectors: Tensor? = nil) {
        self.distance = distance
        self.vectors = vectors
    }
}

/// Chooses, of the objects that a search has found, those that are near enough to the query.
public protocol AbstractSelector {
    /// Whether it reads the objects' vectors and needs the query's.
    var vectorsAreNeeded: Bool { get }
    /// Positions of the chosen objects, ascending. `query` is [1, d].
    func select(_ objects: [FoundObject], query: Tensor?) throws -> [Int]
}

/// How far beyond the threshold a value must be to count as near.
public struct SelectionRule: Sendable {
    public let isSimilarity: Bool
    public let margin: Double
    /// nil: anything beyond the threshold; else sigmoid(scale · excess) must exceed the probability.
    public let probability: (scale: Double, threshold: Double)?

    public init(isSimilarity: Bool, margin: Double, probability: (scale: Double, threshold: Double)? = nil) {
        self.isSimilarity = isSimilarity
        self.margin = margin
        self.probability = probability
    }

    /// Similarities must exceed 1 - margin, distances stay below the margin.
    func selects(_ value: Double) -> Bool {
        let excess = isSimilarity ? value - (1 - margin) : margin - value
        guard let probability else { return excess > 0 }
        return 1 / (1 + exp(-probability.scale * excess)) > probability.threshold
    }
}

/// Chooses by the distances that the search gave.
///
/// As similarities they are converted: cosine 1 - d, dot -d, euclid 1 / max(d, 1e-8).
public struct DistBasedSelector: AbstractSelector {
    public let index: SearchIndexInfo
    public let rule: SelectionRule
    public var vectorsAreNeeded: Bool { false }

    public init(_ index: SearchIndexInfo, rule: SelectionRule) {
        self.index = index
        self.rule = rule
    }

    /// The value that the rule is applied to.
    func value(distance: Double) -> Double {
        guard rule.isSimilarity else { return distance }
        return switch index.metric {
        case .cosine: 1 - distance
        case .dot: -distance
        case .euclid: 1 / max(distance, 1e-8)
        }
    }

    public func select(_ objects: [FoundObject], query: Tensor? = nil) throws -> [Int] {
        try objects.enumerated().compactMap { position, object in
            guard let distance = object.distance else {
                throw FineTuningError(
                    .value, "an object has no distance", place: "object \(position)", help: "VectorsBasedSelector reads vectors instead")
            }
            return rule.selects(value(distance: distance)) ? position : nil
        }
    }
}

/// Chooses by comparing the objects' vectors with the query's.
///
/// Of an object with several parts the values are joined as the index does: the soft minimum, or the mean.
public struct VectorsBasedSelector: AbstractSelector {
    public let index: SearchIndexInfo
    public let rule: SelectionRule
    public let softminTemperature: Double
    /// Brings cosines to 0 … 1, and dot products to their z-scores over all parts of all objects.
    public let scaleToOne: Bool
    public var vectorsAreNeeded: Bool { true }

    /// Throws unless the temperature is positive.
    public init(
        _ index: SearchIndexInfo, rule: SelectionRule, softminTemperature: Double = 1, scaleToOne: Bool = false
    ) throws(FineTuningError) {
        guard softminTemperature > 0, softminTemperature.isFinite else {
            throw FineTuningError(.value, "softmin_temperature must be a positive number", found: "\(softminTemperature)")
        }
        self.index = index
        self.rule = rule
        self.softminTemperature = softminTemperature
        self.scaleToOne = scaleToOne
    }

    public func select(_ objects: [FoundObject], query: Tensor?) throws -> [Int] {
        try values(objects, query: query).enumerated().compactMap { rule.selects($1) ? $0 : nil }
    }

    /// One value per object: a similarity or a distance, as the rule asks.
    func values(_ objects: [FoundObject], query: Tensor?) throws -> [Double] {
        guard let query else {
            throw FineTuningError(.value, "this selector needs the query's vector", help: "select(objects, query_vector)")
        }
        guard !objects.isEmpty else { return [] }
        try index.check(query, "the query vector")
        guard query.shape[0] == 1 else { throw FineTuningError(.value, "one query vector is expected", found: "\(query.shape)") }
        let parts = try objects.enumerated().map { position, object in
            guard let vectors = object.vectors, vectors.count > 0 else {
                throw FineTuningError(
                    .value, "an object has no vectors", place: "object \(position)", help: "DistBasedSelector reads distances instead")
            }
            try index.check(vectors, "the vectors of object \(position)")
            return try vectors.to(query.dtype)
        }
        return try noGrad {
            let all = try compared(query, Tensor.concat(parts, dim: 0))
            var row = 0
            return try parts.map { part in
                let rows = Array(row..<row + part.shape[0])
                row += rows.count
                let own = try all.gatherRows(rows)
                return try index.aggregation == .avg
                    ? own.mean().item() : SoftMinimum.of(own, dim: 0, temperature: softminTemperature).item()
            }
        }
    }

    /// The values of all parts [n], before they are joined by object.
    private func compared(_ query: Tensor, _ parts: Tensor) throws -> Tensor {
        var values = try index.compare(query, parts).reshape([parts.shape[0]])
        switch index.metric {
        case .cosine:
            if scaleToOne { values = try (values + 1) / 2 }
            return rule.isSimilarity ? values : try 1 - values
        case .dot:
            if scaleToOne { values = try (values - values.mean()) / deviation(values) }
            return rule.isSimilarity ? values : try -values
        case .euclid: return rule.isSimilarity ? try -values : values
        }
    }

    /// The unbiased standard deviation; 1 where there is none to divide by.
    private func deviation(_ values: Tensor) -> Double {
        let numbers = values.doubles()
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return numbers.count > 1 && squares > 0 ? (squares / Double(numbers.count - 1)).squareRoot() : 1
    }
}
