// Attention of one head over one sequence: products, softmax and dropout in the cache.
#pragma once

/// Query rows that are handled at once: their scores stay in the second-level cache up to some thousands of keys.
enum { QUERIES = 64 };

INLINE long padded(long n) { return (n + 15) / 16 * 16; }

/// Floats of scratch memory that one task needs.
static long attention_scratch(long length, long size, bool gradient) {
    const long p = padded(length), rows = length < QUERIES ? length : QUERIES;
    return gradient ? 2 * p * size + 5 * length * size + 2 * rows * p + 4 * 16 : p * size + length * size + rows * p + 3 * 16;
}

/// How many keys the queries from..<from + rows see together.
INLINE long reach_of(const eft_attention *t, long from, long rows, long length) { return t->causal ? from + rows : length; }

/// Sets what lies behind `length` scores to -infinity, so that all loops run over whole vectors. Whole vectors are written, too: what is
/// read back soon after a narrower store waits for it.
INLINE void blank(float *s, long length, long p) {
    long i = length / W * W;
    if (i < length) store(s + i, keep(load(s + i), length - i, -__builtin_inff())), i += W;
    for (; i < p; i += W) store(s + i, splat(-__builtin_inff()));
}

/// Asks for what the next head will read or write while this one is computed: 128 bytes here and there are no stream to the hardware.
INLINE void ahead(const float *x, long row, long rows, long size, const bool write) {
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < size; i += 16)
            if (write) __builtin_prefetch(x + r * row + size + i, 1, 3);
            else __builtin_prefetch(x + r * row + size + i, 0, 3);
}

static void attention(const eft_attention *t, long sequence, long head, float *scratch) {
    const long start = t->offsets[sequence], length = t->offsets[sequence + 1] - start, size = t->size, p = padded(length);
    if (length <= 0) return;
    const float *q = t->q + start * t->q_row + head * size, *k = t->k + start * t->k_row + head * size,
                *v = t->v + start * t->v_row + head * size;
    float *out = t->out + start * t->out_row + head * size;
    float *keys = scratch, *values = keys + padded(p * size), *scores = values + padded(length * size);
    float tops[QUERIES], totals[QUERIES];
    ahead(k, t->k_row, length, size, false);
    ahead(v, t->v_row, length, size, false);
    pack_transposed(k, t->k_row, length, size, t->scale, keys, p);
    pack(v, t->v_row, length, size, 1, values);
    ahead(q, t->q_row, length, size, false);
    ahead(out, t->out_row, length, size, true);
    for (long from = 0; from < length; from += QUERIES) {
        const long rows = length - from < QUERIES ? length - from : QUERIES;
        const long reach = reach_of(t, from, rows, length), width = padded(reach);
        product(rows, width, size, q + from * t->q_row, t->q_row, 1, keys, p, scores, p, false);
        for (long r = 0; r < rows; r++) {
            float *s = scores + r * p;
            blank(s, t->causal ? from + r + 1 : length, width);
            tops[r] = peak(s, width);
            totals[r] = exp_shifted(s, s, tops[r], width);
            if (t->dropout.threshold) dropout_run(&t->dropout, (uint32_t)((start + from + r) * t->heads + head), 0, s, s, reach);
        }
        float *y = out + from * t->out_row;
        product(rows, size, reach, scores, p, 1, values, size, y, t->out_row, false);
        for (long r = 0; r < rows; r++) scale(y + r * t->out_row, 1.0f / totals[r], size);
        if (t->logsumexp) {
            for (long r = 0; r < rows; r += W) store(tops + r, load(tops + r) + log_v(load(totals + r)));
            for (long r = 0; r < rows; r++) t->logsumexp[(start + from + r) * t->heads + head] = tops[r];
        }
    }
}

/// dv += P'ᵀ dy; with D = rowsum(dy * out): dS = P (dP - D); dq = scale dS k; dk = scale dSᵀ q.
/// Rabe & Staats and Dao et al. ("FlashAttention") recompute P from the rows' log sum exp in the same way.
static void attention_gradient(const eft_attention *t, long sequence, long head, float *scratch) {
    const long start = t->offsets[sequence], length = t->offsets[sequence + 1] - start, size = t->size, p = padded(length);
    if (length <= 0) return;
    const float *q = t->q + start * t->q_row + head * size, *k = t->k + start * t->k_row + head * size,
                *v = t->v + start * t->v_row + head * size, *out = t->out + start * t->out_row + head * size,
                *dy = t->dout + start * t->dout_row + head * size;
    float *dq = t->dq + start * t->dq_row + head * size;
    const long block = (length < QUERIES ? length : QUERIES) * p;
    float *keys = scratch, *values = keys + padded(p * size), *straight = values + padded(p * size),
          *dkeys = straight + length * size, *dvalues = dkeys + length * size, *queries = dvalues + length * size,
          *cotangents = queries + length * size, *scores = cotangents + padded(length * size), *dscores = scores + block;
    ahead(k, t->k_row, length, size, false);
    ahead(v, t->v_row, length, size, false);
    pack_transposed(k, t->k_row, length, size, t->scale, keys, p);
    pack_transposed(v, t->v_row, length, size, 1, values, p);
    pack(k, t->k_row, length, size, t->scale, straight);
    pack(q, t->q_row, length, size, t->scale, queries);
    pack(dy, t->dout_row, length, size, 1, cotangents);
    ahead(out, t->out_row, length, size, false);
    ahead(dq, t->dq_row, length, size, true);
    ahead(t->dk + start * t->dk_row + head * size, t->dk_row, length, size, true);
    ahead(t->dv + start * t->dv_row + head * size, t->dv_row, length, size, true);
    // With a mask the first queries do not reach all keys, whose sums then start from zero.
    if (t->causal) memset(dkeys, 0, (size_t)(2 * length * size) * sizeof(float));
    for (long from = 0; from < length; from += QUERIES) {
        const long rows = length - from < QUERIES ? length - from : QUERIES;
        const float *d = cotangents + from * size;
        const bool add = from > 0 || t->causal;
        const long reach = reach_of(t, from, rows, length), width = padded(reach);
        product(rows, width, size, q + from * t->q_row, t->q_row, 1, keys, p, scores, p, false);
        product(rows, width, size, d, size, 1, values, p, dscores, p, false);
        for (long r = 0; r < rows; r++) {
            float *s = scores + r * p, *ds = dscores + r * p;
            const long row = (start + from + r) * t->heads + head;
            const float shift = t->logsumexp[row];
            const float mean = (float)dot(d + r * size, out + (from + r) * t->out_row, size);
            if (t->causal) blank(s, from + r + 1, width);
            if (t->dropout.threshold) dropout_run(&t->dropout, (uint32_t)row, 0, ds, ds, reach);
            for (long i = 0; i < reach; i += W) {  // the rows are padded: whole vectors
                const vf probability = exp_v(load(s + i) - shift);
                store(s + i, probability);
                store(ds + i, probability * (load(ds + i) - mean));
            }
            if (t->dropout.threshold) dropout_run(&t->dropout, (uint32_t)row, 0, s, s, reach);
        }
        product(rows, size, reach, dscores, p, 1, straight, size, dq + from * t->dq_row, t->dq_row, false);
        product(reach, size, rows, dscores, 1, p, queries + from * size, size, dkeys, size, add);
        product(reach, size, rows, scores, 1, p, d, size, dvalues, size, add);
    }
    for (long r = 0; r < length; r++) {
        memcpy(t->dk + (start + r) * t->dk_row + head * size, dkeys + r * size, (size_t)size * sizeof(float));
        memcpy(t->dv + (start + r) * t->dv_row + head * size, dvalues + r * size, (size_t)size * sizeof(float));
    }
}
