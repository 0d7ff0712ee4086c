/// Plain loops over contiguous memory.
enum Loops {
    /// y += x
    static func add<T: FloatingElement>(into y: UnsafeMutablePointer<T>, _ x: UnsafePointer<T>, _ n: Int) {
        for i in 0..<n { y[i] += x[i] }
    }
}
