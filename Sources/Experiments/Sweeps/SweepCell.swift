import Foundation

/// One training of a sweep: a setting of the parameters and a seed.
public struct SweepCell: Hashable, Sendable {
    /// Hash of the parameters with the seed, of the code and of the data: the same cell has the same key in every process.
    public let key: String
    /// The setting in words, such as "margin=0.05, lr=1e-05".
    public let setting: String
    public let seed: Int
    /// The parameters as text, for the records.
    public let params: [StoredParameter]

    public init(key: String, setting: String, seed: Int, params: [StoredParameter]) {
        self.key = key
        self.setting = setting
        self.seed = seed
        self.params = params
    }

    /// What messages call the cell.
    public var label: String { (setting.isEmpty ? "" : setting + ", ") + "seed=\(seed)" }
}

public struct StoredParameter: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

public enum CellStatus: String, Sendable {
    case waiting, running, done, failed
}

/// What the store knows of a cell.
public struct CellRecord: Sendable {
    public let key: String
    public let status: CellStatus
    /// How often it was begun.
    public let attempts: Int
    /// How often the process that ran it alone, without a parent to tell of it, ended without a word.
    public let deaths: Int
    /// The process that runs it.
    let worker: ProcessIdentity?
    public let started: Double?
    public let ended: Double?
    /// JSON text of what came of it.
    public let result: String?
    public let error: String?
    /// The file with what its process wrote.
    public let log: String?
    /// JSON text: the files that it read, with their contents' hashes.
    let files: String?
    /// Its record among the runs.
    let run: String?

    /// How long it took.
    public var seconds: Double? {
        guard status == .done, let started, let ended else { return nil }
        return max(0, ended - started)
    }
}
