import Charts
import Testing

@Suite struct SparklineTests {
    @Test func spansFromLeastToGreatest() {
        #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], columns: 8) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline.text([1, 1], columns: 8) == "▄▄")
        #expect(Sparkline.text([], columns: 8) == "")
    }

    @Test func averagesLongCurvesAndLeavesGaps() {
        #expect(Sparkline.text([0, 0, 7, 7, .nan, .infinity], columns: 3) == "▁█ ")
        #expect(Sparkline.text((0..<1000).map(Double.init), columns: 24).count == 24)
        #expect(Sparkline.text([.nan], columns: 5) == " ")
    }
}
