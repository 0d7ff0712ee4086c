// Elementary functions on vectors: branch-free, a few units in the last place, right for infinities, NaN, zeros and denormals.
#pragma once

/// a b + c, fused where the level has it.
#define POLY(c, x, rest) ((rest) * (x) + (c))

/// e^x. Reduction by ln 2 in two parts, then the degree-6 polynomial of Cephes' expf; 2^n is applied in two factors so that
/// results below the normal range are denormal and not zero.
INLINE vf exp_v(vf x) {
    x = x > 89.0f ? splat(89.0f) : x;
    x = x < -104.0f ? splat(-104.0f) : x;  // NaN passes both
    const vf magic = splat(12582912.0f);   // 1.5 * 2^23: adding it rounds to an integer in the low bits
    vf shifted = x * 1.44269504088896341f + magic;
    vf n = shifted - magic;
    vi k = float_to_bits(shifted) - float_to_bits(magic);
    vf r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vf p = splat(1.9875691500e-4f);
    p = POLY(1.3981999507e-3f, r, p);
    p = POLY(8.3334519073e-3f, r, p);
    p = POLY(4.1665795894e-2f, r, p);
    p = POLY(1.6666665459e-1f, r, p);
    p = POLY(5.0000001201e-1f, r, p);
    p = p * (r * r) + r + 1.0f;
    vi half = k >> 1;
    return p * bits_to_float((half + 127) << 23) * bits_to_float((k - half + 127) << 23);
}

/// Natural logarithm; -inf at 0, NaN below.
INLINE vf log_v(vf x) {
    vi tiny = x < 1.17549435e-38f;
    vf y = tiny ? x * 8388608.0f : x;
    vi b = float_to_bits(y) - 0x3f3504f3;  // from sqrt(1/2)
    vi e = b >> 23;
    vf m = bits_to_float((b & 0x7fffff) + 0x3f3504f3);
    vf k = __builtin_convertvector(tiny ? e - 23 : e, vf);
    vf r = m - 1.0f;
    vf p = splat(7.0376836292e-2f);
    p = POLY(-1.1514610310e-1f, r, p);
    p = POLY(1.1676998740e-1f, r, p);
    p = POLY(-1.2420140846e-1f, r, p);
    p = POLY(1.4249322787e-1f, r, p);
    p = POLY(-1.6668057665e-1f, r, p);
    p = POLY(2.0000714765e-1f, r, p);
    p = POLY(-2.4999993993e-1f, r, p);
    p = POLY(3.3333331174e-1f, r, p);
    vf z = r * r;
    vf t = r * z * p + k * -2.12194440e-4f;
    t = t - 0.5f * z;
    vf result = r + t + k * 0.693359375f;
    result = x == __builtin_inff() ? x : result;
    result = x == 0.0f ? splat(-__builtin_inff()) : result;
    return ((x < 0.0f) | (x != x)) ? splat(__builtin_nanf("")) : result;
}

/// log(1 + x), exact for small x too (Kahan: the rounding error of 1 + x cancels).
INLINE vf log1p_v(vf x) {
    vf u = 1.0f + x;
    vf d = u - 1.0f;
    vf quotient = log_v(u) * (x / d);
    return d == 0.0f ? x : (u == __builtin_inff() ? u : quotient);
}

/// e^x - 1, exact for small x too.
INLINE vf expm1_v(vf x) {
    vf z = x * x;
    vf p = splat(1.98412698e-4f);
    p = POLY(1.38888889e-3f, x, p);
    p = POLY(8.33333333e-3f, x, p);
    p = POLY(4.16666667e-2f, x, p);
    p = POLY(1.66666667e-1f, x, p);
    p = POLY(0.5f, x, p);
    return abs_v(x) < 0.35f ? p * z + x : exp_v(x) - 1.0f;
}

INLINE vf tanh_v(vf x) {
    vf a = abs_v(x);
    vf z = x * x;
    vf p = splat(-5.70498872745e-3f);
    p = POLY(2.06390887954e-2f, z, p);
    p = POLY(-5.37397155531e-2f, z, p);
    p = POLY(1.33314422036e-1f, z, p);
    p = POLY(-3.33332819422e-1f, z, p);
    vf near = p * z * x + x;
    vf far = 1.0f - 2.0f / (exp_v(a + a) + 1.0f);
    return a < 0.625f ? near : (x != x ? x : copysign_v(far, x));
}

/// The logistic function without overflow, to full relative precision on both sides.
INLINE vf sigmoid_v(vf x) {
    vf e = exp_v(-abs_v(x));
    return (x < 0.0f ? e : splat(1.0f)) / (1.0f + e);
}

/// e^(-a^2 * scale) with a^2 carried in two parts (where the level has fma).
INLINE vf exp_minus_square(vf a, float scale) {
    vf s = a * a;
    vf e = exp_v(s * -scale);
#if W > 4
    e = e + e * ((s < 1e4f ? fma_v(a, a, -s) : splat(0.0f)) * -scale);
#endif
    return e;
}

/// erfc(a) / e^(-a^2) for a >= 0: (1 + 2a) times it is a smooth function of q = (a - 2)/(a + 2), fitted to 3e-8.
INLINE vf scaled_erfc(vf a) {
    a = a > 1e4f ? splat(1e4f) : a;
    vf inverse = 1.0f / ((a + 2.0f) * (a + a + 1.0f));
    vf q = (a - 2.0f) * (inverse * (a + a + 1.0f));
    vf p = splat(-4.085881867e-04f);
    p = POLY(-1.239668025e-03f, q, p);
    p = POLY(1.320641743e-03f, q, p);
    p = POLY(8.641395087e-03f, q, p);
    p = POLY(-8.062087947e-03f, q, p);
    p = POLY(-5.420737364e-02f, q, p);
    p = POLY(1.640556596e-01f, q, p);
    p = POLY(-1.660311129e-01f, q, p);
    p = POLY(-9.276399779e-02f, q, p);
    p = POLY(1.276978389e+00f, q, p);
    return p * (inverse * (a + 2.0f));
}

INLINE vf erf_v(vf x) {
    vf a = abs_v(x);
    vf s = x * x;
    vf p = splat(-5.96761703e-4f);
    p = POLY(4.99119423e-3f, s, p);
    p = POLY(-2.67681349e-2f, s, p);
    p = POLY(1.12819925e-1f, s, p);
    p = POLY(-3.76125336e-1f, s, p);
    p = POLY(1.28379166e-1f, s, p);
    vf near = p * x + x;
    vf far = 1.0f - scaled_erfc(a) * exp_minus_square(a, 1.0f);
    return a < 0.927734375f ? near : (x != x ? x : copysign_v(far, x));
}

/// Distribution function of the normal distribution, precise in the lower tail (where 1 + erf cancels), and e^(-x^2/2) on the way.
INLINE vf normal_v(vf x, vf *density) {
    vf e = exp_minus_square(x, 0.5f);
    vf c = 0.5f * scaled_erfc(abs_v(x) * 0.70710678118654752f) * e;
    *density = e;
    return x < 0.0f ? c : 1.0f - c;
}

INLINE vf gelu_v(vf x) {
    vf e;
    vf y = x * normal_v(x, &e);
    return x == -__builtin_inff() ? splat(0.0f) : y;
}

/// Derivative of GELU: Phi(x) + x phi(x).
INLINE vf gelu_slope_v(vf x) {
    vf e;
    vf cdf = normal_v(x, &e);
    return cdf + (e == 0.0f ? splat(0.0f) : x * e * 0.39894228040143268f);
}

/// GELU's tanh form, x sigmoid(2u) with u = sqrt(2/pi) (x + 0.044715 x^3).
INLINE vf gelu_tanh_v(vf x) {
    vf u = 1.5957691216057308f * x * (1.0f + 0.044715f * x * x);
    vf y = x * sigmoid_v(u);
    return x == -__builtin_inff() ? splat(0.0f) : y;
}

INLINE vf gelu_tanh_slope_v(vf x) {
    vf bounded = abs_v(x) > 30.0f ? copysign_v(splat(30.0f), x) : x;  // constant beyond; NaN passes
    vf u = 1.5957691216057308f * bounded * (1.0f + 0.044715f * bounded * bounded);
    vf du = 1.5957691216057308f * (1.0f + 0.134145f * bounded * bounded);
    vf s = sigmoid_v(u);
    return s + bounded * du * s * sigmoid_v(-u);
}

INLINE vf softplus_v(vf x) { return (x > 0.0f ? x : (x != x ? x : splat(0.0f))) + log1p_v(exp_v(-abs_v(x))); }

INLINE vf silu_v(vf x) { return x == -__builtin_inff() ? splat(0.0f) : x * sigmoid_v(x); }

INLINE vf silu_slope_v(vf x) {
    vf s = sigmoid_v(x);
    vf t = x * sigmoid_v(-x);
    return x == __builtin_inff() ? splat(1.0f) : (x == -__builtin_inff() ? splat(0.0f) : s * (1.0f + t));
}
