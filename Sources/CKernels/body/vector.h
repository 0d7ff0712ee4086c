// Vectors of W floats, and loads and stores of whole and partial ones.
#pragma once
typedef float vf __attribute__((ext_vector_type(W), may_alias));
typedef int vi __attribute__((ext_vector_type(W), may_alias));
typedef vf vf_unaligned __attribute__((aligned(4)));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vf splat(float x) { return (vf)x; }
INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store(float *p, vf x) { *(vf_unaligned *)p = x; }
INLINE vf bits_to_float(vi x) { return __builtin_bit_cast(vf, x); }
INLINE vi float_to_bits(vf x) { return __builtin_bit_cast(vi, x); }

/// The first n (0 < n < W) lanes from p, the others 0; memory behind them is not touched.
INLINE vf load_part(const float *p, long n) {
#if W == 16
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif W == 8
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7};
    return (vf)_mm256_maskload_ps(p, (__m256i)(lane < (vi)(int)n));
#else
    float t[W] = {0};
    for (long i = 0; i < n; i++) t[i] = p[i];
    return load(t);
#endif
}

/// Writes the first n (0 < n < W) lanes of x to p.
INLINE void store_part(float *p, vf x, long n) {
#if W == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
#elif W == 8
    const vi lane = {0, 1, 2, 3, 4, 5, 6, 7};
    _mm256_maskstore_ps(p, (__m256i)(lane < (vi)(int)n), (__m256)x);
#else
    float t[W];
    store(t, x);
    for (long i = 0; i < n; i++) p[i] = t[i];
#endif
}

/// The first n (0 < n <= W) lanes from p, and to p.
INLINE vf load_up_to(const float *p, long n) { return n == W ? load(p) : load_part(p, n); }
INLINE void store_up_to(float *p, vf x, long n) {
    if (n == W) store(p, x);
    else store_part(p, x, n);
}

/// Goes through `count` floats, vector by vector; the last one may be a part. In the statements i is the place of the vector's first float,
/// AT(p) the vector there, and PUT(p, x) writes it. For loops that plain C would not do: the compiler takes one float at a time
/// where it cannot tell that arrays are apart, and they are the same one where a row is changed in place.
#define EACH_VECTOR(count, ...)                    \
    do {                                           \
        const long total = (count);                \
        long i = 0;                                \
        for (; i + W <= total; i += W) {           \
            const long lanes = W;                  \
            __VA_ARGS__;                           \
        }                                          \
        if (i < total) {                           \
            const long lanes = total - i;          \
            __VA_ARGS__;                           \
        }                                          \
    } while (0)
#define AT(p) load_up_to((p) + i, lanes)
#define PUT(p, x) store_up_to((p) + i, x, lanes)

/// The first n lanes of x, `other` in the rest.
INLINE vf keep(vf x, long n, float other) {
    if (n == W) return x;
    vi lane;
    for (int k = 0; k < W; k++) lane[k] = k;
    return lane < (vi)(int)n ? x : splat(other);
}

INLINE vf abs_v(vf x) { return bits_to_float(float_to_bits(x) & 0x7fffffff); }
INLINE vf copysign_v(vf x, vf sign) { return bits_to_float((float_to_bits(x) & 0x7fffffff) | (float_to_bits(sign) & (int)0x80000000)); }
INLINE vf fma_v(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
/// Larger of two numbers; b where one is NaN.
INLINE vf larger(vf a, vf b) { return a > b ? a : b; }
INLINE vf smaller(vf a, vf b) { return a < b ? a : b; }

// Reductions over the lanes lay the upper half over the lower one, and so on down to one: always in the same order.
typedef float v4 __attribute__((ext_vector_type(4)));
typedef float v8 __attribute__((ext_vector_type(8)));
#define PLUS(a, b) ((a) + (b))
#define MORE(a, b) ((a) > (b) ? (a) : (b))

#if W == 16
#define TO_FOUR(x, combine)                                                                                                      \
    const v8 low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7),                                                       \
             high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15), half = combine(low, high);                     \
    const v4 first = __builtin_shufflevector(half, half, 0, 1, 2, 3), second = __builtin_shufflevector(half, half, 4, 5, 6, 7); \
    const v4 q = combine(first, second)
#elif W == 8
#define TO_FOUR(x, combine)                                                                                             \
    const v4 first = __builtin_shufflevector(x, x, 0, 1, 2, 3), second = __builtin_shufflevector(x, x, 4, 5, 6, 7);    \
    const v4 q = combine(first, second)
#else
#define TO_FOUR(x, combine) const v4 q = x
#endif

INLINE float sum_lanes(vf x) {
    TO_FOUR(x, PLUS);
    return (q[0] + q[2]) + (q[1] + q[3]);
}

/// The largest lane; a NaN may be passed over.
INLINE float largest_lane(vf x) {
    TO_FOUR(x, MORE);
    const float a = MORE(q[0], q[2]), b = MORE(q[1], q[3]);
    return MORE(a, b);
}
