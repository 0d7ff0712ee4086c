import Clickstream
import Language

/// What `describe` found.
final class ReportObject: HostObject, @unchecked Sendable {
    let report: SessionReport

    init(_ report: SessionReport) { self.report = report }

    override var typeName: String { "SessionReport" }
    override var description: String { String(describing: report) }
    override var attributeNames: [String] {
        [
            "sessions", "queries", "results", "clicks", "trainable", "obstacles", "without_ranks", "duplicates", "stray_events",
            "click_rates", "unknown_ids", "repeated_items",
        ]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "sessions": .int(report.sessions)
        case "queries": .int(report.queries)
        case "results": .int(report.results)
        case "clicks": .int(report.clicks)
        case "trainable": .int(report.trainable)
        case "obstacles": .dict(SessionReport.Obstacle.allCases.map { ($0.rawValue, .int(report.obstacles[$0] ?? 0)) })
        case "without_ranks": .int(report.withoutRanks)
        case "duplicates": .int(report.duplicates)
        case "stray_events": .int(report.strayEvents)
        case "click_rates": .list(report.shown.indices.map { report.clickRate(at: $0).map { .float($0) } ?? .none })
        case "unknown_ids":
            report.unknownIDs.map { unknown in
                .dict([
                    ("ids", .int(unknown.ids)), ("sessions", .int(unknown.sessions)), ("examples", .strings(unknown.examples.map(\.id))),
                ])
            } ?? Value.none
        case "repeated_items": report.repeatedItems.map { .int($0) } ?? Value.none
        default: nil
        }
    }
}
