// Reductions, softmax and layer normalisation over rows, each in a fixed order of additions.
#pragma once

/// Longest run that is summed in f32 before it goes into an f64 total.
enum { BLOCK = 4096 };

/// Four accumulators hide the latency of the additions; the runs' totals are added in f64.
#define REDUCE_SUM(name, term, second)                                                           \
    static double reduce_##name(const float *as, const float *bs, long n) {                      \
        double total = 0;                                                                        \
        (void)bs;                                                                                \
        for (long from = 0; from < n; from += BLOCK) {                                           \
            long to = n - from < BLOCK ? n : from + BLOCK, i = from;                             \
            vf s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;                                         \
            for (; i + 4 * W <= to; i += 4 * W) {                                                \
                vf a = load(as + i), b = second(load(bs + i));                                   \
                s0 += term;                                                                      \
                a = load(as + i + W), b = second(load(bs + i + W));                              \
                s1 += term;                                                                      \
                a = load(as + i + 2 * W), b = second(load(bs + i + 2 * W));                      \
                s2 += term;                                                                      \
                a = load(as + i + 3 * W), b = second(load(bs + i + 3 * W));                      \
                s3 += term;                                                                      \
            }                                                                                    \
            for (; i + W <= to; i += W) {                                                        \
                vf a = load(as + i), b = second(load(bs + i));                                   \
                s0 += term;                                                                      \
            }                                                                                    \
            if (i < to) {                                                                        \
                vf a = load_part(as + i, to - i), b = second(load_part(bs + i, to - i));         \
                s1 += term;                                                                      \
            }                                                                                    \
            total += (double)sum_lanes((s0 + s1) + (s2 + s3));                                   \
        }                                                                                        \
        return total;                                                                            \
    }
#define ONE(x) splat(0)
#define BOTH(x) x
REDUCE_SUM(sum_of, ((void)b, a), ONE)
REDUCE_SUM(squares_of, ((void)b, a * a), ONE)
REDUCE_SUM(dot_of, a * b, BOTH)

static double reduce_sum(const float *x, long n) { return reduce_sum_of(x, x, n); }
static double reduce_sum_squares(const float *x, long n) { return reduce_squares_of(x, x, n); }
static double dot(const float *a, const float *b, long n) { return reduce_dot_of(a, b, n); }

/// Largest element (sign 1) or smallest (sign -1); NaN if there is one, -sign * infinity of nothing.
INLINE double extreme(const float *x, long n, float sign) {
    vf m = splat(-__builtin_inff()), odd = splat(0);
    long i = 0;
    for (; i + W <= n; i += W) {
        vf v = load(x + i);
        odd = v != v ? v : odd;
        m = larger(v * sign, m);
    }
    if (i < n) {
        vf v = load_part(x + i, n - i);
        odd = v != v ? v : odd;
        m = larger(keep(v * sign, n - i, -__builtin_inff()), m);
    }
    float bad = sum_lanes(odd);
    return bad != bad ? (double)bad : (double)(sign * largest_lane(m));
}
static double reduce_max(const float *x, long n) { return extreme(x, n, 1); }
static double reduce_min(const float *x, long n) { return extreme(x, n, -1); }

/// Column by column over the rows; a strip of columns stays in registers while the rows go by.
#define REDUCE_ROWS(name, first, step)                                                                       \
    static void rows_##name(const float *x, long rows, long columns, long stride, float *out) {              \
        long c = 0;                                                                                          \
        for (; c + 4 * W <= columns; c += 4 * W) {                                                           \
            vf m0 = splat(first), m1 = m0, m2 = m0, m3 = m0;                                                 \
            for (long r = 0; r < rows; r++) {                                                                \
                const float *p = x + r * stride + c;                                                         \
                vf v = load(p), m = m0;                                                                      \
                m0 = step;                                                                                   \
                v = load(p + W), m = m1;                                                                     \
                m1 = step;                                                                                   \
                v = load(p + 2 * W), m = m2;                                                                 \
                m2 = step;                                                                                   \
                v = load(p + 3 * W), m = m3;                                                                 \
                m3 = step;                                                                                   \
            }                                                                                                \
            store(out + c, m0), store(out + c + W, m1), store(out + c + 2 * W, m2), store(out + c + 3 * W, m3); \
        }                                                                                                    \
        for (; c < columns; c += W) {                                                                        \
            long n = columns - c < W ? columns - c : W;                                                      \
            vf m = splat(first);                                                                             \
            for (long r = 0; r < rows; r++) {                                                                \
                vf v = n == W ? load(x + r * stride + c) : load_part(x + r * stride + c, n);                 \
                m = step;                                                                                    \
            }                                                                                                \
            if (n == W) store(out + c, m);                                                                   \
            else store_part(out + c, m, n);                                                                  \
        }                                                                                                    \
    }
REDUCE_ROWS(sum, 0.0f, m + v)
REDUCE_ROWS(sum_squares, 0.0f, m + v * v)
REDUCE_ROWS(max, -__builtin_inff(), ((v > m) | (v != v)) ? v : m)
REDUCE_ROWS(min, __builtin_inff(), ((v < m) | (v != v)) ? v : m)

/// y = e^(x - shift), and the sum of it.
INLINE float exp_shifted(const float *x, float *y, float shift, long n) {
    vf s0 = splat(0), s1 = s0;
    long i = 0;
    for (; i + 2 * W <= n; i += 2 * W) {
        vf a = exp_v(load(x + i) - shift), b = exp_v(load(x + i + W) - shift);
        store(y + i, a), store(y + i + W, b);
        s0 += a, s1 += b;
    }
    for (; i + W <= n; i += W) {
        vf a = exp_v(load(x + i) - shift);
        store(y + i, a);
        s0 += a;
    }
    if (i < n) {
        vf a = keep(exp_v(load_part(x + i, n - i) - shift), n - i, 0);
        store_part(y + i, a, n - i);
        s1 += a;
    }
    return sum_lanes(s0 + s1);
}

/// The sum of e^(x - shift) alone.
INLINE float exp_total(const float *x, float shift, long n) {
    vf s0 = splat(0), s1 = s0;
    long i = 0;
    for (; i + W <= n; i += W) s0 += exp_v(load(x + i) - shift);
    if (i < n) s1 += keep(exp_v(load_part(x + i, n - i) - shift), n - i, 0);
    return sum_lanes(s0 + s1);
}

INLINE void scale(float *y, float a, long n) { EACH_VECTOR(n, PUT(y, AT(y) * a)); }

/// Largest element; a NaN may be passed over (it shows up in the sum of exponentials).
INLINE float peak(const float *x, long n) {
    vf m = splat(-__builtin_inff());
    long i = 0;
    for (; i + W <= n; i += W) m = larger(load(x + i), m);
    if (i < n) m = larger(keep(load_part(x + i, n - i), n - i, -__builtin_inff()), m);
    return largest_lane(m);
}

static void softmax(const float *x, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) scale(y, 1.0f / exp_shifted(x, y, peak(x, columns), columns), columns);
}

/// dx = y (dy - sum(dy y))
static void softmax_gradient(const float *dy, const float *y, float *dx, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, y += columns, dx += columns) {
        const float s = (float)dot(dy, y, columns);
        EACH_VECTOR(columns, PUT(dx, AT(y) * (AT(dy) - s)));
    }
}

static void log_softmax(const float *x, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        const float top = peak(x, columns), rest = logf(exp_total(x, top, columns));
        EACH_VECTOR(columns, PUT(y, (AT(x) - top) - rest));
    }
}

/// dx = dy - e^y sum(dy)
static void log_softmax_gradient(const float *dy, const float *y, float *dx, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, y += columns, dx += columns) {
        const float s = (float)reduce_sum(dy, columns);
        EACH_VECTOR(columns, PUT(dx, AT(dy) - exp_v(AT(y)) * s));
    }
}

static void logsumexp(const float *x, float *out, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns) {
        const float top = peak(x, columns);
        // An infinite maximum is the answer itself (inf - inf would be NaN), unless a NaN was passed over.
        const bool infinite = top == __builtin_inff() || top == -__builtin_inff();
        out[r] = infinite ? (float)reduce_max(x, columns) : top + logf(exp_total(x, top, columns));
    }
}

/// Mean and 1 / sqrt(variance + eps) of a row, in two passes (the second one around the mean).
INLINE void moments(const float *x, long n, float eps, float *mean, float *rstd) {
    const float mu = (float)(reduce_sum(x, n) / (double)n);
    vf s0 = splat(0), s1 = s0;
    long i = 0;
    for (; i + 2 * W <= n; i += 2 * W) {
        vf a = load(x + i) - mu, b = load(x + i + W) - mu;
        s0 += a * a, s1 += b * b;
    }
    for (; i + W <= n; i += W) {
        vf a = load(x + i) - mu;
        s0 += a * a;
    }
    if (i < n) {
        vf a = keep(load_part(x + i, n - i) - mu, n - i, 0);
        s1 += a * a;
    }
    *mean = mu;
    *rstd = 1.0f / sqrtf(sum_lanes(s0 + s1) / (float)n + eps);
}

static void layer_norm(
    const float *x, const float *weight, const float *bias, float eps, float *y, float *means, float *rstds, long rows, long columns) {
    const vf one = splat(1), zero = splat(0);
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        float mean, rstd;
        moments(x, columns, eps, &mean, &rstd);
        EACH_VECTOR(columns, PUT(y, (AT(x) - mean) * rstd * (weight ? AT(weight) : one) + (bias ? AT(bias) : zero)));
        if (means) means[r] = mean;
        if (rstds) rstds[r] = rstd;
    }
}

/// With g = dy * weight and h = (x - mean) rstd:  dx = rstd (g - mean(g) - h mean(g h)),  dweight += dy h,  dbias += dy.
static void layer_norm_gradient(
    const float *dy, const float *x, const float *weight, const float *means, const float *rstds, float *dx, float *dweight, float *dbias,
    long rows, long columns) {
    const vf one = splat(1);
    for (long r = 0; r < rows; r++, dy += columns, x += columns, dx += columns) {
        const float mean = means[r], rstd = rstds[r];
        vf sum_g = splat(0), sum_gh = splat(0);
        EACH_VECTOR(columns, {
            const vf d = AT(dy), h = (keep(AT(x), lanes, mean) - mean) * rstd, g = d * (weight ? AT(weight) : one);
            sum_g += g;
            sum_gh += g * h;
            if (dweight) PUT(dweight, AT(dweight) + d * h);
            if (dbias) PUT(dbias, AT(dbias) + d);
        });
        const float a = sum_lanes(sum_g) / (float)columns, b = sum_lanes(sum_gh) / (float)columns;
        EACH_VECTOR(columns, {
            const vf h = (AT(x) - mean) * rstd;
            PUT(dx, rstd * (AT(dy) * (weight ? AT(weight) : one) - a - h * b));
        });
    }
}
