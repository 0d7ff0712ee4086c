import Foundation

/// Reads characters of standard input for libedit, wakes for signals, and takes a bracketed paste as one block.
///
/// Outside a paste it takes one byte at a time, so that nothing is read ahead of a child or of `input()`.
final class TerminalInput {
    enum Character: Equatable {
        case scalar(Unicode.Scalar)
        /// A whole paste, as the terminal sent it.
        case paste(String)
        /// The key that goes up or down.
        case arrow(up: Bool)
        /// The key that goes to the start or to the end of the line.
        case edge(start: Bool)
        case event(SignalWatch.Event)
        case end
    }

    private let descriptor: Int32
    private let signals: SignalWatch?
    /// Arrows and edges that are handed out as they come.
    private let bound: Set<[UInt8]>
    /// Bytes looked at but not yet handed out.
    private var pending: [UInt8] = []

    /// - Parameter bound: keys, as terminals send them, that somebody else makes something of.
    init(descriptor: Int32 = STDIN_FILENO, signals: SignalWatch?, bound: Set<[UInt8]> = []) {
        self.descriptor = descriptor
        self.signals = signals
        self.bound = bound
    }

    private static let escape: UInt8 = 0x1B
    private static let interrupt: UInt8 = 0x03
    private static let pasteStart = Array("[200~".utf8)
    /// What terminals send for the arrows, in their two modes.
    private static let arrows = ["[A": true, "OA": true, "[B": false, "OB": false].map { (bytes: Array($0.key.utf8), up: $0.value) }
    /// The same for Home and End.
    private static let edges = ["[H": true, "OH": true, "[1~": true, "[F": false, "OF": false, "[4~": false].map {
        (bytes: Array($0.key.utf8), start: $0.value)
    }
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// True when more input has already arrived: it was pasted or typed ahead rather than typed now.
    var hasMore: Bool {
        if !pending.isEmpty { return true }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Takes what has arrived since the last line was read, while the terminal still handed Ctrl-C out as a character. If there is one, the
    /// work that the line began is not wanted: what was typed before it is dropped, as terminals do.
    func takeTypedAhead() -> (bytes: [UInt8], isInterrupted: Bool) {
        var bytes = pending
        pending = []
        var chunk = [UInt8](repeating: 0, count: 1 << 12)
        while hasMore {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        guard let last = bytes.lastIndex(of: Self.interrupt) else { return (bytes, false) }
        return (Array(bytes[(last + 1)...]), true)
    }

    /// Makes these bytes the next to be read.
    func putBack(_ bytes: [UInt8]) { pending.insert(contentsOf: bytes, at: 0) }

    /// The next character, paste or event; waits for it.
    func next() -> Character {
        let lead: UInt8
        switch byte(timeout: -1, events: true) {
        case .byte(let value): lead = value
        case .event(let event): return .event(event)
        case .end: return .end
        case .nothing: return .end
        }
        if lead == Self.escape, case .byte(let second) = byte(timeout: 10, events: false) {
            pending.insert(second, at: 0)
            if matchesAhead(Self.pasteStart) { return paste() }
            for arrow in Self.arrows where !bound.contains([lead] + arrow.bytes) && matchesAhead(arrow.bytes) {
                return .arrow(up: arrow.up)
            }
            for edge in Self.edges where !bound.contains([lead] + edge.bytes) && matchesAhead(edge.bytes) {
                return .edge(start: edge.start)
            }
        }
        return scalar(from: lead)
    }

    // MARK: Bytes

    private enum Byte {
        case byte(UInt8), event(SignalWatch.Event), end, nothing
    }

    /// The next byte; `nothing` when `timeout` milliseconds passed without one.
    private func byte(timeout: Int32, events: Bool) -> Byte {
        if !pending.isEmpty { return .byte(pending.removeFirst()) }
        while true {
            var waiting = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            if events, let signals { waiting.append(pollfd(fd: signals.wakeDescriptor, events: Int16(POLLIN), revents: 0)) }
            let ready = poll(&waiting, nfds_t(waiting.count), timeout)
            if ready == 0 { return .nothing }
            if ready < 0 {
                if errno == EINTR { continue }
                return .end
            }
            if waiting.count > 1, waiting[1].revents != 0, let event = signals?.nextEvent() { return .event(event) }
            guard waiting[0].revents != 0 else { continue }
            var value: UInt8 = 0
            let count = read(descriptor, &value, 1)
            if count == 1 { return .byte(value) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return .end  // End of input, or the terminal went away.
        }
    }

    /// True, and the bytes are taken, when exactly `bytes` follow at once; otherwise they stay to be read.
    private func matchesAhead(_ bytes: [UInt8]) -> Bool {
        var taken: [UInt8] = []
        for expected in bytes {
            guard case .byte(let value) = byte(timeout: 10, events: false) else { break }
            taken.append(value)
            if value != expected { break }
        }
        if taken == bytes { return true }
        pending.insert(contentsOf: taken, at: 0)
        return false
    }

    /// Everything up to the end marker. A terminal that dies in the middle gives what there was.
    private func paste() -> Character {
        var text = pending
        pending = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var searched = 0
        while true {
            if let end = text.firstRange(of: Self.pasteEnd, from: max(0, searched - Self.pasteEnd.count)) {
                pending = Array(text[end.upperBound...])
                return .paste(String(decoding: text[..<end.lowerBound], as: UTF8.self))
            }
            searched = text.count
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .paste(String(decoding: text, as: UTF8.self)) }
            text.append(contentsOf: chunk[..<count])
        }
    }

    /// Decodes the UTF-8 character that starts with `lead`; a byte that starts none becomes U+FFFD.
    private func scalar(from lead: UInt8) -> Character {
        let length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0
        guard length > 0 else { return .scalar("\u{FFFD}") }
        var bytes = [lead]
        while bytes.count < length {
            guard case .byte(let value) = byte(timeout: 100, events: false) else { break }
            guard value & 0xC0 == 0x80 else {
                pending.insert(value, at: 0)
                break
            }
            bytes.append(value)
        }
        return .scalar(String(decoding: bytes, as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}")
    }
}

extension Array where Element == UInt8 {
    /// Where `pattern` first occurs at or after `start`.
    fileprivate func firstRange(of pattern: [UInt8], from start: Int) -> Range<Int>? {
        guard count >= pattern.count, start <= count - pattern.count else { return nil }
        for index in start...(count - pattern.count) where self[index] == pattern[0] {
            if self[index..<(index + pattern.count)].elementsEqual(pattern) { return index..<(index + pattern.count) }
        }
        return nil
    }
}
