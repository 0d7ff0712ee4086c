import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@testable import Charts

/// Reads the documents back with an XML parser of others.
@Suite struct SVGChartTests {
    private final class Reader: NSObject, XMLParserDelegate {
        var shapes: [String: Int] = [:]
        var attributes: [[String: String]] = []
        var text = ""
        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
            attributes values: [String: String]
        ) {
            shapes[name, default: 0] += 1
            attributes.append(values)
        }
        func parser(_: XMLParser, foundCharacters characters: String) { text += characters }
    }

    private func read(_ chart: Chart) throws -> Reader {
        let reader = Reader()
        let parser = XMLParser(data: Data(SVGChart().text(chart).utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return reader
    }

    @Test func curvesBecomePolylinesWithinThePage() throws {
        var chart = Chart(.lines([.init(name: "a<b & \"c\"", ys: [1, 2, .nan, 3, 4]), .init(name: "é", ys: [0, 1])]))
        chart.title = "Loss\u{1}"
        let page = try read(chart)
        #expect(page.shapes["polyline"] == 3, "a gap splits a curve")
        #expect(page.text.contains("a<b & \"c\"") && page.text.contains("é"))
        #expect(page.text.contains("1 value is left out: not finite"))
        for points in page.attributes.compactMap({ $0["points"] }) {
            for pair in points.split(separator: " ") {
                let numbers = pair.split(separator: ",").compactMap { Double($0) }
                #expect(numbers.count == 2 && (0...640).contains(numbers[0]) && (0...400).contains(numbers[1]))
            }
        }
    }

    /// The outline of a long curve stays: its lowest and highest places are among those drawn.
    @Test func longCurvesAreThinned() throws {
        var ys = (0..<200_000).map { sin(Double($0) / 1000) }
        ys[123_456] = 9
        let page = try read(Chart(.lines([.init(ys: ys)])))
        let points = try #require(page.attributes.compactMap { $0["points"] }.first).split(separator: " ")
        #expect(points.count < 4 * 640)
        let heights = points.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
        #expect(heights.filter { $0 < 40 }.count == 1, "the one outlier")
    }

    @Test func eachValueHasItsShape() throws {
        #expect(try read(Chart(.bars(labels: ["a", "b"], values: [1, -2]))).shapes["rect"] == 3)
        #expect(try read(Chart(.histogram(try Histogram([1, 2, 3], bins: 3)))).shapes["rect"] == 4)
        #expect(try read(Chart(.points([.init(xs: [1, 2], ys: [3, .infinity])]))).shapes["circle"] == 1)
        let map = try read(Chart(.heatmap(rows: [[0, 1], [2, 3]], rowLabels: ["a", "b"], columnLabels: ["c", "d"])))
        #expect(map.shapes["rect"] == 5)
        #expect(map.text.contains("d") && map.text.contains("3"))
    }
}
