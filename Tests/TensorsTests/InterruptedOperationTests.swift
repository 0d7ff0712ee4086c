import Foundation
import Statement
import Synchronization
import Testing

@testable import Tensors

/// Operations on many elements hear of Ctrl-C inside of their loops.
///
/// The wish comes right after an allocation, from where on nothing but the operation's own loop looks for it: after each one for many
/// elements, unless the case says after which of all; 0 is before the operation, for those that loop before they allocate.
@Suite struct InterruptedOperationTests {
    struct Case: Sendable {
        let name: String
        let allocation: Int?
        let run: @Sendable (Operands) throws -> Void

        init(_ name: String, after allocation: Int? = nil, _ run: @escaping @Sendable (Operands) throws -> Void) {
            (self.name, self.allocation, self.run) = (name, allocation, run)
        }
    }

    /// The first three, of one storage, have more elements than kernels take before they look, the others more than loops in Swift.
    struct Operands: @unchecked Sendable {
        static let (count, few) = (72 << 20, 5 << 20)
        let vector: Tensor, matrix: Tensor, wide: Tensor
        let some: Tensor, whole: Tensor, mask: Tensor

        init() throws {
            vector = try .zeros([Self.count])
            matrix = try vector.reshape([Self.count / 64, 64])
            wide = try vector.reshape([4, Self.count / 4])
            some = try .zeros([Self.few])
            whole = try .zeros([Self.few], dtype: .i32)
            mask = try .full([Self.few], 1, dtype: .bool)
        }
    }

    static let cases = [
        Case("+") { _ = try $0.vector + $0.vector }, Case("+ a row") { _ = try $0.matrix + $0.matrix[.index(0)] },
        Case("+ a column") { _ = try $0.wide + $0.wide[.all, .slice(start: 0, stop: 1)] },
        Case("+ of i32") { _ = try $0.whole + $0.whole }, Case("remainder") { _ = try $0.some.remainder(2) },
        Case("exp") { _ = try $0.vector.exp() }, Case("neg of i32") { _ = try -$0.whole },
        Case("gradient of exp") { x in
            let leaf = try Parameter("x", x.vector)
            try leaf.tensor.exp().sum().backward()
        },
        Case(">") { _ = try $0.vector.greater(0) }, Case("> of rows") { _ = try $0.matrix.greater($0.matrix[.index(0)]) },
        Case("== of i32") { _ = try $0.whole.equal($0.whole) }, Case("and") { _ = try $0.mask.logicalAnd($0.mask) },
        Case("where") { x in _ = try Tensor.where(x.mask, x.whole, x.whole) }, Case("clamp") { _ = try $0.vector.clamp(max: 0.1) },
        Case("sum", after: 1) { _ = try $0.vector.sum() }, Case("sum of rows", after: 1) { _ = try $0.matrix.sum(dim: [1]) },
        Case("sum of columns", after: 1) { _ = try $0.matrix.sum(dim: [0]) }, Case("sum of i32", after: 1) { _ = try $0.whole.sum() },
        Case("max of rows", after: 0) { _ = try $0.matrix.max(dim: [1]) }, Case("min of all", after: 0) { _ = try $0.vector.min() },
        Case("max of wide rows", after: 0) { _ = try $0.wide.max(dim: [1]) }, Case("argmax", after: 0) { _ = try $0.matrix.argmax(dim: 1) },
        Case("argmin of all", after: 0) { _ = try $0.vector.argmin() }, Case("norm of rows", after: 1) { _ = try $0.matrix.norm(dim: [1]) },
        Case("logsumexp", after: 1) { _ = try $0.vector.logsumexp() }, Case("cumsum") { _ = try $0.some.cumsum(dim: 0) },
        Case("cumsum of rows") { _ = try $0.some.reshape([-1, 8]).cumsum(dim: 1) },
        Case("softmax of rows") { _ = try $0.matrix.softmax(dim: 1) }, Case("softmax") { _ = try $0.vector.softmax(dim: 0) },
        Case("log_softmax") { _ = try $0.vector.logSoftmax(dim: 0) }, Case("copy") { _ = try $0.vector.copied() },
        Case("copy of a transposed matrix") { _ = try $0.matrix.transposed.contiguous() },
        Case("copy of every second") { _ = try $0.vector[.slice(start: nil, stop: nil, step: 2)].contiguous() },
        Case("to f64") { _ = try $0.vector.to(.f64) }, Case("to i32") { _ = try $0.some.to(.i32) },
        Case("to bool") { _ = try $0.some.to(.bool) }, Case("from i32") { _ = try $0.whole.to(.f32) },
        Case("reading", after: 0) { _ = try $0.some.elements(Double.self, "tolist") },
        Case("concat") { x in _ = try Tensor.concat([x.vector, x.vector]) },
        Case("gather of rows") { x in _ = try x.matrix.gatherRows(Array(repeating: 1, count: x.matrix.shape[0])) },
        Case("take_along") { x in _ = try x.whole.takeAlong(x.whole, dim: 0) },
        Case("masked_select") { x in _ = try x.whole.maskedSelect(x.mask) }, Case("sort") { _ = try $0.whole.sort() },
        Case("zeros") { _ in _ = try Tensor.zeros([Operands.count]) }, Case("full") { _ in _ = try Tensor.full([Operands.few], 2) },
        Case("arange") { _ in _ = try Tensor.arange(Operands.few) }, Case("tril") { _ in _ = try Tensor.zeros([2500, 2500]).tril() },
        Case("layer_norm", after: 3) { x in
            _ = try Tensor.layerNorm(x.matrix, weight: x.matrix[.index(0)], bias: x.matrix[.index(0)])
        },
        Case("matmul of f64") { _ in
            let a = try Tensor.zeros([2500, 2500], dtype: .f64)
            _ = try a.matmul(a)
        },
    ]

    @Test func eachEndsAndSaysSo() throws {
        let operands = try Operands()
        for operation in Self.cases {
            let wishes = operation.allocation.map { [$0] } ?? Array(1...20)
            var heard = 0
            for number in wishes {
                let wish = Interruption()
                let observer = WishAtAllocation(number, ofBytes: operation.allocation == nil ? Operands.few : 0, wish)
                if number == 0 { wish.request() }
                do {
                    try wish.covering { try observingOperations(with: observer) { try operation.run(operands) } }
                    if operation.allocation == nil, !observer.hasWished { break }
                    Issue.record("\(operation.name) went on to its end after its allocation \(number)")
                } catch let error as TensorError {
                    #expect(error.kind == .interrupted, "\(operation.name): \(error)")
                    heard += 1
                }
            }
            #expect(heard > 0, "\(operation.name) was never interrupted")
        }
        // Threads that left a loop early are there for the next one.
        #expect(try (operands.vector + 1).sum().item() == Double(Operands.count))
    }

    /// Long rows are taken part by part, to the same results.
    @Test func longRows() throws {
        let count = 5 << 20
        var values = [Double](repeating: 0, count: count)
        for i in values.indices { values[i] = Double((i * 7919) % 1_000_003) / 1e5 }
        values[3 << 20] = 11
        values[4 << 20] = 11
        for dtype in [DType.f32, .f64] {
            let x = try Tensor(values).to(dtype)
            #expect(try x.argmax().item() == Double(3 << 20))
            #expect(try (-x).argmin().item() == Double(3 << 20))
            let total = x.doubles().reduce(0) { $0 + exp($1 - 11) }
            #expect(try abs(x.logsumexp().item() - (11 + log(total))) < 1e-4)
            #expect(try abs(x.softmax(dim: 0)[.index(3 << 20)].item() * total - 1) < 1e-5)
            #expect(try abs(x.softmax(dim: 0).sum().item() - 1) < 1e-5)
            #expect(try abs(x.logSoftmax(dim: 0)[.index(0)].item() - (x[.index(0)].item() - 11 - log(total))) < 1e-4)
        }
        values[2 << 20] = .nan
        values[1 << 20] = .nan
        #expect(try Tensor(values).argmax().item() == Double(1 << 20))
        #expect(try Tensor(values).argmin().item() == Double(1 << 20))
        #expect(try Tensor(values).logsumexp().item().isNaN)
    }
}

/// Wishes for an end when an operation takes memory of a size for the n-th time.
private final class WishAtAllocation: OperationObserver {
    private let left: Atomic<Int>
    private let wish: Interruption

    private let leastBytes: Int

    init(_ number: Int, ofBytes leastBytes: Int, _ wish: Interruption) {
        left = Atomic(number)
        self.leastBytes = leastBytes
        self.wish = wish
    }

    var hasWished: Bool { left.load(ordering: .relaxed) <= 0 }

    func began(_ operation: String, _ pass: OperationPass) {}
    func ended() {}
    func multiplied(operations: Int) {}
    func allocated(bytes: Int) {
        if bytes >= leastBytes, left.subtract(1, ordering: .relaxed).newValue == 0 { wish.request() }
    }
}
