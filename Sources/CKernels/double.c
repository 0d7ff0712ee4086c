// The f64 kernels: the C library's functions, plain loops, sums in their natural order. Exact before fast: f64 serves tests and checks.
#include <math.h>

#include "eft_kernels.h"

static double sigmoid(double x) {
    double e = exp(-fabs(x));
    return (x < 0 ? e : 1.0) / (1.0 + e);
}
static double sign(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
static double normal(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
static double gelu_tanh_argument(double x) { return 1.5957691216057307117 * x * (1.0 + 0.044715 * x * x); }

#define EACH(expression)                                          \
    for (long i = 0; i < n; i++) {                                \
        const double x = xs[i];                                   \
        ys[i] = expression;                                       \
    }                                                             \
    break

void eft_unary_f64(eft_unary op, const double *xs, double *ys, long n) {
    switch (op) {
    case EFT_NEG: EACH(-x);
    case EFT_ABS: EACH(fabs(x));
    case EFT_SIGN: EACH(sign(x));
    case EFT_SQUARE: EACH(x * x);
    case EFT_RECIPROCAL: EACH(1.0 / x);
    case EFT_SQRT: EACH(sqrt(x));
    case EFT_RSQRT: EACH(1.0 / sqrt(x));
    case EFT_EXP: EACH(exp(x));
    case EFT_EXPM1: EACH(expm1(x));
    case EFT_LOG: EACH(log(x));
    case EFT_LOG1P: EACH(log1p(x));
    case EFT_SIN: EACH(sin(x));
    case EFT_COS: EACH(cos(x));
    case EFT_TANH: EACH(tanh(x));
    case EFT_SIGMOID: EACH(sigmoid(x));
    case EFT_RELU: EACH(x > 0 ? x : x != x ? x : 0.0);
    case EFT_GELU: EACH(x == -INFINITY ? 0.0 : x * normal(x));
    case EFT_GELU_TANH: EACH(x == -INFINITY ? 0.0 : x * sigmoid(gelu_tanh_argument(x)));
    case EFT_SILU: EACH(x == -INFINITY ? 0.0 : x * sigmoid(x));
    case EFT_QUICK_GELU: EACH(x == -INFINITY ? 0.0 : x * sigmoid(1.702 * x));
    case EFT_SOFTPLUS: EACH((x > 0 ? x : x != x ? x : 0.0) + log1p(exp(-fabs(x))));
    case EFT_ERF: EACH(erf(x));
    case EFT_FLOOR: EACH(floor(x));
    case EFT_CEIL: EACH(ceil(x));
    case EFT_ROUND: EACH(rint(x));
    case EFT_UNARY_COUNT: break;
    }
}

static double gelu_slope(double x) {
    double e = exp(-0.5 * x * x);
    return normal(x) + (e == 0 ? 0.0 : x * e * 0.39894228040143267794);
}
static double gelu_tanh_slope(double x) {
    x = x > 30 ? 30 : x < -30 ? -30 : x;
    double u = gelu_tanh_argument(x), s = sigmoid(u);
    return s + x * 1.5957691216057307117 * (1.0 + 0.134145 * x * x) * s * sigmoid(-u);
}
static double silu_slope(double x) {
    if (isinf(x)) return x > 0 ? 1.0 : 0.0;
    return sigmoid(x) * (1.0 + x * sigmoid(-x));
}

#define SLOPE(expression)                                         \
    for (long i = 0; i < n; i++) {                                \
        const double x = xs[i], y = ys[i], dy = dys[i];           \
        (void)x, (void)y;                                         \
        dxs[i] = expression;                                      \
    }                                                             \
    break

void eft_unary_gradient_f64(eft_unary op, const double *dys, const double *xs, const double *ys, double *dxs, long n) {
    switch (op) {
    case EFT_NEG: SLOPE(-dy);
    case EFT_ABS: SLOPE(dy * sign(x));
    case EFT_SIGN:
    case EFT_FLOOR:
    case EFT_CEIL:
    case EFT_ROUND: SLOPE(dy * 0.0);
    case EFT_SQUARE: SLOPE(2.0 * x * dy);
    case EFT_RECIPROCAL: SLOPE(-dy * y * y);
    case EFT_SQRT: SLOPE(dy / (2.0 * y));
    case EFT_RSQRT: SLOPE(-0.5 * dy * y * y * y);
    case EFT_EXP: SLOPE(dy * y);
    case EFT_EXPM1: SLOPE(dy * exp(x));
    case EFT_LOG: SLOPE(dy / x);
    case EFT_LOG1P: SLOPE(dy / (1.0 + x));
    case EFT_SIN: SLOPE(dy * cos(x));
    case EFT_COS: SLOPE(-dy * sin(x));
    case EFT_TANH: SLOPE(dy * 4.0 * sigmoid(x + x) * sigmoid(-x - x));
    case EFT_SIGMOID: SLOPE(dy * sigmoid(x) * sigmoid(-x));
    case EFT_RELU: SLOPE(x > 0 ? dy : 0.0);
    case EFT_GELU: SLOPE(dy * gelu_slope(x));
    case EFT_GELU_TANH: SLOPE(dy * gelu_tanh_slope(x));
    case EFT_SILU: SLOPE(dy * silu_slope(x));
    case EFT_QUICK_GELU: SLOPE(dy * silu_slope(1.702 * x));
    case EFT_SOFTPLUS: SLOPE(dy * sigmoid(x));
    case EFT_ERF: SLOPE(dy * 1.1283791670955125739 * exp(-x * x));
    case EFT_UNARY_COUNT: break;
    }
}

#define PAIR(expression)                                          \
    for (long i = 0; i < n; i++) {                                \
        const double a = as[i * a_step], b = bs[i * b_step];      \
        out[i] = expression;                                      \
    }                                                             \
    break

void eft_binary_f64(eft_binary op, const double *as, long a_step, const double *bs, long b_step, double *out, long n) {
    switch (op) {
    case EFT_ADD: PAIR(a + b);
    case EFT_SUB: PAIR(a - b);
    case EFT_MUL: PAIR(a * b);
    case EFT_DIV: PAIR(a / b);
    case EFT_MIN: PAIR(((a < b) | (a != a)) ? a : b);
    case EFT_MAX: PAIR(((a > b) | (a != a)) ? a : b);
    case EFT_POW: PAIR(pow(a, b));
    case EFT_BINARY_COUNT: break;
    }
}

double eft_reduce_f64(eft_reduce op, const double *x, long n) {
    double m = op == EFT_MAXIMUM ? -INFINITY : op == EFT_MINIMUM ? INFINITY : 0;
    eft_reduce_rows_f64(op, x, n, 1, 1, &m);
    return m;
}

void eft_reduce_rows_f64(eft_reduce op, const double *x, long rows, long columns, long stride, double *out) {
    const double first = op == EFT_MAXIMUM ? -INFINITY : op == EFT_MINIMUM ? INFINITY : 0;
    for (long c = 0; c < columns; c++) out[c] = first;
    for (long r = 0; r < rows; r++, x += stride)
        for (long c = 0; c < columns; c++) {
            const double v = x[c], m = out[c];
            switch (op) {
            case EFT_SUM: out[c] = m + v; break;
            case EFT_SUM_SQUARES: out[c] = m + v * v; break;
            case EFT_MAXIMUM: out[c] = ((v > m) | (v != v)) ? v : m; break;
            case EFT_MINIMUM: out[c] = ((v < m) | (v != v)) ? v : m; break;
            case EFT_REDUCE_COUNT: break;
            }
        }
}

double eft_dot_f64(const double *a, const double *b, long n) {
    double s = 0;
    for (long i = 0; i < n; i++) s += a[i] * b[i];
    return s;
}

void eft_axpy_f64(double a, const double *x, double *y, long n) {
    for (long i = 0; i < n; i++) y[i] += a * x[i];
}

static double peak(const double *x, long n) {
    double m = -INFINITY;
    for (long i = 0; i < n; i++) m = x[i] > m ? x[i] : m;
    return m;
}

static double exp_total(const double *x, double shift, long n) {
    double s = 0;
    for (long i = 0; i < n; i++) s += exp(x[i] - shift);
    return s;
}

void eft_softmax_f64(const double *x, double *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        const double top = peak(x, columns), total = exp_total(x, top, columns);
        for (long i = 0; i < columns; i++) y[i] = exp(x[i] - top) / total;
    }
}

void eft_softmax_gradient_f64(const double *dy, const double *y, double *dx, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, y += columns, dx += columns) {
        const double s = eft_dot_f64(dy, y, columns);
        for (long i = 0; i < columns; i++) dx[i] = y[i] * (dy[i] - s);
    }
}

void eft_log_softmax_f64(const double *x, double *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        const double top = peak(x, columns), rest = log(exp_total(x, top, columns));
        for (long i = 0; i < columns; i++) y[i] = (x[i] - top) - rest;
    }
}

void eft_log_softmax_gradient_f64(const double *dy, const double *y, double *dx, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, y += columns, dx += columns) {
        const double s = eft_reduce_f64(EFT_SUM, dy, columns);
        for (long i = 0; i < columns; i++) dx[i] = dy[i] - exp(y[i]) * s;
    }
}

void eft_logsumexp_f64(const double *x, double *out, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns) {
        const double top = peak(x, columns);
        out[r] = isinf(top) ? eft_reduce_f64(EFT_MAXIMUM, x, columns) : top + log(exp_total(x, top, columns));
    }
}

void eft_layer_norm_f64(
    const double *x, const double *weight, const double *bias, double eps, double *y, double *means, double *rstds, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        const double mean = eft_reduce_f64(EFT_SUM, x, columns) / (double)columns;
        double squares = 0;
        for (long i = 0; i < columns; i++) squares += (x[i] - mean) * (x[i] - mean);
        const double rstd = 1 / sqrt(squares / (double)columns + eps);
        for (long i = 0; i < columns; i++) y[i] = (x[i] - mean) * rstd * (weight ? weight[i] : 1) + (bias ? bias[i] : 0);
        if (means) means[r] = mean;
        if (rstds) rstds[r] = rstd;
    }
}

void eft_layer_norm_gradient_f64(
    const double *dy, const double *x, const double *weight, const double *means, const double *rstds, double *dx, double *dweight,
    double *dbias, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, x += columns, dx += columns) {
        double sum_g = 0, sum_gh = 0;
        for (long i = 0; i < columns; i++) {
            const double h = (x[i] - means[r]) * rstds[r], g = dy[i] * (weight ? weight[i] : 1);
            sum_g += g, sum_gh += g * h;
            if (dweight) dweight[i] += dy[i] * h;
            if (dbias) dbias[i] += dy[i];
        }
        for (long i = 0; i < columns; i++) {
            const double h = (x[i] - means[r]) * rstds[r], g = dy[i] * (weight ? weight[i] : 1);
            dx[i] = rstds[r] * (g - (sum_g + h * sum_gh) / (double)columns);
        }
    }
}

void eft_sgd_f64(double *p, const double *g, double rate, double decay, long n) {
    for (long i = 0; i < n; i++) p[i] -= rate * (g[i] + decay * p[i]);
}

void eft_sgd_momentum_f64(double *p, const double *g, double *v, double rate, double decay, double momentum, bool nesterov, long n) {
    for (long i = 0; i < n; i++) {
        const double d = g[i] + decay * p[i];
        v[i] = momentum * v[i] + d;
        p[i] -= rate * (nesterov ? d + momentum * v[i] : v[i]);
    }
}

void eft_adamw_f64(double *p, const double *g, double *m, double *v, const eft_adamw *s, long n) {
    const double keep = 1 - s->learning_rate * s->weight_decay, step = s->learning_rate / s->correction1, root = 1 / sqrt(s->correction2);
    for (long i = 0; i < n; i++) {
        m[i] = s->beta1 * m[i] + (1 - s->beta1) * g[i];
        v[i] = s->beta2 * v[i] + (1 - s->beta2) * (g[i] * g[i]);
        p[i] = p[i] * keep - step * m[i] / (sqrt(v[i]) * root + s->eps);
    }
}

eft_adamw eft_adamw_step(double learning_rate, double beta1, double beta2, double eps, double weight_decay, long step) {
    return (eft_adamw){
        .learning_rate = learning_rate, .beta1 = beta1, .beta2 = beta2, .eps = eps, .weight_decay = weight_decay,
        .correction1 = 1 - pow(beta1, (double)step), .correction2 = 1 - pow(beta2, (double)step),
    };
}
