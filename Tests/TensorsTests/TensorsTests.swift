import Testing

@testable import Tensors

@Test func aFirstGradient() throws {
    let x = try Tensor([1, 2, 3] as [Float]).requiringGrad()
    try (x * x).sum().backward()
    #expect(x.grad?.floats() == [2, 4, 6])
}
