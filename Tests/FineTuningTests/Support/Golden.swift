import Foundation
import TestSupport

/// Reads `Tests/Fixtures/finetuner/golden.json`: what a repaired copy of the reference computes (its `meta` says how).
@dynamicMemberLookup struct Golden {
    let raw: Any

    // Never changed after it is read, so that tests in parallel may share it.
    private nonisolated(unsafe) static let file = Result {
        Golden(raw: try JSONSerialization.jsonObject(with: Fixtures.data("finetuner/golden.json")))
    }

    static func load() throws -> Golden { try file.get() }

    subscript(dynamicMember key: String) -> Golden { self[key] }
    subscript(key: String) -> Golden { Golden(raw: (raw as? [String: Any])?[key] ?? NSNull()) }
    subscript(index: Int) -> Golden { array[index] }

    var isNull: Bool { raw is NSNull }
    var array: [Golden] { (raw as? [Any] ?? []).map(Golden.init) }
    var dictionary: [String: Golden] { (raw as? [String: Any] ?? [:]).mapValues(Golden.init) }
    var string: String { raw as? String ?? "" }
    var strings: [String] { array.map(\.string) }
    var int: Int { (raw as? NSNumber)?.intValue ?? .min }
    var bool: Bool { (raw as? NSNumber)?.boolValue ?? false }
    /// Non-finite numbers are written as texts.
    var double: Double { (raw as? NSNumber)?.doubleValue ?? Double(string) ?? .nan }
    var doubles: [Double] { array.map(\.double) }
}
