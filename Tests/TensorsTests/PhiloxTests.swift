import Foundation
import Testing

@testable import Tensors

@Suite struct PhiloxTests {
    /// Known answers of Philox4x32-10 from Random123's kat_vectors: counter, key, result.
    @Test func blocksAreThoseOfThePaper() {
        let zero = Philox(seed: 0).block(0)
        #expect([zero.0, zero.1, zero.2, zero.3] == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        let ones = Philox(seed: .max, stream: .max).block(.max)
        #expect([ones.0, ones.1, ones.2, ones.3] == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        let pi = Philox(seed: 0x299F_31D0_A409_3822, stream: 0x0370_7344_1319_8A2E).block(0x85A3_08D3_243F_6A88)
        #expect([pi.0, pi.1, pi.2, pi.3] == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
    }

    @Test func aRestoredPositionContinuesTheSequence() {
        var first = Philox(seed: 9, purpose: "dropout")
        _ = (0..<5).map { _ in first.next32() }
        var second = Philox(seed: 9, stream: first.stream, position: first.position)
        #expect((0..<9).map { _ in first.next32() } == (0..<9).map { _ in second.next32() })
        var other = Philox(seed: 9, purpose: "shuffle")
        #expect(other.next() != second.next())
    }

    @Test func distributionsHaveTheirMoments() throws {
        var random = Philox(seed: 1)
        let normal = try random.normal([200_000], dtype: .f64)
        #expect(try abs(normal.mean().item()) < 0.01)
        #expect(try abs(normal.std().item() - 1) < 0.01)
        let uniform = try random.uniform([200_000], from: -1, to: 3, dtype: .f64)
        #expect(try abs(uniform.mean().item() - 1) < 0.01)
        #expect(try uniform.min().item() >= -1 && uniform.max().item() < 3)
        let mask = try random.dropoutMask([200_000], probability: 0.1)
        #expect(Set(mask.floats()) == [0, Float(1 / 0.9)])
        #expect(try abs(mask.mean().item() - 1) < 0.01)
        #expect(random.permutation(100).sorted() == Array(0..<100))
        #expect((0..<1000).allSatisfy { _ in (0..<7).contains(random.below(7)) })
        #expect(throws: TensorError.self) { try random.dropoutMask([2], probability: 1) }
    }

    /// From any position, odd ones too, a word after the other, as the counter names them.
    @Test(arguments: 0..<9 as Range<UInt64>) func wordsComeInTheOrderOfTheCounter(_ position: UInt64) {
        func word(_ i: UInt64) -> UInt32 {
            let words = Philox(seed: 3).block(i >> 2)
            return [words.0, words.1, words.2, words.3][Int(i & 3)]
        }
        var random = Philox(seed: 3, position: position)
        #expect(random.next() == UInt64(word(position + 1)) << 32 | UInt64(word(position)))
        #expect(random.next32() == word(position + 2))
        #expect(random.position == position + 3)
        var again = Philox(seed: 3, position: position)
        let (u, v) = (1 - again.uniform(), again.uniform())
        var normal = Philox(seed: 3, position: position)
        #expect(normal.normal() == (-2 * log(u)).squareRoot() * cos(2 * .pi * v))
        #expect(normal.position == again.position)
    }

    /// Whatever threads fill a tensor, its elements are those that one generator draws one by one.
    @Test func tensorsHoldTheSequence() throws {
        var whole = Philox(seed: 5, position: 1), single = whole
        let filled = try whole.normal([50_001], dtype: .f64)
        #expect(filled.doubles() == (0..<50_001).map { _ in single.normal() })
        #expect(whole.position == single.position)
        let uniform = try whole.uniform([9_000], dtype: .f64)
        #expect(uniform.doubles() == (0..<9_000).map { _ in single.uniform() })
        let mask = try whole.dropoutMask([70], probability: 0.5)
        #expect(mask.floats() == (0..<70).map { _ in single.next32() < 1 << 31 ? 0 : 2 })
        #expect(whole.position == single.position)
    }
}
