// Elementary functions on vectors: branch-free, a few units in the last place, right for infinities, NaN, zeros and denormals.
#pragma once

/// a b + c, fused where the level has it.
#define POLY(c, x, rest) ((rest) * (x) + (c))

/// The polynomial of Cephes' expf: e^r for |r| <= ln 2 / 2.
INLINE vf exp_near_zero(vf r) {
    vf p = splat(1.9875691500e-4f);
    p = POLY(1.3981999507e-3f, r, p);
    p = POLY(8.3334519073e-3f, r, p);
    p = POLY(4.1665795894e-2f, r, p);
    p = POLY(1.6666665459e-1f, r, p);
    p = POLY(5.0000001201e-1f, r, p);
    return p * (r * r) + (r + 1.0f);
}

/// e^x for -106 <= x <= 89 (or NaN): x = n ln 2 + r, with ln 2 in two parts. Results below the normal range are denormal, not zero.
INLINE vf exp_bounded(vf x) {
#if W == 16
    const vf n = (vf)_mm512_roundscale_ps((__m512)(x * 1.44269504088896341f), 0x08);
    const vf r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    return (vf)_mm512_scalef_ps((__m512)exp_near_zero(r), (__m512)n);
#else
    const vf magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer in the low bits
    const vf shifted = x * 1.44269504088896341f + magic, n = shifted - magic;
    const vi k = float_to_bits(shifted) - float_to_bits(magic), half = k >> 1;
    const vf r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    // Two factors: 2^k alone may not be a normal number.
    return exp_near_zero(r) * bits_to_float((half + 127) << 23) * bits_to_float((k - half + 127) << 23);
#endif
}

/// e^x
INLINE vf exp_v(vf x) {
    x = x > 89.0f ? splat(89.0f) : x;
    x = x < -104.0f ? splat(-104.0f) : x;  // NaN passes both
    return exp_bounded(x);
}

/// 1 / x for x from 1 to 1e30.
INLINE vf reciprocal_v(vf x) {
#if W == 16
    // 14 bits, doubled by one step of Newton's: quicker than a division.
    const vf y = (vf)_mm512_rcp14_ps((__m512)x);
    return y + y * (1.0f - x * y);
#else
    return 1.0f / x;
#endif
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
    const vf bounded = a > 20.0f ? splat(20.0f) : a;
    vf far = 1.0f - 2.0f * reciprocal_v(exp_bounded(bounded + bounded) + 1.0f);
    return a < 0.625f ? near : (x != x ? x : copysign_v(far, x));
}

/// The logistic function without overflow, to full relative precision on both sides.
INLINE vf sigmoid_v(vf x) {
    vf e = exp_v(-abs_v(x));
    return (x < 0.0f ? e : splat(1.0f)) * reciprocal_v(1.0f + e);
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

/// Phi(-a) e^(a^2/2) for 0 <= a <= 14.5, Phi the normal distribution function: a polynomial in t = 1 / (1 + 0.35 a), fitted to 3e-8.
INLINE vf scaled_tail(vf a) {
    const vf t = reciprocal_v(1.0f + 0.35f * a);
    vf p = splat(-2.915803013e-02f);
    p = POLY(1.440316102e-01f, t, p);
    p = POLY(-2.558404016e-01f, t, p);
    p = POLY(1.593212524e-01f, t, p);
    p = POLY(-2.321339333e-02f, t, p);
    p = POLY(1.055529267e-01f, t, p);
    p = POLY(1.198211848e-01f, t, p);
    p = POLY(1.398635289e-01f, t, p);
    p = POLY(1.396213061e-01f, t, p);
    return p * t;
}

/// |x|, at most 14.5, where Phi(-a) is below the smallest float's reach; NaN stays.
INLINE vf bounded_size(vf x) {
    const vf a = abs_v(x);
    return a > 14.5f ? splat(14.5f) : a;
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
    // erfc(a) = 2 Phi(-a sqrt 2)
    const vf b = bounded_size(a * 1.41421356237309505f);
    vf far = 1.0f - 2.0f * scaled_tail(b) * exp_bounded(b * b * -0.5f);
    return a < 0.927734375f ? near : (x != x ? x : copysign_v(far, x));
}

/// Phi(x), precise in the lower tail too (where 1 + erf cancels), and e^(-x^2/2) on the way.
INLINE vf normal_v(vf x, vf *density) {
    const vf a = bounded_size(x), e = exp_bounded(a * a * -0.5f), c = scaled_tail(a) * e;
    *density = e;
    return x < 0.0f ? c : 1.0f - c;
}

/// x Phi(x)
INLINE vf gelu_v(vf x) {
    vf e;
    const vf y = normal_v(x, &e);
    return (x < -14.5f ? splat(-14.5f) : x) * y;
}

/// Derivative of GELU: Phi(x) + x phi(x).
INLINE vf gelu_slope_v(vf x) {
    vf e;
    const vf cdf = normal_v(x, &e);
    return cdf + copysign_v(bounded_size(x), x) * (e * 0.39894228040143268f);
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

/// x sigmoid(a x) is silu(a x) / a.
INLINE vf quick_gelu_v(vf x) { return x == -__builtin_inff() ? splat(0.0f) : x * sigmoid_v(1.702f * x); }
INLINE vf quick_gelu_slope_v(vf x) { return silu_slope_v(1.702f * x); }
