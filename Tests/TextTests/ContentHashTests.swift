import Testing

@testable import Text

@Suite struct ContentHashTests {
    // python-xxhash 3: xxhash.xxh64(bytes((i * 7 + 3) % 251 for i in range(n)), seed).intdigest() for seeds 0 and 0x9E3779B97F4A7C15.
    @Test(
        arguments: [
            (0, 0xef46_db37_51d8_e999, 0xc434_9fc9_3c01_0000), (1, 0x1f25_c8d0_bc1f_4bb6, 0x7982_6bcd_749d_267a),
            (3, 0x31d2_363f_52e5_64c9, 0x78ef_d775_75e2_6575), (4, 0x9bb6_4b7d_66ee_9fda, 0x6f0a_6c97_d68b_f353),
            (8, 0xdab9_9d95_c6f9_0092, 0xa2f1_e284_37a7_8a1b), (31, 0xa2aa_5f33_cc4a_6119, 0x7554_3727_1d1d_0a84),
            (32, 0x23c3_c17e_f790_fd97, 0xbf62_4b93_2c09_0428), (33, 0x50a7_cfc7_ba58_8784, 0x7ace_af1e_9d34_ea35),
            (63, 0xf143_8f15_b9ed_16e9, 0x4c50_2ed6_3ce9_0f6d), (64, 0x2cd9_90a1_beed_6894, 0xdce6_0e95_8386_7648),
            (100, 0x778e_26df_8290_f456, 0xb505_9428_18e1_dc5b), (1000, 0x021f_7a74_2408_5ea4, 0xb1e2_cbbf_a504_da2c),
        ] as [(Int, UInt64, UInt64)]) func knownHashes(_ count: Int, _ plain: UInt64, _ seeded: UInt64)
    {
        let bytes = (0..<count).map { UInt8(($0 * 7 + 3) % 251) }
        // In one piece, and in pieces that fill no stripe.
        for piece in [count + 1, 1, 7, 33] {
            var first = XXHash64(), second = XXHash64(seed: 0x9E37_79B9_7F4A_7C15)
            for start in stride(from: 0, to: count, by: piece) {
                bytes[start..<min(count, start + piece)].withUnsafeBytes {
                    first.update($0)
                    second.update($0)
                }
            }
            #expect(first.value == plain && second.value == seeded, "\(count) bytes in pieces of \(piece)")
        }
    }

    @Test func textsDoNotRunTogether() {
        var apart = ContentHash(), joined = ContentHash()
        for text in ["ab", "c"] { apart.update(text) }
        for text in ["a", "bc"] { joined.update(text) }
        #expect(apart.hexadecimal != joined.hexadecimal && apart.hexadecimal.count == 32)
    }
}
