// Rows times a packed weight. Each element is one chain of additions over the inputs, however many rows there are and whichever tile it falls
// into: a row's bits depend on that row and on the weight alone.
#pragma once

/// Columns of a packed strip.
enum { DENSE_STRIP = 2 * W };
/// Inputs that are gone through at once: a strip of so many rows stays in the second-level cache, so many rows of x in the first-level one.
enum { DENSE_DEPTH = 512 };

static void dense_pack(const float *b, long b_row, bool transposed, long inputs, long outputs, long strip, float *packed) {
    const long first = strip * DENSE_STRIP, columns = outputs - first < DENSE_STRIP ? outputs - first : DENSE_STRIP;
    if (transposed) {
        pack_transposed(b + first * b_row, b_row, columns, inputs, 1, packed, DENSE_STRIP);
        return;
    }
    for (long i = 0; i < inputs; i++, packed += DENSE_STRIP) {
        const float *row = b + i * b_row + first;
        if (columns == DENSE_STRIP) memcpy(packed, row, DENSE_STRIP * sizeof(float));
        else
            for (long c = 0; c < DENSE_STRIP; c++) packed[c] = c < columns ? row[c] : 0;
    }
}

INLINE vf activated(vf x, eft_activation activation) {
    switch (activation) {
    case EFT_ACTIVATION_GELU: return gelu_v(x);
    case EFT_ACTIVATION_GELU_TANH: return gelu_tanh_v(x);
    case EFT_ACTIVATION_RELU: return x > 0.0f ? x : (x != x ? x : splat(0.0f));
    case EFT_ACTIVATION_SILU: return silu_v(x);
    default: return x;
    }
}

/// y = activation(y + bias) on a tile that has just been written.
INLINE void finish(const float *bias, const eft_activation activation, float *y, long y_row, long rows, long columns) {
    for (long r = 0; r < rows; r++, y += y_row) {
        long i = 0;
        for (; i + W <= columns; i += W) store(y + i, activated(load(y + i) + load(bias + i), activation));
        if (i < columns) {
            const long n = columns - i;
            store_part(y + i, activated(load_part(y + i, n) + load_part(bias + i, n), activation), n);
        }
    }
}

static void finish_tile(const float *bias, eft_activation activation, float *y, long y_row, long rows, long columns) {
    switch (activation) {
    case EFT_LINEAR: finish(bias, EFT_LINEAR, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_GELU: finish(bias, EFT_ACTIVATION_GELU, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_GELU_TANH: finish(bias, EFT_ACTIVATION_GELU_TANH, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_RELU: finish(bias, EFT_ACTIVATION_RELU, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_SILU: finish(bias, EFT_ACTIVATION_SILU, y, y_row, rows, columns); break;
    }
}

#define DENSE_TILE(R) tile(R, 2, true, W, depth, x, x_row, x_step, strip, DENSE_STRIP, y, y_row, add)

/// Up to DENSE_ROWS rows of a whole strip. Element (r, i) of x is x[r * x_row + i * x_step].
INLINE void dense_tile(
    long rows, long depth, const float *x, const long x_row, const long x_step, const float *strip, float *y, long y_row, bool add) {
    if (rows == DENSE_ROWS) {
        DENSE_TILE(DENSE_ROWS);
        return;
    }
#define PART(R) if (rows >= R) DENSE_TILE(R), x += R * x_row, y += R * y_row, rows -= R
#if W == 16
    PART(8);
#endif
    PART(4);
    PART(2);
    PART(1);
#undef PART
}

/// The same for a strip of fewer columns: through a whole tile on the side.
INLINE void dense_edge(
    long rows, long columns, long depth, const float *x, const long x_row, const long x_step, const float *strip, float *y, long y_row,
    bool add) {
    float whole[DENSE_ROWS * DENSE_STRIP];
    for (long r = 0; r < rows && add; r++)
        for (long c = 0; c < DENSE_STRIP; c++) whole[r * DENSE_STRIP + c] = c < columns ? y[r * y_row + c] : 0;
    dense_tile(rows, depth, x, x_row, x_step, strip, whole, DENSE_STRIP, add);
    for (long r = 0; r < rows; r++) memcpy(y + r * y_row, whole + r * DENSE_STRIP, (size_t)columns * sizeof(float));
}

/// Rows of a transposed x, `depth` inputs from x on, in panels of DENSE_ROWS rows that are read in one go.
static void dense_panels(const float *x, long x_step, long rows, long depth, float *panels) {
    for (long i = 0; i < depth; i++, x += x_step) {
        float *to = panels + i * DENSE_ROWS;
        long r = 0;
        for (; r + DENSE_ROWS <= rows; r += DENSE_ROWS, to += depth * DENSE_ROWS) memcpy(to, x + r, DENSE_ROWS * sizeof(float));
        for (long last = r; r < rows; r++) to[r - last] = x[r];
    }
}

/// A tile's place in a step over some of the inputs.
typedef struct {
    const float *x, *strip, *bias;
    float *y;
    long x_row, y_row, rows, columns, depth;
    bool add, last;
    eft_activation activation;
} dense_step;

INLINE void dense_run(const dense_step *s, const long x_row, const long x_step) {
    if (s->columns == DENSE_STRIP) dense_tile(s->rows, s->depth, s->x, x_row, x_step, s->strip, s->y, s->y_row, s->add);
    else dense_edge(s->rows, s->columns, s->depth, s->x, x_row, x_step, s->strip, s->y, s->y_row, s->add);
    if (s->last && s->bias) finish_tile(s->bias, s->activation, s->y, s->y_row, s->rows, s->columns);
}

static void dense_straight(const dense_step *s) { dense_run(s, s->x_row, 1); }
static void dense_paneled(const dense_step *s) { dense_run(s, 1, DENSE_ROWS); }

static void dense(
    const float *x, long x_row, const float *packed, const float *bias, eft_activation activation, float *y, long y_row, long rows, long inputs,
    long outputs, float *panels) {
    const long steps = (inputs + DENSE_DEPTH - 1) / DENSE_DEPTH, step = steps ? (inputs + steps - 1) / steps : 1;
    for (long r = 0; r < rows && inputs == 0; r++) {
        memset(y + r * y_row, 0, (size_t)outputs * sizeof(float));
        if (bias) finish_tile(bias, activation, y + r * y_row, y_row, 1, outputs);
    }
    for (long from = 0; from < inputs; from += step) {
        const long depth = inputs - from < step ? inputs - from : step;
        if (panels) dense_panels(x + from * x_row, x_row, rows, depth, panels);
        for (long column = 0; column < outputs; column += DENSE_STRIP)
            for (long r = 0; r < rows; r += DENSE_ROWS) {
                const dense_step s = {
                    .x = panels ? panels + r * depth : x + r * x_row + from, .x_row = x_row,
                    .strip = packed + column * inputs + from * DENSE_STRIP, .bias = bias ? bias + column : NULL,
                    .y = y + r * y_row + column, .y_row = y_row,
                    .rows = rows - r < DENSE_ROWS ? rows - r : DENSE_ROWS,
                    .columns = outputs - column < DENSE_STRIP ? outputs - column : DENSE_STRIP, .depth = depth,
                    .add = from > 0, .last = from + depth == inputs, .activation = activation,
                };
                (panels ? dense_paneled : dense_straight)(&s);
            }
    }
}
