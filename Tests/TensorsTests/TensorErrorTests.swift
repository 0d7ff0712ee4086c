import Testing

@testable import Tensors

/// Mistakes that a user can make are errors with a kind, the operation and the operands; none of them traps.
@Suite struct TensorErrorTests {
    private func check(
        _ kind: TensorError.Kind, _ operation: String, _ text: String = "", location: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        let error = #expect(throws: TensorError.self, sourceLocation: location) { try body() }
        #expect(error?.kind == kind, "\(error?.description ?? "")", sourceLocation: location)
        #expect(error?.operation == operation, sourceLocation: location)
        #expect(text.isEmpty || error?.description.contains(text) == true, "\(error?.description ?? "")", sourceLocation: location)
    }

    @Test func theWholeTextOfAnError() throws {
        let error = #expect(throws: TensorError.self) { try Tensor.zeros([8, 384]).matmul(.zeros([256, 384])) }
        #expect(
            error?.description
                == "matmul: inner sizes differ: 384 and 256 (f32[8, 384], f32[256, 384]); transpose the right operand: a @ b.T")
    }

    @Test func shapes() throws {
        let x = try Tensor.ones([3, 4]), y = try Tensor.ones([3])
        check(.shape, "add", "f32[3, 4], f32[3]") { _ = try x + y }
        check(.shape, "matmul") { _ = try x.matmul(x) }
        check(.shape, "matmul", "0-d") { _ = try x.matmul(Tensor(scalar: 1)) }
        check(.shape, "matmul", "leading") { _ = try Tensor.ones([2, 3, 4]).matmul(.ones([5, 4, 3])) }
        check(.shape, "reshape", "12 elements") { _ = try x.reshape([5]) }
        check(.shape, "reshape") { _ = try x.reshape([5, -1]) }
        check(.value, "reshape") { _ = try x.reshape([-1, -1]) }
        check(.value, "reshape") { _ = try x.reshape([-2]) }
        check(.value, "reshape") { _ = try Tensor.zeros([0]).reshape([0, -1]) }
        check(.shape, "expand") { _ = try x.expand([3, 5]) }
        check(.shape, "expand") { _ = try x.expand([4]) }
        check(.shape, "squeeze") { _ = try x.squeeze(0) }
        check(.shape, "concat") { _ = try Tensor.concat([x, y]) }
        check(.value, "concat") { _ = try Tensor.concat([]) }
        check(.shape, "stack") { _ = try Tensor.stack([x, y]) }
        check(.shape, "where") { _ = try Tensor.where(y.greater(0), x, x) }
        check(.shape, "linear") { _ = try Tensor.linear(x, weight: .ones([5, 3])) }
        check(.shape, "linear") { _ = try Tensor.linear(x, weight: .ones([5, 4]), bias: .ones([4])) }
        check(.shape, "layer_norm") { _ = try Tensor.layerNorm(x, weight: .ones([3]), bias: .ones([3])) }
        check(.shape, "cosine_similarity") { _ = try Tensor.cosineSimilarity(x, .ones([3, 5])) }
        check(.index, "cosine_similarity") { _ = try Tensor.cosineSimilarity(y, y) }
        check(.shape, "cross_entropy") { _ = try Tensor.crossEntropy(x, Tensor([0, 1] as [Int32])) }
        check(.shape, "binary_cross_entropy_with_logits") { _ = try Tensor.binaryCrossEntropyWithLogits(x, y) }
        check(.shape, "scaled_dot_product_attention") { _ = try Tensor.scaledDotProductAttention(x, y, x) }
        check(.shape, "masked_select") { _ = try x.maskedSelect(y.greater(0)) }
        check(.shape, "take_along") { _ = try x.takeAlong(Tensor([0] as [Int32]), dim: 0) }
        check(.shape, "gather_rows") { _ = try Tensor(scalar: 1).gatherRows([0]) }
        check(.shape, "tensor", "3 values") { _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
        check(.shape, "tensor") { _ = try Tensor([1] as [Float], shape: [-1, -1]) }
    }

    @Test func indices() throws {
        let x = try Tensor.ones([3, 4])
        check(.index, "index", "3 is outside an axis of size 3") { _ = try x[.index(3)] }
        check(.index, "index") { _ = try x[.index(-4)] }
        check(.index, "index") { _ = try x[.index(.min)] }
        check(.index, "index", "3 indices for 2 axes") { _ = try x[.index(0), .index(0), .index(0)] }
        check(.index, "index") { _ = try x[.ellipsis, .ellipsis] }
        check(.value, "index") { _ = try x[.slice(start: 0, stop: 1, step: 0)] }
        check(.value, "index") { _ = try x[.slice(start: 0, stop: 1, step: .min)] }
        check(.shape, "index") { _ = try x[.index(0), .mask(Tensor([true]))] }
        check(.index, "gather_rows") { _ = try x.gatherRows([0, 3]) }
        check(.index, "gather_rows") { _ = try x.gatherRows([.min]) }
        check(.index, "sum", "axes are -2...1") { _ = try x.sum(dim: [2]) }
        check(.index, "softmax") { _ = try x.softmax(dim: -3) }
        check(.index, "softmax", "0-d") { _ = try Tensor(scalar: 1).softmax(dim: 0) }
        check(.index, "transpose") { _ = try x.transpose(0, .max) }
        check(.index, "unsqueeze") { _ = try x.unsqueeze(4) }
        check(.index, "cross_entropy", "class 4") { _ = try Tensor.crossEntropy(x, Tensor([0, 1, 4] as [Int32])) }
        check(.index, "take_along") { _ = try x.takeAlong(Tensor([4, 0, 0] as [Int32], shape: [3, 1]), dim: 1) }
    }

    @Test func values() throws {
        let x = try Tensor.ones([3, 4])
        check(.value, "item", "12") { _ = try x.item() }
        check(.value, "item") { _ = try Tensor.zeros([0]).item() }
        check(.value, "sum", "twice") { _ = try x.sum(dim: [1, -1]) }
        check(.value, "permute") { _ = try x.permute([0, 0]) }
        check(.value, "permute") { _ = try x.permute([0]) }
        check(.value, "max") { _ = try Tensor.zeros([0]).max() }
        check(.value, "argmax") { _ = try Tensor.zeros([2, 0]).argmax(dim: 1) }
        check(.value, "topk") { _ = try x.topk(5) }
        check(.value, "topk") { _ = try x.topk(-1) }
        check(.value, "arange") { _ = try Tensor.arange(0, 1, step: 0) }
        check(.value, "arange") { _ = try Tensor.arange(0, .infinity) }
        check(.value, "full") { _ = try Tensor.full([1], 0.5, dtype: .i32) }
        check(.value, "full") { _ = try Tensor.full([1], .nan, dtype: .i32) }
        check(.value, "zeros", "-1") { _ = try Tensor.zeros([2, -1]) }
        check(.dtype, "matmul") { _ = try Tensor.arange(2).matmul(Tensor.arange(2)) }
        check(.dtype, "cross_entropy") { _ = try Tensor.crossEntropy(x, .zeros([3])) }
        check(.dtype, "masked_select") { _ = try x.maskedSelect(x) }
    }

    @Test func integersNeitherWrapNorTrap() throws {
        let top = try Tensor([Int32.max, .min]), zero = try Tensor([0, 0] as [Int32])
        check(.numeric, "add") { _ = try top + 1 }
        check(.numeric, "mul") { _ = try top * 2 }
        check(.numeric, "neg") { _ = try -top }
        check(.numeric, "abs") { _ = try top.abs() }
        check(.numeric, "square") { _ = try top.square() }
        check(.numeric, "pow") { _ = try top.pow(3) }
        check(.numeric, "sum") { _ = try (top - Tensor([0, -1] as [Int32])).abs().sum() }
        check(.numeric, "cumsum") { _ = try Tensor([Int32.max, 1]).cumsum(dim: 0) }
        check(.numeric, "floor_divide", "division by zero") { _ = try top.floorDivide(zero) }
        check(.numeric, "remainder", "division by zero") { _ = try top.remainder(zero) }
        check(.numeric, "floor_divide") { _ = try top.floorDivide(-1) }
        check(.numeric, "to", "does not fit") { _ = try Tensor([1e10] as [Double]).to(.i32) }
        check(.numeric, "to") { _ = try Tensor([Float.nan]).to(.i32) }
        #expect(try (top / zero).floats() == [.infinity, -.infinity])
        #expect(try top.remainder(-1).int32s() == [0, 0])
        #expect(try Tensor([1e10, .nan, -1e10] as [Double]).int32s() == [.max, 0, .min])
    }

    @Test func sizesThatNoMemoryHoldsAreRefused() throws {
        check(.memory, "zeros", "available of") { _ = try Tensor.zeros([1 << 50]) }
        check(.memory, "zeros") { _ = try Tensor.zeros([1 << 40, 1 << 40]) }
        check(.memory, "zeros") { _ = try Tensor.zeros([1 << 40, 0, 1 << 40]) }
        check(.memory, "full") { _ = try Tensor.full([.max], 1) }
        check(.memory, "arange") { _ = try Tensor.arange(0, 1e300) }
        check(.memory, "eye") { _ = try Tensor.eye(1 << 40) }
        let wide = try Tensor.ones([1, 1])
        check(.memory, "expand") { _ = try wide.expand([1 << 40, 1 << 40]) }
        check(.memory, "reshape") { _ = try Tensor.zeros([0]).reshape([1 << 40, 1 << 40, 0]) }
        let row = try Tensor.ones([1, 1 << 20]), column = try Tensor.ones([1 << 20, 1])
        check(.memory, "add") { _ = try row + column }
        check(.memory, "matmul") { _ = try column.matmul(row) }
        check(.memory, "less") { _ = try row.less(column) }
        check(.memory, "where") { _ = try Tensor.where(row.greater(0), column, column) }
        check(.memory, "logical_and") { _ = try row.greater(0).logicalAnd(column.greater(0)) }
        let before = MemoryPool.shared.usage.live
        #expect(try Tensor.zeros([4]).floats() == [0, 0, 0, 0])
        #expect(MemoryPool.shared.usage.peak >= before)
    }
}
