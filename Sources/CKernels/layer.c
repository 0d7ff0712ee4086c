// One encoder layer without gradient: packs the weights, then goes through blocks of rows that stay in the cache.
#include <stdatomic.h>

#include "eft_kernels.h"
#include "scratch.h"

enum { MATRICES = 6 };

typedef struct {
    const eft_layer *layer;
    const eft_table_f32 *kernels;
    /// The matrices in the order of their use, where each one is packed, and how many strips come before it.
    eft_dense dense[MATRICES];
    float *packed[MATRICES];
    long strips[MATRICES + 1];
    /// [tokens, 3 hidden]: queries, keys and values side by side; and the attention's result, [tokens, hidden].
    float *projected, *context;
    /// Rows are dealt out in `units` of `unit` rows, in `blocks` blocks.
    long unit, units, blocks;
    _Atomic bool failed;
} layer_run;

/// Rows of a block: with them, the feed-forward block's middle stays in the second-level cache.
enum { BLOCK_ROWS = 112 };

static long ceiling(long n, long by) { return (n + by - 1) / by; }
static long aligned(long floats) { return ceiling(floats, 16) * 16; }

static void list(const eft_layer *l, eft_dense *dense) {
    dense[0] = l->query, dense[1] = l->key, dense[2] = l->value;
    dense[3] = l->attention_output, dense[4] = l->intermediate, dense[5] = l->output;
}

static long packed_floats(const eft_dense *d, long strip) { return aligned(ceiling(d->outputs, strip) * strip * d->inputs); }

long eft_layer_workspace(const eft_layer *l) {
    eft_dense dense[MATRICES];
    list(l, dense);
    const long strip = eft_f32()->dense_strip;
    long floats = aligned(l->tokens * 3 * l->hidden) + aligned(l->tokens * l->hidden);
    for (int i = 0; i < MATRICES; i++) floats += packed_floats(&dense[i], strip);
    return floats;
}

static void pack_strip(void *context, long task) {
    const layer_run *run = context;
    int i = 0;
    while (task >= run->strips[i + 1]) i++;
    const eft_dense *d = &run->dense[i];
    const long strip = task - run->strips[i];
    run->kernels->dense_pack(
        d->weight, d->inputs, true, d->inputs, d->outputs, strip, run->packed[i] + strip * run->kernels->dense_strip * d->inputs);
}

/// The first row of a block; that of the block behind the last one is the number of tokens.
static long first_row(const layer_run *run, long block) {
    const long row = run->units * block / run->blocks * run->unit;
    return row < run->layer->tokens ? row : run->layer->tokens;
}

/// y = activation(matrix i of x + residual); x and the residual, which may be missing, have rows without gaps.
static void apply(
    const layer_run *run, int i, const float *x, const float *residual, eft_activation activation, float *y, long y_row, long rows) {
    const eft_dense *d = &run->dense[i];
    run->kernels->dense(
        x, d->inputs, run->packed[i], d->bias, residual, d->outputs, activation, y, y_row, rows, d->inputs, d->outputs, NULL);
}

static void project(void *context, long block) {
    layer_run *run = context;
    const eft_layer *l = run->layer;
    const long from = first_row(run, block), rows = first_row(run, block + 1) - from, hidden = l->hidden;
    if (rows == 0) return;
    const float *x = l->x + from * hidden;
    if (l->pre_norm) {
        float *normalized = eft_scratch(rows * hidden);
        if (!normalized) {
            atomic_store(&run->failed, true);
            return;
        }
        run->kernels->layer_norm(x, l->attention_norm_weight, l->attention_norm_bias, l->eps, normalized, NULL, NULL, rows, hidden);
        x = normalized;
    }
    for (int i = 0; i < 3; i++) apply(run, i, x, NULL, EFT_LINEAR, run->projected + from * 3 * hidden + i * hidden, 3 * hidden, rows);
}

/// y = norm(y)
static void normalise(const layer_run *run, const float *weight, const float *bias, float *y, long rows) {
    run->kernels->layer_norm(y, weight, bias, run->layer->eps, y, NULL, NULL, rows, run->layer->hidden);
}

static void finish(void *context, long block) {
    layer_run *run = context;
    const eft_layer *l = run->layer;
    const long from = first_row(run, block), rows = first_row(run, block + 1) - from, hidden = l->hidden;
    if (rows == 0) return;
    float *attended = eft_scratch(rows * (hidden + l->inner)), *inner = attended + rows * hidden, *y = l->y + from * hidden;
    if (!attended) {
        atomic_store(&run->failed, true);
        return;
    }
    apply(run, 3, run->context + from * hidden, l->x + from * hidden, EFT_LINEAR, attended, hidden, rows);
    if (l->pre_norm) {
        // y holds the normalised middle until the last product takes its place.
        run->kernels->layer_norm(attended, l->output_norm_weight, l->output_norm_bias, l->eps, y, NULL, NULL, rows, hidden);
        apply(run, 4, y, NULL, l->activation, inner, l->inner, rows);
        apply(run, 5, inner, attended, EFT_LINEAR, y, hidden, rows);
        return;
    }
    normalise(run, l->attention_norm_weight, l->attention_norm_bias, attended, rows);
    apply(run, 4, attended, NULL, l->activation, inner, l->inner, rows);
    apply(run, 5, inner, attended, EFT_LINEAR, y, hidden, rows);
    normalise(run, l->output_norm_weight, l->output_norm_bias, y, rows);
}

bool eft_layer_forward(const eft_layer *l) {
    if (l->tokens <= 0) return true;
    layer_run run = {.layer = l, .kernels = eft_f32()};
    list(l, run.dense);
    float *next = l->workspace;
    for (int i = 0; i < MATRICES; i++) {
        run.packed[i] = next;
        next += packed_floats(&run.dense[i], run.kernels->dense_strip);
        run.strips[i + 1] = run.strips[i] + ceiling(run.dense[i].outputs, run.kernels->dense_strip);
    }
    run.projected = next;
    run.context = next + aligned(l->tokens * 3 * l->hidden);
    // Few rows are shared out as they come, many in whole tiles; every thread gets as many blocks as the others.
    const long threads = eft_threads(), tile = run.kernels->dense_rows;
    run.unit = l->tokens >= tile * threads ? tile : ceiling(l->tokens, threads);
    run.units = ceiling(l->tokens, run.unit);
    run.blocks = ceiling(ceiling(l->tokens, BLOCK_ROWS), threads) * threads;
    if (run.blocks > run.units) run.blocks = run.units;

    eft_parallel(run.strips[MATRICES], pack_strip, &run);
    eft_parallel(run.blocks, project, &run);
    const eft_attention attention = {
        .q = run.projected, .k = run.projected + l->hidden, .v = run.projected + 2 * l->hidden, .out = run.context,
        .q_row = 3 * l->hidden, .k_row = 3 * l->hidden, .v_row = 3 * l->hidden, .out_row = l->hidden,
        .offsets = l->offsets, .sequences = l->sequences, .heads = l->heads, .size = l->hidden / l->heads,
        .scale = 1 / __builtin_sqrtf((float)(l->hidden / l->heads)), .causal = l->causal,
    };
    if (!eft_attention_forward(&attention)) return false;
    eft_parallel(run.blocks, finish, &run);
    return !atomic_load(&run.failed);
}
