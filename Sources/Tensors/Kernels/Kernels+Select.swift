import CKernels

extension Kernels {
    /// Writes the positions of the values that are not below `least` (NaN is not) in ascending order and returns how many there are.
    /// `positions` has room for as many as there are values, fewer than 2³¹.
    package static func notBelow(_ values: UnsafeBufferPointer<Float>, _ least: Float, into positions: UnsafeMutableBufferPointer<Int32>)
        -> Int
    {
        precondition(positions.count >= values.count && values.count <= Int(Int32.max))
        guard let from = values.baseAddress, let to = positions.baseAddress else { return 0 }
        return eft_f32().pointee.not_below(from, values.count, least, to)
    }
}
