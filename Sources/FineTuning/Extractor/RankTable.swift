import Clickstream
import Models
import Tensors

/// Ranks of the rows of all sessions of a batch, and where each session's and each object's rows are.
struct RankTable {
    let sessions: [RankedSession]
    let encoded: EncodedTexts
    /// [rows], sessions one after the other, their objects in order.
    let ranks: Tensor
    /// The same as numbers.
    let values: [Double]

    /// Ranks all rows with a few operations on the whole batch. Throws when a rank is not a finite number.
    init(_ sessions: [RankedSession], encoded: EncodedTexts, ranker: any Ranker) throws {
        self.sessions = sessions
        self.encoded = encoded
        var offsets = [0]
        for session in sessions { offsets.append((offsets.last ?? 0) + session.objects.reduce(0) { $0 + $1.contents.count }) }
        let rows = offsets.last ?? 0
        guard rows > 0 else {
            ranks = try Tensor.zeros([0])
            values = []
            return
        }
        let (queries, items) = try encoded.vectors(of: sessions)
        ranks = try ranker.ranks(queries: queries, items: items, offsets: offsets)
        guard ranks.shape == [rows] else {
            throw FineTuningError(.value, "ranker must give one rank per item", found: "\(ranks.shape) for \(rows) items")
        }
        values = ranks.doubles()
        if let bad = values.firstIndex(where: { !$0.isFinite }) {
            let session = sessions[(offsets.firstIndex { $0 > bad } ?? 1) - 1]
            throw FineTuningError(
                .numeric, "a rank is not a finite number", found: "\(values[bad])", place: session.input.place,
                help: "the model's vectors are broken, often by too high a learning rate: go back to the last good model and lower it")
        }
    }

    /// Rank per object of each session, by the plain aggregator.
    func plainRanks(_ aggregator: any RanksAggregator) throws -> [[String: Double]] {
        var row = 0
        return try sessions.map { session in
            var ranks: [String: Double] = [:]
            for object in session.objects {
                let rows = values[row..<row + object.contents.count]
                row += rows.count
                ranks[object.id] = rows.count == 1 ? rows.first : try aggregator.aggregate(Array(rows))
            }
            return ranks
        }
    }

    /// One rank per object of all sessions [objects] with gradients: its only row's, or the aggregate of its rows.
    func objectRanks(_ aggregator: any RanksAggregator) throws -> Tensor {
        let counts = sessions.flatMap { $0.objects.map(\.contents.count) }
        guard counts.contains(where: { $0 != 1 }) else { return ranks }
        // Aggregates are put after the rows, then every object picks its place.
        var aggregates: [Tensor] = []
        var places: [Int] = []
        var row = 0
        for count in counts {
            if count == 1 {
                places.append(row)
            } else {
                places.append(values.count + aggregates.count)
                let aggregate = try aggregator.aggregate(ranks.gatherRows(Array(row..<row + count)))
                guard aggregate.count == 1 else {
                    throw FineTuningError(.value, "ranks aggregator must give one number", found: "\(aggregate.shape) for \(count) rows")
                }
                aggregates.append(try aggregate.reshape([1]))
            }
            row += count
        }
        return try Tensor.concat([ranks] + aggregates, dim: 0).gatherRows(places)
    }
}
