/// xxHash64 (Collet, "xxHash fast digest algorithm", specification 0.1.1): tells contents apart, not a guard against malice.
public struct XXHash64: Sendable {
    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    private let seed: UInt64
    private var length: UInt64 = 0
    /// What has not filled a stripe of 32 bytes yet.
    private var rest: [UInt8] = []

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    public init(seed: UInt64 = 0) {
        self.seed = seed
        lanes = (seed &+ Self.prime1 &+ Self.prime2, seed &+ Self.prime2, seed, seed &- Self.prime1)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var at = 0
        if !rest.isEmpty {
            at = min(32 - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<at])
            if rest.count < 32 { return }
            rest.withUnsafeBytes { stripe($0, at: 0) }
            rest.removeAll(keepingCapacity: true)
        }
        while at + 32 <= bytes.count {
            stripe(bytes, at: at)
            at += 32
        }
        rest.append(contentsOf: bytes[at...])
    }

    /// The hash of everything so far.
    public var value: UInt64 {
        var hash: UInt64
        if length >= 32 {
            hash = Self.turn(lanes.0, 1) &+ Self.turn(lanes.1, 7) &+ Self.turn(lanes.2, 12) &+ Self.turn(lanes.3, 18)
            for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4 }
        } else {
            hash = seed &+ Self.prime5
        }
        hash &+= length
        rest.withUnsafeBytes { bytes in
            var at = 0
            while at + 8 <= bytes.count {
                hash = Self.turn(hash ^ Self.round(0, Self.word(bytes, at)), 27) &* Self.prime1 &+ Self.prime4
                at += 8
            }
            if at + 4 <= bytes.count {
                let half = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
                hash = Self.turn(hash ^ half &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
                at += 4
            }
            for byte in bytes[at...] { hash = Self.turn(hash ^ UInt64(byte) &* Self.prime5, 11) &* Self.prime1 }
        }
        hash = (hash ^ hash >> 33) &* Self.prime2
        hash = (hash ^ hash >> 29) &* Self.prime3
        return hash ^ hash >> 32
    }

    private mutating func stripe(_ bytes: UnsafeRawBufferPointer, at: Int) {
        lanes.0 = Self.round(lanes.0, Self.word(bytes, at))
        lanes.1 = Self.round(lanes.1, Self.word(bytes, at + 8))
        lanes.2 = Self.round(lanes.2, Self.word(bytes, at + 16))
        lanes.3 = Self.round(lanes.3, Self.word(bytes, at + 24))
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { turn(lane &+ input &* prime2, 31) &* prime1 }
    private static func turn(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}

/// A name for a content: two xxHash64 with different seeds, 32 hexadecimal digits. Equal names mean equal contents.
public struct ContentHash: Sendable {
    private var first = XXHash64(seed: 0)
    private var second = XXHash64(seed: 0x9E37_79B9_7F4A_7C15)

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        first.update(bytes)
        second.update(bytes)
    }

    /// A text with its length before it, so that texts one after the other cannot run together.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { update($0) }
            update(UnsafeRawBufferPointer(bytes))
        }
    }

    public var hexadecimal: String {
        [first.value, second.value].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    public static func of(_ text: String) -> String {
        var hash = ContentHash()
        hash.update(text)
        return hash.hexadecimal
    }
}
