import Foundation

extension RasterImage {
    /// The image in another size, bicubic with a = -1/2 (Keys 1981), as Pillow 13's `resize(…, BICUBIC)` computes it to the byte: a
    /// shrinking image is filtered over as many pixels as become one, in two passes that round to bytes, with weights of 22 bits.
    ///
    /// Rows come first, unless the height shrinks by more than twice what the width does (earlier versions of Pillow always take rows
    /// first, which rounds otherwise). Both sizes must be positive.
    func resized(width newWidth: Int, height newHeight: Int) -> RasterImage {
        let columnsFirst = newHeight < height && height - newHeight > 2 * (width - newWidth)
        return columnsFirst
            ? self.resized(height: newHeight).resized(width: newWidth) : self.resized(width: newWidth).resized(height: newHeight)
    }

    private func resized(width newWidth: Int) -> RasterImage {
        guard newWidth != width else { return self }
        let rows = Self.pass(rgb, lines: height, Self.weights(from: width, to: newWidth))
        return RasterImage(width: newWidth, height: height, rgb: rows) ?? self
    }

    private func resized(height newHeight: Int) -> RasterImage {
        newHeight == height ? self : transposed.resized(width: newHeight).transposed
    }

    /// Rows as columns.
    private var transposed: RasterImage {
        var result: [UInt8] = []
        result.reserveCapacity(rgb.count)
        for x in 0..<width {
            for y in 0..<height {
                let at = (y * width + x) * 3
                result += rgb[at..<at + 3]
            }
        }
        return RasterImage(width: height, height: width, rgb: result) ?? self
    }

    /// For each output pixel the first input pixel that it reads and their weights.
    private struct Weights {
        var inputs: Int
        var taps: [(first: Int, weights: [Int32])]
    }

    private static let precision = 22

    private static func weights(from inputs: Int, to outputs: Int) -> Weights {
        let scale = Double(inputs) / Double(outputs)
        let stretch = max(scale, 1)
        let support = 2 * stretch
        let taps = (0..<outputs).map { place in
            let centre = (Double(place) + 0.5) * scale
            let first = max(Int(centre - support + 0.5), 0)
            let last = min(Int(centre + support + 0.5), inputs)
            let exact = (first..<last).map { bicubic((Double($0) - centre + 0.5) / stretch) }
            let sum = exact.reduce(0, +)
            return (
                first,
                exact.map { weight in
                    let scaled = weight / sum * Double(1 << precision)
                    return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
                }
            )
        }
        return Weights(inputs: inputs, taps: taps)
    }

    private static func bicubic(_ x: Double) -> Double {
        let a = -0.5, x = abs(x)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }

    /// Every line of `weights.inputs` pixels becomes one of as many as there are weights.
    private static func pass(_ source: [UInt8], lines: Int, _ weights: Weights) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(lines * weights.taps.count * 3)
        for line in 0..<lines {
            for (first, tap) in weights.taps {
                let start = (line * weights.inputs + first) * 3
                var sums = SIMD3<Int32>(repeating: 1 << Int32(precision - 1))
                for (i, weight) in tap.enumerated() {
                    let at = start + i * 3
                    sums &+= SIMD3(Int32(source[at]), Int32(source[at + 1]), Int32(source[at + 2])) &* weight
                }
                for channel in 0..<3 { result.append(UInt8(clamping: sums[channel] >> Int32(precision))) }
            }
        }
        return result
    }

    /// The middle part of this size; where the image is smaller, black around it (`center_crop` of Hugging Face's image transforms).
    func cropped(width newWidth: Int, height newHeight: Int) -> RasterImage {
        func origin(_ size: Int, _ wanted: Int) -> Int {
            // Rounded down where there is too much, and so that the image lies lower right of the middle where there is too little.
            size >= wanted ? (size - wanted) / 2 : -((wanted - size + 1) / 2)
        }
        let (left, top) = (origin(width, newWidth), origin(height, newHeight))
        var result: [UInt8] = []
        result.reserveCapacity(newWidth * newHeight * 3)
        for y in top..<top + newHeight {
            for x in left..<left + newWidth {
                if (0..<width).contains(x), (0..<height).contains(y) {
                    let at = (y * width + x) * 3
                    result += rgb[at..<at + 3]
                } else {
                    result += [0, 0, 0]
                }
            }
        }
        return RasterImage(width: newWidth, height: newHeight, rgb: result) ?? self
    }
}
