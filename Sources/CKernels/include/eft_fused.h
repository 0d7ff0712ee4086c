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
    eft_dropout dropout;
    /// log sum exp of the scores of each row and head ([tokens, heads]): written by the forward pass unless null, read by the gradient.
    float *logsumexp;
    const float *dout;
    float *dq, *dk, *dv;
    long dout_row, dq_row, dk_row, dv_row;
} eft_attention;

/// Runs the layer over all sequences and heads, on all threads. False when there is no memory for the scratch space.
bool eft_attention_forward(const eft_attention *layer);
bool eft_attention_gradient(const eft_attention *layer);

#ifdef __cplusplus
}
#endif
