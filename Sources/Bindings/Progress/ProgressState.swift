import Foundation
import Text

/// How far a long job is, and how that reads: a pure value, so that its drawing can be tested without a clock or a terminal.
package struct ProgressState: Sendable {
    package var label: String
    /// Steps in all; nil when unknown.
    package var total: Int?
    package private(set) var done = 0
    /// Figures shown beside the rate, such as the loss, in the order of their first mention.
    package private(set) var figures: [Figure] = []
    /// Seconds on a steady clock.
    package let start: Double
    private var lastTime: Double
    /// Steps per second over the recent past; nil before the first step that took time.
    package private(set) var rate: Double?

    package struct Figure: Sendable, Equatable {
        package var name: String
        package var value: Double
    }

    /// Seconds over which the rate forgets: short enough to follow a change, long enough to stand still.
    private static let memory = 5.0

    package init(label: String, total: Int?, start: Double) {
        self.label = label
        self.total = total.map { max(0, $0) }
        self.start = start
        lastTime = start
    }

    /// Counts `steps` done at time `now` and notes the figures that came with them.
    package mutating func advance(by steps: Int = 1, figures new: [(name: String, value: Double)] = [], now: Double) {
        let (sum, overflow) = done.addingReportingOverflow(max(0, steps))
        done = overflow ? Int.max : sum
        for (name, value) in new {
            if let index = figures.firstIndex(where: { $0.name == name }) {
                figures[index].value = value
            } else {
                figures.append(Figure(name: name, value: value))
            }
        }
        let elapsed = now - lastTime
        guard elapsed > 0.001, steps > 0 else { return }
        let current = Double(steps) / elapsed
        // Exponential forgetting in time, so that it does not matter how the steps are grouped.
        let weight = elapsed / (elapsed + Self.memory)
        // Early on, the plain average is the better estimate.
        let age = now - start
        rate = age < Self.memory ? Double(done) / max(age, 0.001) : (rate ?? current) * (1 - weight) + current * weight
        lastTime = now
    }

    /// The part done, 0 to 1; nil when the total is unknown or zero.
    package var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, Double(done) / Double(total))
    }

    // MARK: Text

    /// One terminal line of fewer than `width` columns: label, bar, count, rate, figures, remaining time, as far as they fit.
    package func line(width: Int, now: Double) -> String {
        let limit = max(1, width - 1)
        let count = total.map { "\(done)/\($0)" } ?? "\(done)"
        let percent = fraction.map { Self.pad("\(Int($0 * 100))%", 4) }
        let numbers = figures.map { "\($0.name) \(Self.number($0.value))" }
        let rest = [rateText, timeText(now: now)].compactMap { $0 }
        // What is left out first comes last in this list: the bar, the count, the figures, the rate and time.
        var layouts: [[String]] = [[label, percent ?? "", count] + rest + numbers, [label, percent ?? count] + rest + numbers]
        // Of several figures the first, the loss, stays longest.
        for shown in numbers.indices.dropFirst().reversed() { layouts.append([label, percent ?? count] + rest + numbers.prefix(shown)) }
        layouts += [[label, percent ?? count] + numbers.prefix(1), [label, percent ?? count], [percent ?? count]]
        for (index, layout) in layouts.enumerated() {
            let parts = layout.filter { !$0.isEmpty }
            let text = parts.joined(separator: "  ")
            let room = limit - DisplayWidth.columns(text)
            guard room >= 0 else { continue }
            guard index == 0, let fraction, room >= 8 else { return text }
            let bar = Self.bar(fraction, columns: min(30, room - 4))
            let position = label.isEmpty ? 1 : 2
            return (parts[..<position] + [bar] + parts[position...]).joined(separator: "  ")
        }
        return DisplayWidth.clip(percent ?? count, columns: limit)
    }

    /// The line for a log: everything, without a bar.
    package func plainLine(now: Double) -> String {
        let count = total.map { "\(done)/\($0)" } ?? "\(done)"
        let progress = fraction.map { "\(Int($0 * 100))% (\(count))" } ?? count
        let numbers = figures.map { "\($0.name) \(Self.number($0.value))" }
        let parts = [progress] + [rateText].compactMap { $0 } + numbers + [timeText(now: now)].compactMap { $0 }
        return (label.isEmpty ? "" : label + ": ") + parts.joined(separator: ", ")
    }

    /// The last line of a log: how many, how long, how fast.
    package func summary(now: Double) -> String {
        let elapsed = max(0, now - start)
        let speed = elapsed > 0.001 ? " (\(Self.rate(Double(done) / elapsed)))" : ""
        let numbers = figures.map { ", \($0.name) \(Self.number($0.value))" }.joined()
        return (label.isEmpty ? "" : label + ": ") + "\(done) in \(Self.duration(elapsed))\(speed)\(numbers)"
    }

    private var rateText: String? { rate.map(Self.rate) }

    private func timeText(now: Double) -> String? {
        guard let total else { return Self.duration(max(0, now - start)) }
        guard let rate, rate > 0, done < total else { return nil }
        return Self.duration(Double(total - done) / rate) + " left"
    }

    /// A bar of `columns` in all, eighths of a column fine.
    static func bar(_ fraction: Double, columns: Int) -> String {
        let inner = max(1, columns - 2)
        let eighths = Int((fraction * Double(inner) * 8).rounded(.down))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8) + partial
        return "▕" + full + String(repeating: " ", count: max(0, inner - eighths / 8 - (partial.isEmpty ? 0 : 1))) + "▏"
    }

    /// Steps per second, or seconds per step when slower than that.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0/s" }
        if value < 0.995 { return "\(number(1 / value, digits: 3)) s each" }
        return value < 1e15 && value >= 1000 ? "\(Int(value.rounded()))/s" : "\(number(value, digits: 3))/s"
    }

    /// `47s`, `3:05`, `2:03:05`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "∞" }
        let whole = Int(max(0, seconds).rounded())
        if whole < 60 { return seconds < 9.95 && seconds > 0 ? "\(number(seconds, digits: 2))s" : "\(whole)s" }
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, pad("\(whole % 60)", 2, with: "0"))
        return hours > 0 ? "\(hours):\(pad("\(minutes)", 2, with: "0")):\(rest)" : "\(minutes):\(rest)"
    }

    /// `value` to `digits` significant digits, trailing zeros kept so that the line does not jump.
    static func number(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        guard value != 0 else { return "0" }
        // The exponent after rounding, so that 9.9999 is a two-digit 10.
        let rounded = String(format: "%.\(max(0, digits - 1))e", value)
        let exponent = rounded.split(separator: "e").last.flatMap { Int($0) } ?? 0
        if exponent < -4 || exponent > 9 { return rounded }
        return String(format: "%.\(max(0, digits - 1 - exponent))f", value)
    }

    private static func pad(_ text: String, _ columns: Int, with filler: String = " ") -> String {
        String(repeating: filler, count: max(0, columns - text.count)) + text
    }
}
