import CKernels

/// c = op(a) op(b), or that plus a bias in every row and a residual of c's shape: contiguous f32 matrices whose sizes fit (the caller's doing).
struct PackedProduct {
    let a: Tensor, b: Tensor, c: Tensor
    let aTransposed: Bool, bTransposed: Bool
    let bias: Tensor?, residual: Tensor?

    init(
        _ a: Tensor, aTransposed: Bool = false, _ b: Tensor, bTransposed: Bool = false, bias: Tensor? = nil, residual: Tensor? = nil,
        into c: Tensor
    ) {
        (self.a, self.b, self.c, self.bias, self.residual) = (a, b, c, bias, residual)
        (self.aTransposed, self.bTransposed) = (aTransposed, bTransposed)
    }

    /// Length of the axis that is summed over.
    fileprivate var depth: Int { a.shape[aTransposed ? 0 : 1] }

    fileprivate var kernel: eft_product {
        eft_product(
            a: a.base(Float.self), b: b.base(Float.self), bias: bias?.base(Float.self), residual: residual?.base(Float.self),
            c: c.mutableBase(Float.self), a_row: a.shape[1], b_row: b.shape[1], residual_row: c.shape[1], c_row: c.shape[1],
            a_transposed: aTransposed, b_transposed: bTransposed, m: c.shape[0], n: c.shape[1],
            k: depth)
    }
}

/// Products by kernels of our own, for the shapes of a training step: tall, with a second matrix that is packed once for all threads.
///
/// Each element is one chain of additions whose order depends on the depth alone: the same bits for any number of threads. Where there are
/// no vector instructions to compile for (level baseline), OpenBLAS, which knows more CPUs, does the work.
enum Products {
    /// Runs products that do not depend on one another; what they write must not overlap anything that they read.
    static func run(_ products: [PackedProduct], _ operation: String) throws(TensorError) {
        let products = products.filter { $0.c.count > 0 }
        guard !products.isEmpty else { return }
        guard Kernels.level > .baseline else { return try byLibrary(products, operation) }
        for product in products {
            OperationObservation.current?.multiplied(operations: 2 * product.c.count * product.depth)
        }
        let kernels = products.map(\.kernel)
        let workspace = try Tensor.uninitialized([eft_products_workspace(kernels, kernels.count)], .f32, operation)
        // Contiguous operands of the sizes that the products state, alive until all is done.
        let done = eft_products_run(kernels, kernels.count, workspace.mutableBase(Float.self))
        withExtendedLifetime((products, workspace)) {}
        if !done { throw TensorError(.memory, operation, "no memory for a block of a product", operands: products.map(\.a)) }
    }

    private static func byLibrary(_ products: [PackedProduct], _ operation: String) throws(TensorError) {
        do throws(BLASError) {
            for product in products {
                // BLAS wants row strides of at least 1, also where there are no elements.
                let (a, b, c) = (product.a, product.b, product.c)
                defer { withExtendedLifetime(product) {} }
                try BLAS.gemm(
                    m: c.shape[0], n: c.shape[1], k: product.depth,
                    MatrixOperand(a.base(Float.self), rowStride: max(a.shape[1], 1), transposed: product.aTransposed),
                    MatrixOperand(b.base(Float.self), rowStride: max(b.shape[1], 1), transposed: product.bTransposed),
                    rowBias: product.bias?.base(Float.self), residual: product.residual?.base(Float.self), into: c.mutableBase(Float.self),
                    rowStride: max(c.shape[1], 1))
            }
        } catch { throw error.tensorError(operation) }
    }
}
