import Foundation

/// Amounts of memory as people read them.
enum ByteCount {
    /// `812 B`, `4.3 KiB`, `270 MiB`, `1.2 GiB`.
    static func text(_ bytes: Int) -> String {
        var amount = Double(bytes)
        for unit in ["B", "KiB", "MiB"] {
            if amount < 1023.5 { return String(format: unit == "B" || amount >= 9.95 ? "%.0f %@" : "%.1f %@", amount, unit) }
            amount /= 1024
        }
        return String(format: amount < 9.95 ? "%.1f GiB" : "%.0f GiB", amount)
    }
}
