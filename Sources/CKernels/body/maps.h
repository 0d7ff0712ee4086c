// Elementwise loops: one line an operation.
#pragma once

#define UNARY(name, expression)                                     \
    static void unary_##name(const float *xs, float *ys, long n) { \
        EACH_VECTOR(n, const vf x = AT(xs); PUT(ys, expression));   \
    }

/// For functions that the C library computes one by one.
#define UNARY_SCALAR(name, expression)                              \
    static void unary_##name(const float *xs, float *ys, long n) { \
        for (long i = 0; i < n; i++) {                              \
            float x = xs[i];                                        \
            ys[i] = expression;                                     \
        }                                                           \
    }

UNARY(neg, -x)
UNARY(abs, abs_v(x))
UNARY(sign, x > 0.0f ? splat(1.0f) : (x < 0.0f ? splat(-1.0f) : x))
UNARY(square, x * x)
UNARY(reciprocal, 1.0f / x)
UNARY(sqrt, __builtin_elementwise_sqrt(x))
UNARY(rsqrt, 1.0f / __builtin_elementwise_sqrt(x))
UNARY(exp, exp_v(x))
UNARY(expm1, expm1_v(x))
UNARY(log, log_v(x))
UNARY(log1p, log1p_v(x))
UNARY_SCALAR(sin, sinf(x))
UNARY_SCALAR(cos, cosf(x))
UNARY(tanh, tanh_v(x))
UNARY(sigmoid, sigmoid_v(x))
UNARY(relu, x > 0.0f ? x : (x != x ? x : splat(0.0f)))
UNARY(gelu, gelu_v(x))
UNARY(gelu_tanh, gelu_tanh_v(x))
UNARY(silu, silu_v(x))
UNARY(quick_gelu, quick_gelu_v(x))
UNARY(softplus, softplus_v(x))
UNARY(erf, erf_v(x))
UNARY(floor, __builtin_elementwise_floor(x))
UNARY(ceil, __builtin_elementwise_ceil(x))
UNARY(round, __builtin_elementwise_roundeven(x))

/// `slope` may read x, y = f(x) and dy; what it does not read is not loaded.
#define GRADIENT(name, expression)                                                                         \
    static void gradient_##name(const float *dys, const float *xs, const float *ys, float *dxs, long n) {  \
        EACH_VECTOR(n, const vf dy = AT(dys), x = AT(xs), y = AT(ys); (void)x, (void)y; PUT(dxs, expression)); \
    }

#define GRADIENT_SCALAR(name, expression)                                                                 \
    static void gradient_##name(const float *dys, const float *xs, const float *ys, float *dxs, long n) { \
        for (long i = 0; i < n; i++) {                                                                    \
            float dy = dys[i], x = xs[i];                                                                 \
            dxs[i] = expression;                                                                          \
        }                                                                                                 \
        (void)ys;                                                                                         \
    }

GRADIENT(neg, -dy)
GRADIENT(abs, dy * (x > 0.0f ? splat(1.0f) : (x < 0.0f ? splat(-1.0f) : x)))
GRADIENT(zero, dy * 0.0f)
GRADIENT(square, 2.0f * x * dy)
GRADIENT(reciprocal, -dy * y * y)
GRADIENT(sqrt, dy / (2.0f * y))
GRADIENT(rsqrt, -0.5f * dy * y * y * y)
GRADIENT(exp, dy * y)
GRADIENT(expm1, dy * exp_v(x))
GRADIENT(log, dy / x)
GRADIENT(log1p, dy / (1.0f + x))
GRADIENT_SCALAR(sin, dy * cosf(x))
GRADIENT_SCALAR(cos, -dy * sinf(x))
GRADIENT(tanh, dy * 4.0f * sigmoid_v(x + x) * sigmoid_v(-x - x))
GRADIENT(sigmoid, dy * sigmoid_v(x) * sigmoid_v(-x))
GRADIENT(relu, x > 0.0f ? dy : splat(0.0f))
GRADIENT(gelu, dy * gelu_slope_v(x))
GRADIENT(gelu_tanh, dy * gelu_tanh_slope_v(x))
GRADIENT(silu, dy * silu_slope_v(x))
GRADIENT(quick_gelu, dy * quick_gelu_slope_v(x))
GRADIENT(softplus, dy * sigmoid_v(x))
GRADIENT(erf, dy * 1.1283791670955126f * exp_minus_square(x, 1.0f))

/// Whether an operand steps or is one value is decided outside the loops, which the compiler copies for each case.
#define BINARY(name, expression)                                                                                                 \
    static void binary_##name(const float *as, long a_step, const float *bs, long b_step, float *out, long n) {                  \
        if (n <= 0) return;                                                                                                      \
        const vf a_all = splat(as[0]), b_all = splat(bs[0]);                                                                     \
        EACH_VECTOR(n, const vf a = a_step ? AT(as) : a_all, b = b_step ? AT(bs) : b_all; PUT(out, expression));                 \
    }

BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(mul, a * b)
BINARY(div, a / b)
BINARY(min, ((a < b) | (a != a)) ? a : b)
BINARY(max, ((a > b) | (a != a)) ? a : b)

static void binary_pow(const float *a, long a_step, const float *b, long b_step, float *out, long n) {
    for (long i = 0; i < n; i++) out[i] = powf(a[i * a_step], b[i * b_step]);
}

/// y += a x
static void axpy(float a, const float *xs, float *ys, long n) { EACH_VECTOR(n, PUT(ys, AT(ys) + a * AT(xs))); }

static void sgd(float *ps, const float *gs, float rate, float decay, long n) {
    // Two factors, so that a row that was skipped for k steps can be decayed k times by the same factor (see the sparse update).
    EACH_VECTOR(n, PUT(ps, AT(ps) - rate * (AT(gs) + decay * AT(ps))));
}

static void sgd_momentum(float *ps, const float *gs, float *vs, float rate, float decay, float momentum, bool nesterov, long n) {
    const float look_ahead = nesterov ? momentum : 0.0f, direct = nesterov ? 1.0f : 0.0f, velocity = nesterov ? 0.0f : 1.0f;
    EACH_VECTOR(n, {
        const vf g = AT(gs) + decay * AT(ps), v = momentum * AT(vs) + g;
        PUT(vs, v);
        PUT(ps, AT(ps) - rate * (direct * g + (look_ahead + velocity) * v));
    });
}

/// Loshchilov & Hutter, "Decoupled Weight Decay Regularization", as torch.optim.AdamW computes it.
static void adamw(float *ps, const float *gs, float *ms, float *vs, const eft_adamw *s, long n) {
    const float b1 = (float)s->beta1, b2 = (float)s->beta2, c1 = (float)(1 - s->beta1), c2 = (float)(1 - s->beta2);
    const float keep_part = (float)(1 - s->learning_rate * s->weight_decay), step = (float)(s->learning_rate / s->correction1);
    const float root = (float)(1 / sqrt(s->correction2)), eps = (float)s->eps;
    EACH_VECTOR(n, {
        const vf g = AT(gs), m = b1 * AT(ms) + c1 * g, v = b2 * AT(vs) + c2 * (g * g);
        PUT(ms, m);
        PUT(vs, v);
        PUT(ps, AT(ps) * keep_part - step * m / (__builtin_elementwise_sqrt(v) * root + eps));
    });
}
