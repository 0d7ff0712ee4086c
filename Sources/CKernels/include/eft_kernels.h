#pragma once
// Vectorised inner loops of the tensor library, compiled for three levels of x86 and chosen at run time.
//
// Every function works on plain contiguous arrays on the calling thread; splitting work over threads is done by the caller (eft_parallel.h).
// Elementwise functions allow the output to be one of the inputs. The order of every reduction is fixed, so results depend on the
// arguments and the level, never on timing.
#include <stdbool.h>
#include <stdint.h>

#include "eft_fused.h"
#include "eft_parallel.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Instruction sets that the kernels are compiled for.
typedef enum { EFT_LEVEL_BASELINE = 0, EFT_LEVEL_AVX2 = 1, EFT_LEVEL_AVX512 = 2 } eft_level;

/// Elementwise functions of one argument.
typedef enum {
    EFT_NEG, EFT_ABS, EFT_SIGN, EFT_SQUARE, EFT_RECIPROCAL, EFT_SQRT, EFT_RSQRT,
    EFT_EXP, EFT_EXPM1, EFT_LOG, EFT_LOG1P, EFT_SIN, EFT_COS, EFT_TANH, EFT_SIGMOID, EFT_RELU, EFT_GELU, EFT_GELU_TANH,
    EFT_SILU, EFT_QUICK_GELU, EFT_SOFTPLUS, EFT_ERF, EFT_FLOOR, EFT_CEIL, EFT_ROUND, EFT_UNARY_COUNT
} eft_unary;

/// Elementwise functions of two arguments.
typedef enum { EFT_ADD, EFT_SUB, EFT_MUL, EFT_DIV, EFT_MIN, EFT_MAX, EFT_POW, EFT_BINARY_COUNT } eft_binary;

/// Comparisons; the result is one byte, 0 or 1.
typedef enum { EFT_LESS, EFT_LESS_EQUAL, EFT_GREATER, EFT_GREATER_EQUAL, EFT_EQUAL, EFT_NOT_EQUAL, EFT_COMPARE_COUNT } eft_compare;

/// Reductions.
typedef enum { EFT_SUM, EFT_SUM_SQUARES, EFT_MAXIMUM, EFT_MINIMUM, EFT_REDUCE_COUNT } eft_reduce;

/// Updates of AdamW that stay the same for all elements of a step.
typedef struct {
    double learning_rate, beta1, beta2, eps, weight_decay;
    /// 1 - beta1^t and 1 - beta2^t of the step being taken.
    double correction1, correction2;
} eft_adamw;

/// The `step`-th step (from 1).
eft_adamw eft_adamw_step(double learning_rate, double beta1, double beta2, double eps, double weight_decay, long step);

/// What one level provides for f32.
typedef struct {
    void (*unary[EFT_UNARY_COUNT])(const float *x, float *y, long n);
    /// dx = dy f'(x), with y = f(x) at hand.
    void (*unary_gradient[EFT_UNARY_COUNT])(const float *dy, const float *x, const float *y, float *dx, long n);
    /// Element i reads a[i * a_step] and b[i * b_step]; a step is 0 (one value for all) or 1.
    void (*binary[EFT_BINARY_COUNT])(const float *a, long a_step, const float *b, long b_step, float *out, long n);
    double (*reduce[EFT_REDUCE_COUNT])(const float *x, long n);
    /// out[c] = reduction over r of x[r * stride + c], c < columns.
    void (*reduce_rows[EFT_REDUCE_COUNT])(const float *x, long rows, long columns, long stride, float *out);
    double (*dot)(const float *a, const float *b, long n);
    /// y += a x
    void (*axpy)(float a, const float *x, float *y, long n);
    void (*softmax)(const float *x, float *y, long rows, long columns);
    void (*softmax_gradient)(const float *dy, const float *y, float *dx, long rows, long columns);
    void (*log_softmax)(const float *x, float *y, long rows, long columns);
    void (*log_softmax_gradient)(const float *dy, const float *y, float *dx, long rows, long columns);
    /// out[r] = log sum exp of row r.
    void (*logsumexp)(const float *x, float *out, long rows, long columns);
    /// Normalises rows; weight and bias may be null. mean and rstd (one per row) may be null.
    void (*layer_norm)(
        const float *x, const float *weight, const float *bias, float eps, float *y, float *mean, float *rstd, long rows, long columns);
    /// dx per row; dweight and dbias (may be null) are added to.
    void (*layer_norm_gradient)(
        const float *dy, const float *x, const float *weight, const float *mean, const float *rstd, float *dx, float *dweight, float *dbias,
        long rows, long columns);
    /// p -= rate (g + decay p)
    void (*sgd)(float *p, const float *g, float rate, float decay, long n);
    /// v = momentum v + (g + decay p); p -= rate (nesterov ? g + decay p + momentum v : v)
    void (*sgd_momentum)(float *p, const float *g, float *v, float rate, float decay, float momentum, bool nesterov, long n);
    void (*adamw)(float *p, const float *g, float *m, float *v, const eft_adamw *s, long n);
    /// y = gelu(x + bias), row by row.
    void (*bias_gelu)(const float *x, const float *bias, float *y, long rows, long columns);
    /// dx = dy gelu'(x + bias); dbias (may be null) += the rows of dx.
    void (*bias_gelu_gradient)(const float *dy, const float *x, const float *bias, float *dx, float *dbias, long rows, long columns);
    /// h = dropout(x + x_bias) + residual; x_bias, dropout and residual may be null. first_row numbers the rows for the dropout.
    void (*residual)(
        const float *x, const float *x_bias, const float *residual, const eft_dropout *dropout, long first_row, float *h, long rows,
        long columns);
    /// y = dropout(x), row by row.
    void (*dropout)(const float *x, const eft_dropout *dropout, long first_row, float *y, long rows, long columns);
    /// Floats of scratch memory that one task of attention needs.
    long (*attention_scratch)(long length, long size, bool gradient);
    void (*attention)(const eft_attention *layer, long sequence, long head, float *scratch);
    void (*attention_gradient)(const eft_attention *layer, long sequence, long head, float *scratch);
    /// Columns of a strip of a packed matrix, rows that `dense` takes at once, and the most inputs that it goes through at once.
    long dense_strip, dense_rows, dense_depth;
    /// Strip `strip` of a matrix [inputs, outputs], or of one that is stored [outputs, inputs] if `transposed`; b_row is the distance between
    /// rows as stored. Writes inputs * dense_strip floats, with zeros behind the last output.
    void (*dense_pack)(const float *b, long b_row, bool transposed, long inputs, long outputs, long strip, float *packed);
    /// y = activation(x B + bias + residual) for all strips of a packed matrix, one after the other in memory; bias and residual may be null.
    /// The bits of a row do not depend on the other rows or on how many there are.
    /// With `panels`, room for as many whole tiles of rows and dense_depth inputs, x is read transposed: input i of row r is x[i * x_row + r].
    void (*dense)(
        const float *x, long x_row, const float *packed, const float *bias, const float *residual, long residual_row,
        eft_activation activation, float *y, long y_row, long rows, long inputs, long outputs, float *panels);
    /// The positions (below 2^31) of the values that are not below `least`, in their order; returns how many there are.
    long (*not_below)(const float *x, long n, float least, int32_t *positions);
} eft_table_f32;

/// Whether EFT_CHECK_MEMORY=1 in the environment asks that working memory be exactly as long as needed, never used again, and full of NaN.
bool eft_checks_memory(void);

/// The best level of this CPU.
eft_level eft_level_of_cpu(void);
/// The level in force on the calling thread: the one set by eft_level_set, else EFT_KERNEL_LEVEL of the environment, else the CPU's best.
eft_level eft_level_active(void);
/// Forces a level for the calling thread (and for the workers it employs); -1 takes the override back. Levels above the CPU's are lowered.
void eft_level_set(int level);
const char *eft_level_name(eft_level level);
/// The kernels of the level in force on the calling thread.
const eft_table_f32 *eft_f32(void);

// The same, by name: each runs the level in force on the calling thread.
static inline void eft_unary_f32(eft_unary op, const float *x, float *y, long n) { eft_f32()->unary[op](x, y, n); }
static inline void eft_unary_gradient_f32(eft_unary op, const float *dy, const float *x, const float *y, float *dx, long n) {
    eft_f32()->unary_gradient[op](dy, x, y, dx, n);
}
static inline void eft_binary_f32(eft_binary op, const float *a, long a_step, const float *b, long b_step, float *out, long n) {
    eft_f32()->binary[op](a, a_step, b, b_step, out, n);
}
static inline double eft_reduce_f32(eft_reduce op, const float *x, long n) { return eft_f32()->reduce[op](x, n); }
static inline void eft_reduce_rows_f32(eft_reduce op, const float *x, long rows, long columns, long stride, float *out) {
    eft_f32()->reduce_rows[op](x, rows, columns, stride, out);
}

// f64 counterparts: exactness before speed, one level.
void eft_unary_f64(eft_unary op, const double *x, double *y, long n);
void eft_unary_gradient_f64(eft_unary op, const double *dy, const double *x, const double *y, double *dx, long n);
void eft_binary_f64(eft_binary op, const double *a, long a_step, const double *b, long b_step, double *out, long n);
double eft_reduce_f64(eft_reduce op, const double *x, long n);
void eft_reduce_rows_f64(eft_reduce op, const double *x, long rows, long columns, long stride, double *out);
double eft_dot_f64(const double *a, const double *b, long n);
void eft_axpy_f64(double a, const double *x, double *y, long n);
void eft_softmax_f64(const double *x, double *y, long rows, long columns);
void eft_softmax_gradient_f64(const double *dy, const double *y, double *dx, long rows, long columns);
void eft_log_softmax_f64(const double *x, double *y, long rows, long columns);
void eft_log_softmax_gradient_f64(const double *dy, const double *y, double *dx, long rows, long columns);
void eft_logsumexp_f64(const double *x, double *out, long rows, long columns);
void eft_layer_norm_f64(
    const double *x, const double *weight, const double *bias, double eps, double *y, double *mean, double *rstd, long rows, long columns);
void eft_layer_norm_gradient_f64(
    const double *dy, const double *x, const double *weight, const double *mean, const double *rstd, double *dx, double *dweight, double *dbias,
    long rows, long columns);
void eft_sgd_f64(double *p, const double *g, double rate, double decay, long n);
void eft_sgd_momentum_f64(double *p, const double *g, double *v, double rate, double decay, double momentum, bool nesterov, long n);
void eft_adamw_f64(double *p, const double *g, double *m, double *v, const eft_adamw *s, long n);

// Any level: these loops are bound by memory.
void eft_compare_f32(eft_compare op, const float *a, long a_step, const float *b, long b_step, uint8_t *out, long n);
void eft_compare_f64(eft_compare op, const double *a, long a_step, const double *b, long b_step, uint8_t *out, long n);
/// Index of the first maximum (sign 1) or minimum (sign -1) of a row; the first NaN wins.
long eft_arg_extreme_f32(const float *x, long n, int sign);
long eft_arg_extreme_f64(const double *x, long n, int sign);
void eft_convert_f32_f64(const float *x, double *y, long n);
void eft_convert_f64_f32(const double *x, float *y, long n);
/// y[c, r] = x[r, c] for the columns from..<to of x.
void eft_transpose_f32(const float *x, float *y, long rows, long columns, long from, long to);
void eft_transpose_f64(const double *x, double *y, long rows, long columns, long from, long to);

#ifdef __cplusplus
}
#endif
