// Counter-based random bits, and dropout made of them: what is dropped is a function of (key, stream, row, position), so that a backward
// pass asks again instead of keeping a mask. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (Philox 4x32, 10 rounds).
#pragma once
typedef uint32_t vu __attribute__((ext_vector_type(W)));
typedef uint64_t vl __attribute__((ext_vector_type(W)));

INLINE void multiply(vu a, uint32_t b, vu *high, vu *low) {
    const vl p = __builtin_convertvector(a, vl) * (vl)(uint64_t)b;
    *high = __builtin_convertvector(p >> 32, vu);
    *low = __builtin_convertvector(p, vu);
}

/// The four outputs of W counters.
INLINE void philox(vu c0, vu c1, vu c2, vu c3, uint32_t k0, uint32_t k1, vu out[4]) {
#pragma unroll
    for (int round = 0; round < 10; round++) {
        vu h0, l0, h1, l1;
        multiply(c0, 0xD2511F53u, &h0, &l0);
        multiply(c2, 0xCD9E8D57u, &h1, &l1);
        c0 = h1 ^ c1 ^ k0, c1 = l1, c2 = h0 ^ c3 ^ k1, c3 = l0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/// y[i] = x[i] scale where kept, 0 where dropped, for a run that starts at position `from` (a multiple of 64) of row `row`.
/// Position 64 g + 16 w + l takes word w of counter 16 g + l: the same on every level.
static void dropout_run(const eft_dropout *d, uint32_t row, long from, const float *x, float *y, long n) {
    vu lane;
    for (int i = 0; i < W; i++) lane[i] = (uint32_t)i;
    const vf zero = splat(0);
    for (long i = 0; i < n; i += 64)
        for (int part = 0; part < 16; part += W) {
            const vu counter = lane + (uint32_t)((from + i) / 64 * 16 + part);
            vu words[4];
            philox(counter, (vu)row, (vu)d->stream[0], (vu)d->stream[1], d->key[0], d->key[1], words);
            for (int w = 0; w < 4; w++) {
                const long at = i + w * 16 + part, left = n - at;
                if (left >= W) store(y + at, words[w] >= d->threshold ? load(x + at) * d->scale : zero);
                else if (left > 0) store_part(y + at, words[w] >= d->threshold ? load_part(x + at, left) * d->scale : zero, left);
            }
        }
}
