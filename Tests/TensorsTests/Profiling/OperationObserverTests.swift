import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Tensors

/// Every operation of the table, forward and back, is seen by an observer; what it is told nests and adds up.
@Suite struct OperationObserverTests {
    /// Writes down what it hears.
    final class Recorder: OperationObserver {
        struct State {
            var seen: Set<OperationProfile.Key> = []
            var depth = 0
            var lowest = 0
            var bytes = 0
            var operations = 0
        }
        let state = Mutex(State())

        func began(_ operation: String, _ pass: OperationPass) {
            state.withLock {
                $0.seen.insert(.init(operation: operation, pass: pass))
                $0.depth += 1
            }
        }
        func ended() {
            state.withLock {
                $0.depth -= 1
                $0.lowest = min($0.lowest, $0.depth)
            }
        }
        func allocated(bytes: Int) { state.withLock { $0.bytes += bytes } }
        func multiplied(operations: Int) { state.withLock { $0.operations += operations } }
    }

    /// Rows of the table that are another operation in disguise.
    private static let disguised = [
        "squeeze": "reshape", "unsqueeze": "reshape", "slice": "index", "attention": "scaled_dot_product_attention",
    ]

    @Test func everyOperationOfTheTableIsSeen() throws {
        let golden = try JSONDecoder().decode(GoldenOperationTests.Golden.self, from: Fixtures.data("tensor_ops.json"))
        let table = Dictionary(uniqueKeysWithValues: TensorOperation.table.map { ($0.name, $0) })
        var met: Set<String> = []
        for golden in golden.cases {
            let operation = try #require(table[golden.op])
            let leaves = try golden.inputs.map { try $0.tensor(.f32).requiringGrad() }
            let attributes = TensorOperation.Attributes(try GoldenOperationTests.attributes(golden, leaves))
            let forward = Recorder(), backward = Recorder()
            let output = try observingOperations(with: forward) { try operation(leaves, attributes) }
            try observingOperations(with: backward) { try output.backward(cotangent: golden.cotangent.tensor(.f32)) }
            // Powers with an operation of their own, such as the square root, are that.
            let exponent = golden.op == "pow" && attributes.names.contains("exponent")
            let name = exponent ? "" : Self.disguised[golden.op] ?? golden.op
            let seen = forward.state.withLock { $0 }, back = backward.state.withLock { $0 }
            #expect(seen.seen.contains { $0.pass == .forward && (exponent || $0.operation == name) }, "\(golden.op)")
            #expect(back.seen.contains(.init(operation: "backward", pass: .backward)), "\(golden.op)")
            #expect(back.seen.contains { $0.pass == .backward && $0.operation != "backward" }, "\(golden.op)")
            for state in [seen, back] { #expect(state.depth == 0 && state.lowest == 0, "\(golden.op): spans do not nest") }
            met.insert(golden.op)
        }
        // The golden file has no case for these. A row that is made of other operations is seen as those.
        for name in Set(table.keys).subtracting(met).sorted() {
            let operation = try #require(table[name])
            let sample = try #require(try GradientCheckTests.samples(name).first, "no sample arguments for \(name)")
            var random = Philox(seed: 1, purpose: name)
            let leaves = try sample.shapes.map { shape throws in
                try random.uniform(shape, from: sample.domain.lowerBound, to: sample.domain.upperBound, dtype: .f32).requiringGrad()
            }
            let forward = Recorder(), backward = Recorder()
            let output = try observingOperations(with: forward) { try operation(leaves, sample.attributes) }
            try observingOperations(with: backward) { try output.backward(cotangent: Tensor.ones(output.shape)) }
            let seen = forward.state.withLock { $0 }, back = backward.state.withLock { $0 }
            #expect(seen.seen.contains { $0.pass == .forward }, "\(name)")
            #expect(back.seen.contains { $0.pass == .backward && $0.operation != "backward" }, "\(name)")
            for state in [seen, back] { #expect(state.depth == 0 && state.lowest == 0, "\(name): spans do not nest") }
        }
    }

    @Test func operationsOfOneThreadAreNotToldToAnother() async throws {
        let recorder = Recorder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try observingOperations(with: recorder) { for _ in 0..<20 { _ = try Tensor.ones([4]).exp() } } }
            group.addTask { for _ in 0..<20 { _ = try Tensor.ones([4]).log() } }
            try await group.waitForAll()
        }
        #expect(recorder.state.withLock { $0.seen.map(\.operation) } == ["exp"])
    }

    @Test func productsCountTheirMultiplications() throws {
        // 2 m n k = 210 forward, and again for each side's gradient.
        let a = try Tensor.ones([5, 7]).requiringGrad(), b = try Tensor.ones([7, 3]).requiringGrad()
        let recorder = Recorder()
        try observingOperations(with: recorder) { try a.matmul(b).sum().backward() }
        let products = recorder.state.withLock { $0.operations }
        #expect(products == 630)

        // Attention over sequences of 2 and 4 tokens, 8 columns: 2 products forward, 5 back, each of 2 n² columns: 7 * 2 * 20 * 8.
        let x = try Tensor.ones([6, 8]).requiringGrad()
        let layer = Recorder()
        try observingOperations(with: layer) {
            try Fused.packedAttention(x, x, x, offsets: [0, 2, 6], heads: 2).sum().backward()
        }
        let attention = layer.state.withLock { $0.operations }
        #expect(attention == 2240)
    }

    @Test func aProfileAddsUp() throws {
        let profile = OperationProfile(), recorder = Recorder()
        let weight = try Parameter("w", Tensor.ones([4, 4]))
        let optimizer = try AdamW([weight])
        func step() throws {
            let x = try Tensor.ones([2, 4])
            try x.matmul(weight.tensor).softmax(dim: -1).square().mean().backward()
            try optimizer.step()
            optimizer.zeroGrad()
        }
        let start = OperationProfile.now()
        try observingOperations(with: profile) { for _ in 0..<3 { try step() } }
        let elapsed = OperationProfile.now() - start
        let totals = profile.totals
        #expect(totals[.init(operation: "matmul", pass: .forward)]?.calls == 3)
        #expect(totals[.init(operation: "softmax", pass: .backward)]?.calls == 3)
        #expect(totals[.init(operation: "adamw", pass: .update)]?.calls == 3)
        #expect(totals[.init(operation: "matmul", pass: .forward)]?.multiplications == 192)
        // Self times are disjoint parts of the whole.
        #expect(totals.values.reduce(0) { $0 + $1.selfNanoseconds } <= elapsed)
        for (key, total) in totals {
            #expect(total.selfNanoseconds >= 0 && total.selfNanoseconds <= total.totalNanoseconds, "\(key)")
        }
        // What is inside the way back belongs to it: a cotangent is made before, nothing else is forward there.
        #expect(totals.keys.contains { $0.operation == "copy" && $0.pass == .update } == false)
        try observingOperations(with: recorder) { try step() }
        let bytes = totals.values.reduce(profile.bytesOutside) { $0 + $1.bytes }
        // The first step also makes the two moments.
        let oneStep = recorder.state.withLock { $0.bytes }
        #expect(bytes == 3 * oneStep + 128)
    }

    @Test func anOperationThatFailsHasEnded() throws {
        let profile = OperationProfile()
        #expect(throws: TensorError.self) {
            try observingOperations(with: profile) { try Tensor.ones([2, 3]).matmul(.ones([2, 3])) }
        }
        #expect(profile.totals[.init(operation: "matmul", pass: .forward)]?.calls == 1)
    }
}
