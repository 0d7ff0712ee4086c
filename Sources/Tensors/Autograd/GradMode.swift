/// Whether operations keep what their gradients need. Follows the current task or thread.
public enum GradMode {
    @TaskLocal public static var isEnabled = true
}

/// Runs `body` without recording: its results are constants and intermediate values are freed at once.
public func noGrad<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let result: Result<R, E> = GradMode.$isEnabled.withValue(false) {
        do throws(E) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
}
