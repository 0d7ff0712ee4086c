#pragma once
// The operations of a transformer layer on a packed batch: sequence i is the rows offsets[i] ..< offsets[i + 1] of [tokens, hidden] matrices.
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is dropped: a function of these, of a row and of a position in it. A threshold of 0 drops nothing.
typedef struct {
    uint32_t key[2], stream[2];
    /// A position is kept when its 32 random bits are at least this: probability * 2^32.
    uint32_t threshold;
    /// What kept values are multiplied with: 1 / (1 - probability).
    float scale;
} eft_dropout;

/// One attention layer over a packed batch. Head h of a row is its elements [h size, (h + 1) size); `..._row` are distances between rows.
/// The fields from dout on are for the gradient only.
typedef struct {
    const float *q, *k, *v;
    float *out;
    long q_row, k_row, v_row, out_row;
    const int64_t *offsets;
    long sequences, heads, size;
    /// What scores are multiplied with: 1 / sqrt(size).
    float scale;
    /// Whether a row attends only to itself and the rows of its sequence before it.
    bool causal;
    eft_dropout dropout;
    /// log sum exp of the scores of each row and head ([tokens, heads]): written by the forward pass unless null, read by the gradient.
    float *logsumexp;
    const float *dout;
    float *dq, *dk, *dv;
    long dout_row, dq_row, dk_row, dv_row;
} eft_attention;

/// What a feed-forward block applies between its products.
typedef enum {
    EFT_LINEAR, EFT_ACTIVATION_GELU, EFT_ACTIVATION_GELU_TANH, EFT_ACTIVATION_RELU, EFT_ACTIVATION_SILU, EFT_ACTIVATION_QUICK_GELU
} eft_activation;

/// A linear map's weight [outputs, inputs] and bias [outputs].
typedef struct {
    const float *weight, *bias;
    long outputs, inputs;
} eft_dense;

/// One encoder layer without gradient or dropout: attention and feed-forward block, each followed by residual and layer normalisation or,
/// with `pre_norm`, of a normalised input and followed by the residual alone.
/// x and y are [tokens, hidden]; `inner` is the size of the feed-forward block's middle.
typedef struct {
    const float *x;
    float *y;
    const int64_t *offsets;
    long sequences, tokens, hidden, inner, heads;
    eft_dense query, key, value, attention_output, intermediate, output;
    const float *attention_norm_weight, *attention_norm_bias, *output_norm_weight, *output_norm_bias;
    float eps;
    bool pre_norm, causal;
    eft_activation activation;
    /// Floats that eft_layer_workspace asks for, 64-byte aligned.
    float *workspace;
} eft_layer;

/// Floats of memory that a layer of these sizes needs beside x and y.
long eft_layer_workspace(const eft_layer *layer);
/// Runs the layer on all threads. A sequence's bits do not depend on the other sequences. False when there is no memory.
bool eft_layer_forward(const eft_layer *layer);

/// A product C[m, n] = A[m, k] B[k, n], plus a bias [n] in every row and a residual [m, n] unless these are null. A and B may be stored
/// transposed; `..._row` are distances between rows as stored.
typedef struct {
    const float *a, *b, *bias, *residual;
    float *c;
    long a_row, b_row, residual_row, c_row;
    bool a_transposed, b_transposed;
    long m, n, k;
} eft_product;

/// Floats of memory that these products need beside their operands.
long eft_products_workspace(const eft_product *products, long count);
/// Runs products that do not depend on one another, at most eight, on all threads. Each element is one chain of additions in an order that
/// depends on k alone, not on the threads. `workspace` is 64-byte aligned. False when there is no memory for the scratch space.
bool eft_products_run(const eft_product *products, long count, float *workspace);

/// Runs the layer over all sequences and heads, on all threads. False when there is no memory for the scratch space.
bool eft_attention_forward(const eft_attention *layer);
bool eft_attention_gradient(const eft_attention *layer);

#ifdef __cplusplus
}
#endif
