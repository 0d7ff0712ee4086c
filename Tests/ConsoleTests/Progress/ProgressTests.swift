import Foundation
import Synchronization
import Testing
import Text

@testable import Bindings

@Suite struct ProgressStateTests {
    /// 420 of 1000 steps at ten a second, with a loss.
    private func training() -> ProgressState {
        var state = ProgressState(label: "train", total: 1000, start: 0)
        for step in 1...420 { state.advance(figures: [("loss", 0.3456)], now: Double(step) / 10) }
        return state
    }

    @Test func showsEverythingWhereThereIsRoom() {
        let line = training().line(width: 100, now: 42)
        #expect(line == "train   42%  ▕███████████▊                ▏  420/1000  10.0/s  58s left  loss 0.3456")
    }

    @Test(arguments: [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 79, 80, 120])
    func fitsTheWindow(width: Int) {
        let line = training().line(width: width, now: 42)
        #expect(DisplayWidth.columns(line) <= max(1, width - 1))
    }

    @Test func leavesOutTheLeastFirst() {
        #expect(training().line(width: 50, now: 42) == "train   42%  10.0/s  58s left  loss 0.3456")
        #expect(training().line(width: 30, now: 42) == "train   42%  loss 0.3456")
        #expect(training().line(width: 15, now: 42) == "train   42%")
        #expect(training().line(width: 6, now: 42) == " 42%")
    }

    /// Of several figures the first ones stay longest, before the rate and the time go.
    @Test func figuresGoOneByOne() {
        var state = training()
        state.advance(by: 0, figures: [("test_loss", 0.25), ("test_not_irrelevant_dist_shift", 0.5)], now: 42)
        #expect(state.line(width: 80, now: 42) == "train   42%  10.0/s  58s left  loss 0.3456  test_loss 0.2500")
        #expect(state.line(width: 50, now: 42) == "train   42%  10.0/s  58s left  loss 0.3456")
        #expect(state.line(width: 30, now: 42) == "train   42%  loss 0.3456")
    }

    @Test func knowsNoEndWithoutATotal() {
        var state = ProgressState(label: "", total: nil, start: 100)
        state.advance(by: 30, now: 103)
        #expect(state.line(width: 80, now: 103) == "30  10.0/s  3.0s")
        #expect(state.plainLine(now: 103) == "30, 10.0/s, 3.0s")
    }

    @Test func logLineSaysTheSame() {
        #expect(training().plainLine(now: 42) == "train: 42% (420/1000), 10.0/s, loss 0.3456, 58s left")
        #expect(training().summary(now: 42) == "train: 420 in 42s (10.0/s), loss 0.3456")
    }

    @Test func theRateFollowsAChange() throws {
        var state = training()
        for step in 1...400 { state.advance(now: 42 + Double(step) / 40) }
        // Ten seconds at forty a second after a long time at ten: nearer to the new rate.
        let rate = try #require(state.rate)
        #expect(rate > 30 && rate < 40)
    }

    @Test func oddCountsDoNoHarm() {
        var state = ProgressState(label: "x", total: 0, start: 0)
        state.advance(by: 5, figures: [("loss", .nan)], now: 0)
        #expect(state.line(width: 80, now: 0) == "x  5/0  loss nan")
        state = ProgressState(label: "x", total: 3, start: 0)
        state.advance(by: Int.max, now: 1)
        state.advance(by: Int.max, now: 2)
        _ = state.line(width: 80, now: 2)
        state = ProgressState(label: "x", total: 10, start: 5)
        state.advance(by: 12, now: 4)
        #expect(state.line(width: 20, now: 4).hasPrefix("x  100%"))
    }

    @Test(arguments: [
        (0.0, "0"), (0.34561, "0.3456"), (12.3456, "12.35"), (1234.5, "1234"), (1e-7, "1.000e-07"), (-0.5, "-0.5000"), (.infinity, "inf"),
    ])
    func numbersHaveFourDigits(value: Double, text: String) {
        #expect(ProgressState.number(value) == text)
    }

    @Test(arguments: [(0.0, "0s"), (3.0, "3.0s"), (47.2, "47s"), (185, "3:05"), (7385, "2:03:05"), (.infinity, "∞")])
    func durationsReadAsClocks(seconds: Double, text: String) {
        #expect(ProgressState.duration(seconds) == text)
    }

    @Test(arguments: [(25.0, "25.0/s"), (1234.4, "1234/s"), (0.25, "4.00 s each"), (0, "0/s")])
    func slowRatesAreTurnedRound(value: Double, text: String) {
        #expect(ProgressState.rate(value) == text)
    }
}

@Suite struct ProgressDisplayTests {
    /// A display whose clock the test turns, and what it drew.
    private final class Recorder: Sendable {
        let time = Mutex(0.0)
        let drawn = Mutex<[String?]>([])
        let logged = Mutex<[String]>([])

        func display(isTerminal: Bool) -> ProgressDisplay {
            ProgressDisplay(
                clock: { self.time.withLock { $0 } }, isTerminal: { isTerminal }, width: { 60 },
                draw: { line in self.drawn.withLock { $0.append(line) } }, log: { line in self.logged.withLock { $0.append(line) } })
        }

        func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    @Test func aTerminalIsRedrawnAtMostTenTimesASecondAndLeftClean() {
        let recorder = Recorder()
        let bar = ProgressBar(label: "x", total: 1000, display: recorder.display(isTerminal: true))
        for _ in 0..<1000 {
            recorder.pass(0.001)
            bar.advance()
        }
        bar.finish()
        let drawn = recorder.drawn.withLock { $0 }
        #expect(drawn.count >= 8 && drawn.count <= 12)
        #expect(drawn.last == .some(nil))
        #expect(recorder.logged.withLock { $0 }.isEmpty)
    }

    @Test func aLogGetsALineForEachTenth() {
        let recorder = Recorder()
        let bar = ProgressBar(label: "x", total: 100, display: recorder.display(isTerminal: false))
        for _ in 0..<100 {
            recorder.pass(1)
            bar.advance()
        }
        bar.finish()
        let lines = recorder.logged.withLock { $0 }
        #expect(lines.count == 10)
        #expect(lines.first == "x: 10% (10/100), 1.00/s, 1:30 left")
        #expect(lines.last == "x: 100 in 1:40 (1.00/s)")
    }

    @Test func aQuickJobLogsOneLine() {
        let recorder = Recorder()
        let bar = ProgressBar(label: "x", total: 100, display: recorder.display(isTerminal: false))
        for _ in 0..<100 {
            recorder.pass(0.001)
            bar.advance()
        }
        bar.finish()
        #expect(recorder.logged.withLock { $0 } == ["x: 100 in 0.10s (1000/s)"])
    }

    @Test func barsNestOnOneLine() {
        let recorder = Recorder()
        let display = recorder.display(isTerminal: true)
        let outer = ProgressBar(label: "epoch", total: 3, display: display)
        outer.advance()
        let inner = ProgressBar(label: "", total: 10, display: display)
        recorder.pass(1)
        inner.advance(by: 5)
        #expect(recorder.drawn.withLock { $0.last } == .some("epoch 1/3 ›  50%  ▕██████      ▏  5/10  5.00/s  1.0s left"))
        recorder.pass(1)
        inner.finish()
        #expect(recorder.drawn.withLock { $0.last??.hasPrefix("epoch") } == true)
        outer.finish()
        #expect(recorder.drawn.withLock { $0.last } == .some(nil))
    }
}
