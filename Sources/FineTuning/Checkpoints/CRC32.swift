/// CRC-32 as in zip, PNG and zlib (polynomial 0x04C11DB7, reflected): finds damage, not malice.
///
/// Eight bytes a round by eight tables (Kounavis and Berry 2005, "A systematic approach to building high performance software-based CRC
/// generators").
package struct CRC32 {
    private var register: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// The checksum of everything so far.
    package var value: UInt32 { ~register }

    /// Eight lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = register
        Self.tables.withUnsafeBufferPointer { tables in
            var i = 0
            while i + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
                crc = 0
                for lane in 0..<8 { crc ^= tables[(7 - lane) * 256 + Int(word >> (UInt64(lane) * 8) & 0xFF)] }
                i += 8
            }
            while i < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
                i += 1
            }
        }
        register = crc
    }

    /// A text, followed by a zero byte so that texts one after the other cannot run together.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
        withUnsafeBytes(of: UInt8(0)) { update($0) }
    }

    /// Table k, at k · 256: what a byte does to the register when k more bytes follow it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            tables[byte] = crc
        }
        for k in 1..<8 {
            for byte in 0..<256 {
                let crc = tables[(k - 1) * 256 + byte]
                tables[k * 256 + byte] = crc >> 8 ^ tables[Int(crc & 0xFF)]
            }
        }
        return tables
    }()
}
