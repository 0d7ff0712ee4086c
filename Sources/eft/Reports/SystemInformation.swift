import Console
import Foundation
import Models
import Tensors

/// What `eft info` and `%info` tell: versions, the machine, the kernel in use, and where things are kept.
enum SystemInformation {
    /// The report, a line each.
    static func lines() -> [String] {
        TextTable.lines(rows().map { [$0.name, $0.value] }, width: .max)
    }

    static func rows() -> [(name: String, value: String)] {
        let models = installedModels()
        return [
            ("eft", Workspace.version),
            ("Swift", swiftVersion),
            ("system", operatingSystem),
            ("processor", "\(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(vectorFeatures)"),
            ("memory", memory),
            ("BLAS", BLAS.description),
            ("kernels", "\(Kernels.level)" + (ProcessInfo.processInfo.environment["EFT_KERNEL_LEVEL"] == nil ? "" : " (EFT_KERNEL_LEVEL)")),
            ("threads", "\(Parallel.threads)" + (ProcessInfo.processInfo.environment["EFT_THREADS"] == nil ? "" : " (EFT_THREADS)")),
            (
                "frozen cache",
                FrozenCache.standardLimit == 0
                    ? "off (EFT_FROZEN_CACHE_MIB)"
                    : "at most \(FrozenCache.standardLimit >> 20) MiB a model; \(frozenCacheUse)"
            ),
            (
                "models",
                "\(HomeDirectory.abbreviate(Workspace.modelDirectory))"
                    + (models.isEmpty ? " (none yet)" : ": " + models.joined(separator: ", "))
            ),
            ("cache", HomeDirectory.abbreviate(Workspace.cacheDirectory)),
            ("history", HomeDirectory.abbreviate(HistoryFile.standard.path)),
            ("run store", HomeDirectory.abbreviate(Workspace.runDirectory)),
        ]
    }

    /// How often the caches of this session's models helped.
    private static var frozenCacheUse: String {
        let counts = FrozenCache.total
        guard let rate = counts.hitRate else { return "nothing looked up in this session" }
        return "\(counts.hits) of \(counts.hits + counts.misses) texts found in this session (\(Int((rate * 100).rounded())) %)"
    }

    /// Folders of the model directory that hold a configuration.
    static func installedModels() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Workspace.modelDirectory)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(Workspace.modelDirectory)/\($0)/config.json") }.sorted()
    }

    /// The compiler that built this program.
    private static var swiftVersion: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1 or earlier"
        #endif
    }

    private static var operatingSystem: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let machine = withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let distribution = field("PRETTY_NAME", of: "/etc/os-release", separator: "=")?.replacing("\"", with: "")
        return "\(distribution ?? "Linux"), Linux \(release) \(machine)"
    }

    private static var processor: String { field("model name", of: "/proc/cpuinfo", separator: ":") ?? "unknown processor" }

    private static var vectorFeatures: String {
        let flags = Set((field("flags", of: "/proc/cpuinfo", separator: ":") ?? "").split(separator: " "))
        let known = [("avx512f", "AVX-512"), ("avx2", "AVX2"), ("fma", "FMA"), ("f16c", "F16C"), ("amx_tile", "AMX")]
        let found = known.filter { flags.contains(Substring($0.0)) }.map(\.1)
        return found.isEmpty ? "no vector extensions known to eft" : found.joined(separator: " ")
    }

    private static var memory: String {
        let total = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
        return String(format: "%.1f GiB", total)
    }

    /// The value of the first `key: value` line of a system file.
    private static func field(_ key: String, of path: String, separator: Character) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: separator, maxSplits: 1)
            if parts.count == 2, trim(parts[0]) == key { return trim(parts[1]) }
        }
        return nil
    }

    private static func trim(_ text: Substring) -> String { text.trimmingCharacters(in: .whitespaces) }
}
