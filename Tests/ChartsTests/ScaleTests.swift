import Testing

@testable import Charts

@Suite struct ScaleTests {
    /// Heckbert's nicenum, rounded: the step nearest to the range's share in 1, 2, 5 times a power of ten.
    @Test(arguments: [(0.7, 0.5), (1.4, 1), (1.5, 2), (2.9, 2), (3, 5), (6.9, 5), (7, 10), (0.00012, 0.0001), (4.2e7, 5e7)])
    func stepsAreNice(raw: Double, step: Double) {
        #expect(abs(Scale.niceStep(raw) / step - 1) < 1e-12)
    }

    @Test func ticksAreRoundAndInside() {
        #expect(Scale([0.12, 0.48]).ticks(about: 4).map(\.text) == ["0.2", "0.3", "0.4"])
        #expect(Scale([-5, 5]).ticks(about: 4).map(\.text) == ["-4", "-2", "0", "2", "4"])
        #expect(Scale([1, 1000], logarithmic: true).ticks(about: 4).map(\.text) == ["1", "10", "100", "1000"])
    }

    @Test(arguments: [
        [], [3.0], [0, 0], [.nan], [.infinity, 1], [-.greatestFiniteMagnitude, .greatestFiniteMagnitude],
        [.leastNonzeroMagnitude, .leastNormalMagnitude],
    ])
    func everyRangeHasPlaces(values: [Double]) {
        for logarithmic in [false, true] {
            let scale = Scale(values, logarithmic: logarithmic, margin: 0.05)
            for value in values {
                guard let place = scale.position(value) else { continue }
                #expect(place >= -1e-9 && place <= 1 + 1e-9)
            }
            #expect(scale.ticks(about: 5).count < 1000)
        }
    }
}

@Suite struct HistogramTests {
    /// numpy.histogram([1, 2, 2, 3, 9, 10], bins = 3): counts 4, 0, 2; edges 1, 4, 7, 10.
    @Test func countsAsNumPyDoes() throws {
        let histogram = try Histogram([1, 2, 2, 3, 9, 10, .nan], bins: 3)
        #expect(histogram.counts == [4, 0, 2])
        #expect(histogram.edges == [1, 4, 7, 10])
        #expect(histogram.omitted == 1)
    }

    /// len(numpy.histogram_bin_edges(x, "auto")) - 1 for x = (arange(n) ** 2) % 101: 8 bins for n = 100, 14 for n = 1000; for
    /// arange(10): 5; all values equal: 1.
    @Test func choosesTheNumberOfBinsAsNumPyDoes() throws {
        func automatic(_ values: [Double]) throws -> Int { try Histogram(values).counts.count }
        #expect(try automatic((0..<100).map { Double($0 * $0 % 101) }) == 8)
        #expect(try automatic((0..<1000).map { Double($0 * $0 % 101) }) == 11)
        #expect(try automatic((0..<10).map(Double.init)) == 5)
        #expect(try automatic([4, 4, 4]) == 1)
    }

    @Test func refusesOddBins() {
        #expect(throws: ChartError.self) { try Histogram([1, 2], bins: 0) }
        #expect(throws: ChartError.self) { try Histogram([1, 1.0.nextUp], bins: 500) }
    }
}
