import Foundation
import TestSupport

/// Reads `Tests/Fixtures/finetuner/golden.json`: what a repaired copy of the reference computes (its `meta` says how).
@dynamicMemberLookup struct Golden {
    let value: Any

    // Never changed after it is read, so that tests in parallel may share it.
    private nonisolated(unsafe) static let file = Result {
        Golden(value: try JSONSerialization.jsonObject(with: Fixtures.data("finetuner/golden.json")))
    }

    static func load() throws -> Golden { try file.get() }

    subscript(dynamicMember key: String) -> Golden { self[key] }
    subscript(key: String) -> Golden { Golden(value: (value as? [String: Any])?[key] ?? NSNull()) }
    subscript(index: Int) -> Golden { array[index] }

    var isNull: Bool { value is NSNull }
    var array: [Golden] { (value as? [Any] ?? []).map(Golden.init) }
    var dictionary: [String: Golden] { (value as? [String: Any] ?? [:]).mapValues(Golden.init) }
    var string: String { value as? String ?? "" }
    var strings: [String] { array.map(\.string) }
    var int: Int { (value as? NSNumber)?.intValue ?? .min }
    var bool: Bool { (value as? NSNumber)?.boolValue ?? false }
    /// Non-finite numbers are written as texts.
    var double: Double { (value as? NSNumber)?.doubleValue ?? Double(string) ?? .nan }
    var doubles: [Double] { array.map(\.double) }
}
