// Products of small matrices that live in the cache, for attention.
#pragma once

// Rows and vectors of a tile: as many accumulators as the level's registers hold beside the operands. DENSE_ROWS is for tiles of two vectors.
#if W == 16
enum { TILE_ROWS = 8, TILE_VECTORS = 3, DENSE_ROWS = 14 };
#else
enum { TILE_ROWS = 4, TILE_VECTORS = 2, DENSE_ROWS = 6 };
#endif
enum { MOST_ROWS = 14 };

/// C tile of R rows and N vectors (the last one holding `last` lanes): C = S + bias + sum over k of A[r, k] B[k, :], where S[r, :] is
/// start[r * start_row ...]; start and bias may be missing. Each element is one chain of additions.
INLINE void tile(
    const int R, const int N, const bool whole, long last, long k, const float *a, long a_row, long a_step, const float *b, long b_row, float *c,
    long c_row, const float *start, long start_row, const float *bias) {
#define LANES(v) (whole || v < N - 1 ? W : last)
    vf sum[MOST_ROWS][3];
#pragma unroll
    for (int r = 0; r < R; r++)
#pragma unroll
        for (int v = 0; v < N; v++) sum[r][v] = start ? load_up_to(start + r * start_row + v * W, LANES(v)) : splat(0);
    if (bias)
#pragma unroll
        for (int v = 0; v < N; v++) {
            const vf x = load_up_to(bias + v * W, LANES(v));
#pragma unroll
            for (int r = 0; r < R; r++) sum[r][v] += x;
        }
    for (long i = 0; i < k; i++) {
        vf bs[3];
#pragma unroll
        for (int v = 0; v < N; v++) bs[v] = load_up_to(b + i * b_row + v * W, LANES(v));
#pragma unroll
        for (int r = 0; r < R; r++) {
            const vf x = splat(a[r * a_row + i * a_step]);
#pragma unroll
            for (int v = 0; v < N; v++) sum[r][v] += x * bs[v];
        }
    }
#pragma unroll
    for (int r = 0; r < R; r++)
#pragma unroll
        for (int v = 0; v < N; v++) store_up_to(c + r * c_row + v * W, sum[r][v], LANES(v));
#undef LANES
}

#define STRIP_TILE(R, N, whole) \
    tile(R, N, whole, last, k, a + r * a_row, a_row, a_step, b, b_row, c + r * c_row, c_row, add ? c + r * c_row : NULL, c_row, NULL)
#define STRIP(name, N, whole)                                                                                                              \
    static void name(                                                                                                                      \
        long m, long last, long k, const float *a, long a_row, long a_step, const float *b, long b_row, float *c, long c_row, bool add) { \
        long r = 0;                                                                                                                        \
        for (; r + TILE_ROWS <= m; r += TILE_ROWS) STRIP_TILE(TILE_ROWS, N, whole);                                                        \
        if (TILE_ROWS > 4 && r + 4 <= m) STRIP_TILE(4, N, whole), r += 4;                                                                  \
        if (r + 2 <= m) STRIP_TILE(2, N, whole), r += 2;                                                                                   \
        if (r < m) STRIP_TILE(1, N, whole);                                                                                                \
    }
STRIP(strip_1, 1, true)
STRIP(strip_2, 2, true)
STRIP(strip_1_part, 1, false)
STRIP(strip_2_part, 2, false)
#if W == 16
STRIP(strip_3, 3, true)
STRIP(strip_3_part, 3, false)
#endif

/// C[m, n] = A[m, k] B[k, n], or that added to C. A's element (r, i) is a[r * a_row + i * a_step], so that A may be a transposed view;
/// rows of B and C are contiguous.
static void product(
    long m, long n, long k, const float *a, long a_row, long a_step, const float *b, long b_row, float *c, long c_row, bool add) {
    while (n > 0) {
        long vectors = (n + W - 1) / W;
        // Four vectors as 2 + 2 and not 3 + 1.
        if (vectors > TILE_VECTORS) vectors = vectors == 4 ? 2 : TILE_VECTORS;
        const long wide = vectors * W < n ? vectors * W : n, last = wide - (vectors - 1) * W;
        const bool whole = last == W;
        switch (vectors) {
        case 1: (whole ? strip_1 : strip_1_part)(m, last, k, a, a_row, a_step, b, b_row, c, c_row, add); break;
        case 2: (whole ? strip_2 : strip_2_part)(m, last, k, a, a_row, a_step, b, b_row, c, c_row, add); break;
#if W == 16
        case 3: (whole ? strip_3 : strip_3_part)(m, last, k, a, a_row, a_step, b, b_row, c, c_row, add); break;
#endif
        }
        b += wide, c += wide, n -= wide;
    }
}

// One step of Eklundh's transposition: rows that are `step` apart exchange halves of blocks of 2 `step` lanes.
#if W == 16
#define LOW(s, a, c)                                                                                                                   \
    (s == 8   ? __builtin_shufflevector(a, c, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)                                  \
     : s == 4 ? __builtin_shufflevector(a, c, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)                                \
     : s == 2 ? __builtin_shufflevector(a, c, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)                                \
              : __builtin_shufflevector(a, c, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30))
#define HIGH(s, a, c)                                                                                                                  \
    (s == 8   ? __builtin_shufflevector(a, c, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)                            \
     : s == 4 ? __builtin_shufflevector(a, c, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)                              \
     : s == 2 ? __builtin_shufflevector(a, c, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)                              \
              : __builtin_shufflevector(a, c, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#elif W == 8
#define LOW(s, a, c)                                                                                                                   \
    (s == 4   ? __builtin_shufflevector(a, c, 0, 1, 2, 3, 8, 9, 10, 11)                                                                \
     : s == 2 ? __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13)                                                                \
              : __builtin_shufflevector(a, c, 0, 8, 2, 10, 4, 12, 6, 14))
#define HIGH(s, a, c)                                                                                                                  \
    (s == 4   ? __builtin_shufflevector(a, c, 4, 5, 6, 7, 12, 13, 14, 15)                                                              \
     : s == 2 ? __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15)                                                              \
              : __builtin_shufflevector(a, c, 1, 9, 3, 11, 5, 13, 7, 15))
#else
#define LOW(s, a, c) (s == 2 ? __builtin_shufflevector(a, c, 0, 1, 4, 5) : __builtin_shufflevector(a, c, 0, 4, 2, 6))
#define HIGH(s, a, c) (s == 2 ? __builtin_shufflevector(a, c, 2, 3, 6, 7) : __builtin_shufflevector(a, c, 1, 5, 3, 7))
#endif

INLINE void transpose_step(vf *t, const int s) {
#pragma unroll
    for (int i = 0; i < W; i++)
        if (!(i & s)) {
            const vf a = t[i], c = t[i + s];
            t[i] = LOW(s, a, c);
            t[i + s] = HIGH(s, a, c);
        }
}

/// y[j, i] = factor x[i, j]; y's rows are padded with zeros up to y_row, a multiple of W.
static void pack_transposed(const float *x, long x_row, long rows, long columns, float factor, float *y, long y_row) {
    for (long i = 0; i < y_row; i += W)
        for (long j = 0; j < columns; j += W) {
            vf t[W];
            const long width = columns - j < W ? columns - j : W;
#pragma unroll
            for (int r = 0; r < W; r++)
                t[r] = i + r >= rows ? splat(0)
                    : width == W     ? load(x + (i + r) * x_row + j) * factor
                                     : load_part(x + (i + r) * x_row + j, width) * factor;
#if W == 16
            transpose_step(t, 8);
#endif
#if W >= 8
            transpose_step(t, 4);
#endif
            transpose_step(t, 2);
            transpose_step(t, 1);
            for (int r = 0; r < W && r < width; r++) store(y + (j + r) * y_row + i, t[r]);
        }
}

/// y = factor x, rows made contiguous.
static void pack(const float *x, long x_row, long rows, long columns, float factor, float *y) {
    for (long r = 0; r < rows; r++, x += x_row, y += columns)
        EACH_VECTOR(columns, PUT(y, AT(x) * factor));
}
