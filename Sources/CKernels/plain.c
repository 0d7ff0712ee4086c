// Loops that are bound by memory at any level: comparisons, extremes, conversions, transposition.
#include "eft_kernels.h"

#define COMPARE(suffix, type)                                                                                                     \
    void eft_compare_##suffix(eft_compare op, const type *a, long a_step, const type *b, long b_step, uint8_t *out, long n) {     \
        switch (op) {                                                                                                             \
        case EFT_LESS: for (long i = 0; i < n; i++) out[i] = a[i * a_step] < b[i * b_step]; break;                                \
        case EFT_LESS_EQUAL: for (long i = 0; i < n; i++) out[i] = a[i * a_step] <= b[i * b_step]; break;                         \
        case EFT_GREATER: for (long i = 0; i < n; i++) out[i] = a[i * a_step] > b[i * b_step]; break;                             \
        case EFT_GREATER_EQUAL: for (long i = 0; i < n; i++) out[i] = a[i * a_step] >= b[i * b_step]; break;                      \
        case EFT_EQUAL: for (long i = 0; i < n; i++) out[i] = a[i * a_step] == b[i * b_step]; break;                              \
        case EFT_NOT_EQUAL: for (long i = 0; i < n; i++) out[i] = a[i * a_step] != b[i * b_step]; break;                          \
        case EFT_COMPARE_COUNT: break;                                                                                            \
        }                                                                                                                         \
    }
COMPARE(f32, float)
COMPARE(f64, double)

#define ARG_EXTREME(suffix, type)                                                                    \
    long eft_arg_extreme_##suffix(const type *x, long n, int sign) {                                 \
        long best = 0;                                                                               \
        for (long i = 0; i < n; i++) {                                                               \
            if (x[i] != x[i]) return i;                                                              \
            if (sign > 0 ? x[i] > x[best] : x[i] < x[best]) best = i;                                \
        }                                                                                            \
        return best;                                                                                 \
    }
ARG_EXTREME(f32, float)
ARG_EXTREME(f64, double)

void eft_convert_f32_f64(const float *x, double *y, long n) {
    for (long i = 0; i < n; i++) y[i] = x[i];
}

void eft_convert_f64_f32(const double *x, float *y, long n) {
    for (long i = 0; i < n; i++) y[i] = (float)x[i];
}

// Tiles of 32 x 32 keep both sides' lines in the first-level cache.
#define TRANSPOSE(suffix, type)                                                                      \
    void eft_transpose_##suffix(const type *x, type *y, long rows, long columns, long from, long to) { \
        for (long c0 = from; c0 < to; c0 += 32)                                                      \
            for (long r0 = 0; r0 < rows; r0 += 32) {                                                 \
                const long c1 = c0 + 32 < to ? c0 + 32 : to, r1 = r0 + 32 < rows ? r0 + 32 : rows;   \
                for (long c = c0; c < c1; c++)                                                       \
                    for (long r = r0; r < r1; r++) y[c * rows + r] = x[r * columns + c];             \
            }                                                                                        \
    }
TRANSPOSE(f32, float)
TRANSPOSE(f64, double)
