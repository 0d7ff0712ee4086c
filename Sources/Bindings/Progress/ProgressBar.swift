import Foundation
import Synchronization
import Text

/// The display of a long job on standard error: a redrawn line on a terminal, otherwise a plain line now and then.
///
/// Bars nest: an inner bar's line shows the outer ones before it. Make one, `advance` it, and `finish` it whatever happens.
package final class ProgressBar: Sendable {
    private let display: ProgressDisplay
    private let id: Int

    /// - Parameter total: steps in all, or nil when unknown.
    package init(label: String, total: Int?, display: ProgressDisplay = .standard) {
        self.display = display
        id = display.begin(label: label, total: total)
    }

    /// Counts steps; `figures` (the loss) are shown beside the rate.
    package func advance(by steps: Int = 1, figures: [(name: String, value: Double)] = []) {
        display.advance(id, by: steps, figures: figures)
    }

    /// Ends the job and takes its line away, or writes its summary to a log.
    package func finish() { display.finish(id) }

    deinit { display.finish(id) }
}

/// The bars that are under way, innermost last, and when they were last shown.
package final class ProgressDisplay: Sendable {
    package static let standard = ProgressDisplay(
        clock: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }, isTerminal: { StatusLine.standard.isTerminal },
        width: { StatusLine.standard.width }, draw: { $0.map(StatusLine.standard.draw) ?? StatusLine.standard.clear() },
        log: { StatusLine.standard.log($0) })

    /// Seconds between two redraws, and between two lines of a log.
    private static let redrawInterval = 0.1
    private static let logInterval = 2.0
    private static let slowLogInterval = 10.0

    fileprivate struct Bar {
        let id: Int
        var state: ProgressState
        var lastLogTime: Double
        var lastLogTenth = 0
        var hasLogged = false
    }

    private struct State {
        var bars: [Bar] = []
        var nextID = 0
        var lastDraw = -Double.infinity
    }

    private let state = Mutex(State())
    private let clock: @Sendable () -> Double
    private let isTerminal: @Sendable () -> Bool
    private let width: @Sendable () -> Int
    /// Shows a line, or nothing for nil.
    private let draw: @Sendable (String?) -> Void
    private let log: @Sendable (String) -> Void

    package init(
        clock: @escaping @Sendable () -> Double, isTerminal: @escaping @Sendable () -> Bool, width: @escaping @Sendable () -> Int,
        draw: @escaping @Sendable (String?) -> Void, log: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.isTerminal = isTerminal
        self.width = width
        self.draw = draw
        self.log = log
    }

    fileprivate func begin(label: String, total: Int?) -> Int {
        let now = clock()
        return state.withLock { state in
            state.nextID += 1
            state.bars.append(Bar(id: state.nextID, state: ProgressState(label: label, total: total, start: now), lastLogTime: now))
            return state.nextID
        }
    }

    fileprivate func advance(_ id: Int, by steps: Int, figures: [(name: String, value: Double)]) {
        let now = clock()
        state.withLock { state in
            guard let index = state.bars.firstIndex(where: { $0.id == id }) else { return }
            state.bars[index].state.advance(by: steps, figures: figures, now: now)
            if isTerminal() {
                guard now - state.lastDraw >= Self.redrawInterval else { return }
                state.lastDraw = now
                draw(Self.line(state.bars.map(\.state), width: width(), now: now))
            } else if state.bars[index].isDue(now: now, interval: Self.logInterval, slow: Self.slowLogInterval) {
                state.bars[index].lastLogTime = now
                state.bars[index].hasLogged = true
                log(state.bars[index].state.plainLine(now: now))
            }
        }
    }

    fileprivate func finish(_ id: Int) {
        let now = clock()
        state.withLock { state in
            guard let index = state.bars.firstIndex(where: { $0.id == id }) else { return }
            let bar = state.bars.remove(at: index)
            if isTerminal() {
                state.lastDraw = state.bars.isEmpty ? -Double.infinity : now
                draw(state.bars.isEmpty ? nil : Self.line(state.bars.map(\.state), width: width(), now: now))
            } else if bar.hasLogged || state.bars.isEmpty, bar.state.done > 0 {
                log(bar.state.summary(now: now))
            }
        }
    }

    /// The innermost bar, with the outer ones' counts before it as far as there is room.
    package static func line(_ bars: [ProgressState], width: Int, now: Double) -> String {
        guard let inner = bars.last else { return "" }
        let outer = bars.dropLast().map { bar in
            let count = bar.total.map { "\(bar.done)/\($0)" } ?? "\(bar.done)"
            return (bar.label.isEmpty ? "" : bar.label + " ") + count + " › "
        }.joined()
        let room = width - DisplayWidth.columns(outer)
        return room >= 30 ? outer + inner.line(width: room, now: now) : inner.line(width: width, now: now)
    }
}

extension ProgressDisplay.Bar {
    /// A log wants a line at each tenth, but not too often; a slow job shows that it lives.
    fileprivate mutating func isDue(now: Double, interval: Double, slow: Double) -> Bool {
        let sinceLast = now - lastLogTime
        let tenth = Int((state.fraction ?? 0) * 10)
        guard let total = state.total, state.done < total else { return state.total == nil && sinceLast >= slow }
        guard sinceLast >= interval, tenth > lastLogTenth || sinceLast >= slow else { return false }
        lastLogTenth = tenth
        return true
    }
}
