import Testing

@testable import Images

@Suite struct PixelValuesTests {
    @Test func countsMustFitTheShape() {
        #expect(PixelValues(channels: 3, height: 2, width: 2, values: [Float](repeating: 0, count: 12))?.shape == [3, 2, 2])
        #expect(PixelValues(channels: 3, height: 2, width: 2, values: [Float](repeating: 0, count: 11)) == nil)
        #expect(PixelValues(channels: 0, height: 2, width: 2, values: []) == nil)
        #expect(PixelValues(channels: 3, height: .max, width: 2, values: []) == nil)
    }

    /// An image is found in a dictionary by its bits, with a NaN in it too; -0 and 0 are different bits.
    @Test func bitsDecide() throws {
        func image(_ value: Float, channels: Int = 1) throws -> PixelValues {
            try #require(PixelValues(channels: channels, height: 2 / channels, width: 1, values: [value, 1]))
        }
        #expect(try image(.nan) == image(.nan) && Set([image(.nan), image(.nan)]).count == 1)
        #expect(try image(0) != image(-0.0))
        #expect(try image(2) != image(2, channels: 2))
    }

    /// Bytes with their tables are the numbers that they stand for, and equal to them.
    @Test func bytesStandForNumbers() throws {
        let tables = [(0..<256).map { Float($0) / 2 }, (0..<256).map { -Float($0) }]
        let bytes = try #require(PixelValues(channels: 2, height: 1, width: 2, bytes: [3, 255, 0, 7], tables: tables))
        let numbers = try #require(PixelValues(channels: 2, height: 1, width: 2, values: [1.5, 127.5, -0.0, -7]))
        #expect(bytes.numbers == [1.5, 127.5, 0, -7] && bytes == numbers && Set([bytes, numbers]).count == 1)
        let others = [tables[0], tables[0]]
        #expect(try bytes != #require(PixelValues(channels: 2, height: 1, width: 2, bytes: [3, 255, 0, 7], tables: others)))
        #expect(try bytes != #require(PixelValues(channels: 2, height: 1, width: 2, bytes: [3, 255, 1, 7], tables: tables)))
        #expect(PixelValues(channels: 2, height: 1, width: 2, bytes: [3, 255, 0, 7], tables: [tables[0]]) == nil)
    }

    @Test func itemsAreTextsOrImages() throws {
        let pixels = try #require(PixelValues(channels: 1, height: 1, width: 2, values: [0, 1]))
        #expect("boots" == ItemContent.text("boots") && ItemContent.text("boots").text == "boots")
        #expect(ItemContent.image(pixels).text == nil && "\(ItemContent.image(pixels))" == "image [1, 1, 2]")
    }
}
