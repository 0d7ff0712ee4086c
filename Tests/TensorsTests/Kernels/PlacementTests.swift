import CKernels
import Testing

@testable import Tensors

/// The same numbers give the same bits wherever in memory they lie. A compiler guards the loops that it vectorises by comparing addresses, and
/// runs plain ones where arrays are near each other; both must round alike.
@Suite struct PlacementTests {
    private static let columns = 32

    /// An array for a kernel: what it holds before, and whether its bits count afterwards.
    private struct Operand {
        let values: [Float]
        let isOutput: Bool
    }

    private static func noise(_ seed: Int) -> [Float] {
        (0..<columns).map { Float((seed &* 7919 &+ $0 &* 104_729) % 2003) / 997 - 0.9 }
    }

    private static func inputs(_ count: Int) -> [Operand] { (0..<count).map { Operand(values: noise($0 + 1), isOutput: false) } }
    private static func outputs(_ count: Int) -> [Operand] { (0..<count).map { Operand(values: noise($0 + 50), isOutput: true) } }

    /// The outputs' bits when the arrays lie in this order with `gap` floats between them.
    private static func bits(
        _ arrays: [Operand], order: [Int], gap: Int, _ kernel: ([UnsafeMutablePointer<Float>]) -> Void
    ) -> [UInt32] {
        let stride = columns + gap
        return withUnsafeTemporaryAllocation(byteCount: arrays.count * stride * 4, alignment: 64) { memory in
            guard let base = memory.bindMemory(to: Float.self).baseAddress else { return [] }
            var places = [UnsafeMutablePointer<Float>](repeating: base, count: arrays.count)
            for (slot, index) in order.enumerated() {
                places[index] = base + slot * stride
                places[index].update(from: arrays[index].values, count: columns)
            }
            kernel(places)
            return arrays.indices.filter { arrays[$0].isOutput }.flatMap { index in (0..<columns).map { places[index][$0].bitPattern } }
        }
    }

    private func agree(_ level: Kernels.Level, _ name: String, _ arrays: [Operand], _ kernel: ([UnsafeMutablePointer<Float>]) -> Void) {
        Kernels.with(level: level) {
            let far = Self.bits(arrays, order: Array(arrays.indices), gap: 1024, kernel)
            for shift in arrays.indices {
                for reversed in [false, true] {
                    let turned = arrays.indices.map { ($0 + shift) % arrays.count }
                    for gap in [0, 16, 32, 96] {
                        let near = Self.bits(arrays, order: reversed ? turned.reversed() : turned, gap: gap, kernel)
                        #expect(near == far, "\(name) at \(level), turned by \(shift), gap \(gap), reversed \(reversed)")
                    }
                }
            }
        }
    }

    @Test(arguments: Kernels.Level.available) func bitsDoNotDependOnAddresses(level: Kernels.Level) {
        let n = Self.columns
        agree(level, "layer norm", Self.inputs(3) + Self.outputs(1)) { a in
            eft_f32().pointee.layer_norm(a[0], a[1], a[2], 1e-5, a[3], nil, nil, 1, n)
        }
        agree(level, "layer norm's gradient", Self.inputs(3) + Self.outputs(3)) { a in
            var (mean, rstd): (Float, Float) = (0.3, 1.7)
            eft_f32().pointee.layer_norm_gradient(a[0], a[1], a[2], &mean, &rstd, a[3], a[4], a[5], 1, n)
        }
        agree(level, "SGD", Self.inputs(1) + Self.outputs(1)) { a in eft_f32().pointee.sgd(a[1], a[0], 0.3, 0.01, n) }
        agree(level, "SGD with momentum", Self.inputs(1) + Self.outputs(2)) { a in
            eft_f32().pointee.sgd_momentum(a[1], a[0], a[2], 0.3, 0.01, 0.9, true, n)
        }
        agree(level, "softmax's gradient", Self.inputs(2) + Self.outputs(1)) { a in
            eft_f32().pointee.softmax_gradient(a[0], a[1], a[2], 1, n)
        }
        let moments = Self.outputs(2).map { Operand(values: $0.values.map(abs), isOutput: true) }
        agree(level, "AdamW", Self.inputs(1) + Self.outputs(1) + moments) { a in
            var step = eft_adamw_step(0.01, 0.9, 0.999, 1e-8, 0.01, 3)
            eft_f32().pointee.adamw(a[1], a[0], a[2], a[3], &step, n)
        }
    }
}
