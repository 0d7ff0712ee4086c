// One level: all bodies, and the table that gives them out. Included once by each level_*.c.
#include "vector.h"

#include "math.h"

#include "maps.h"

#include "rows.h"

#include "random.h"

#include "products.h"

#include "attention.h"

#include "fused.h"

#include "dense.h"

#include "select.h"

extern const eft_table_f32 TABLE;
const eft_table_f32 TABLE = {
    .unary = {
        [EFT_NEG] = unary_neg, [EFT_ABS] = unary_abs, [EFT_SIGN] = unary_sign, [EFT_SQUARE] = unary_square,
        [EFT_RECIPROCAL] = unary_reciprocal, [EFT_SQRT] = unary_sqrt, [EFT_RSQRT] = unary_rsqrt, [EFT_EXP] = unary_exp,
        [EFT_EXPM1] = unary_expm1, [EFT_LOG] = unary_log, [EFT_LOG1P] = unary_log1p, [EFT_SIN] = unary_sin, [EFT_COS] = unary_cos,
        [EFT_TANH] = unary_tanh, [EFT_SIGMOID] = unary_sigmoid, [EFT_RELU] = unary_relu, [EFT_GELU] = unary_gelu,
        [EFT_GELU_TANH] = unary_gelu_tanh, [EFT_SILU] = unary_silu, [EFT_QUICK_GELU] = unary_quick_gelu,
        [EFT_SOFTPLUS] = unary_softplus, [EFT_ERF] = unary_erf,
        [EFT_FLOOR] = unary_floor, [EFT_CEIL] = unary_ceil, [EFT_ROUND] = unary_round,
    },
    .unary_gradient = {
        [EFT_NEG] = gradient_neg, [EFT_ABS] = gradient_abs, [EFT_SIGN] = gradient_zero, [EFT_SQUARE] = gradient_square,
        [EFT_RECIPROCAL] = gradient_reciprocal, [EFT_SQRT] = gradient_sqrt, [EFT_RSQRT] = gradient_rsqrt, [EFT_EXP] = gradient_exp,
        [EFT_EXPM1] = gradient_expm1, [EFT_LOG] = gradient_log, [EFT_LOG1P] = gradient_log1p, [EFT_SIN] = gradient_sin,
        [EFT_COS] = gradient_cos, [EFT_TANH] = gradient_tanh, [EFT_SIGMOID] = gradient_sigmoid, [EFT_RELU] = gradient_relu,
        [EFT_GELU] = gradient_gelu, [EFT_GELU_TANH] = gradient_gelu_tanh, [EFT_SILU] = gradient_silu,
        [EFT_QUICK_GELU] = gradient_quick_gelu, [EFT_SOFTPLUS] = gradient_softplus, [EFT_ERF] = gradient_erf, [EFT_FLOOR] = gradient_zero, [EFT_CEIL] = gradient_zero,
        [EFT_ROUND] = gradient_zero,
    },
    .binary = {
        [EFT_ADD] = binary_add, [EFT_SUB] = binary_sub, [EFT_MUL] = binary_mul, [EFT_DIV] = binary_div, [EFT_MIN] = binary_min,
        [EFT_MAX] = binary_max, [EFT_POW] = binary_pow,
    },
    .reduce = {
        [EFT_SUM] = reduce_sum, [EFT_SUM_SQUARES] = reduce_sum_squares, [EFT_MAXIMUM] = reduce_max, [EFT_MINIMUM] = reduce_min,
    },
    .reduce_rows = {
        [EFT_SUM] = rows_sum, [EFT_SUM_SQUARES] = rows_sum_squares, [EFT_MAXIMUM] = rows_max, [EFT_MINIMUM] = rows_min,
    },
    .dot = dot,
    .axpy = axpy,
    .softmax = softmax,
    .softmax_gradient = softmax_gradient,
    .log_softmax = log_softmax,
    .log_softmax_gradient = log_softmax_gradient,
    .logsumexp = logsumexp,
    .layer_norm = layer_norm,
    .layer_norm_gradient = layer_norm_gradient,
    .sgd = sgd,
    .sgd_momentum = sgd_momentum,
    .adamw = adamw,
    .bias_gelu = bias_gelu,
    .bias_gelu_gradient = bias_gelu_gradient,
    .residual = residual,
    .dropout = dropout,
    .attention_scratch = attention_scratch,
    .attention = attention,
    .attention_gradient = attention_gradient,
    .dense_strip = DENSE_STRIP,
    .dense_rows = DENSE_ROWS,
    .dense_depth = DENSE_DEPTH,
    .dense_pack = dense_pack,
    .dense = dense,
    .not_below = not_below,
};
