import Foundation

extension Interruption {
    /// Waits so many seconds; `look`, called at the start and some twenty times a second, may end it with an error.
    public static func sleep<E: Error>(_ seconds: TimeInterval, look: () throws(E) -> Void) throws(E) {
        let end = Date().addingTimeInterval(seconds)
        while true {
            try look()
            let left = end.timeIntervalSinceNow
            if left <= 0 { return }
            Thread.sleep(forTimeInterval: min(left, 0.05))
        }
    }
}
