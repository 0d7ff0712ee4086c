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
    case EFT_ACTIVATION_QUICK_GELU: return quick_gelu_v(x);
    default: return x;
    }
}

/// y = activation(y + bias) on a tile that has just been written.
INLINE void activate(const float *bias, const eft_activation activation, float *y, long y_row, long rows, long columns) {
    const vf zero = splat(0);
    for (long r = 0; r < rows; r++, y += y_row) EACH_VECTOR(columns, PUT(y, activated(AT(y) + (bias ? AT(bias) : zero), activation)));
}

static void activate_tile(const float *bias, eft_activation activation, float *y, long y_row, long rows, long columns) {
    switch (activation) {
    case EFT_LINEAR: break;
    case EFT_ACTIVATION_GELU: activate(bias, EFT_ACTIVATION_GELU, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_GELU_TANH: activate(bias, EFT_ACTIVATION_GELU_TANH, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_RELU: activate(bias, EFT_ACTIVATION_RELU, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_SILU: activate(bias, EFT_ACTIVATION_SILU, y, y_row, rows, columns); break;
    case EFT_ACTIVATION_QUICK_GELU: activate(bias, EFT_ACTIVATION_QUICK_GELU, y, y_row, rows, columns); break;
    }
}

#define DENSE_TILE(R) tile(R, 2, true, W, depth, x, x_row, x_step, strip, DENSE_STRIP, y, y_row, start, start_row, bias)

/// Up to DENSE_ROWS rows of a whole strip. Element (r, i) of x is x[r * x_row + i * x_step].
INLINE void dense_tile(
    long rows, long depth, const float *x, const long x_row, const long x_step, const float *strip, const float *start, long start_row,
    const float *bias, float *y, long y_row) {
    if (rows == DENSE_ROWS) {
        DENSE_TILE(DENSE_ROWS);
        return;
    }
#define PART(R) \
    if (rows >= R) DENSE_TILE(R), x += R * x_row, y += R * y_row, start = start ? start + R * start_row : NULL, rows -= R
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
    long rows, long columns, long depth, const float *x, const long x_row, const long x_step, const float *strip, const float *start,
    long start_row, const float *bias, float *y, long y_row) {
    float whole[DENSE_ROWS * DENSE_STRIP];
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < DENSE_STRIP; c++)
            whole[r * DENSE_STRIP + c] = c < columns ? (start ? start[r * start_row + c] : 0) + (bias ? bias[c] : 0) : 0;
    dense_tile(rows, depth, x, x_row, x_step, strip, whole, DENSE_STRIP, NULL, whole, DENSE_STRIP);
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

/// A tile's place in a step over some of the inputs. The first step starts from the residual and the bias, the others from y; with an
/// activation the bias comes last, as where the gradient is needed and the activation is an operation of its own.
typedef struct {
    const float *x, *strip, *start, *bias, *late_bias;
    float *y;
    long x_row, y_row, start_row, rows, columns, depth;
    eft_activation activation;
} dense_step;

INLINE void dense_run(const dense_step *s, const long x_row, const long x_step) {
    if (s->columns == DENSE_STRIP)
        dense_tile(s->rows, s->depth, s->x, x_row, x_step, s->strip, s->start, s->start_row, s->bias, s->y, s->y_row);
    else
        dense_edge(s->rows, s->columns, s->depth, s->x, x_row, x_step, s->strip, s->start, s->start_row, s->bias, s->y, s->y_row);
    activate_tile(s->late_bias, s->activation, s->y, s->y_row, s->rows, s->columns);
}

static void dense_straight(const dense_step *s) { dense_run(s, s->x_row, 1); }
static void dense_paneled(const dense_step *s) { dense_run(s, 1, DENSE_ROWS); }

static void dense(
    const float *x, long x_row, const float *packed, const float *bias, const float *residual, long residual_row, eft_activation activation,
    float *y, long y_row, long rows, long inputs, long outputs, float *panels) {
    const long steps = inputs > 0 ? (inputs + DENSE_DEPTH - 1) / DENSE_DEPTH : 1, step = (inputs + steps - 1) / steps;
    for (long k = 0; k < steps; k++) {
        const long from = k * step, depth = inputs - from < step ? inputs - from : step;
        const bool first = k == 0, last = k == steps - 1;
        if (panels) dense_panels(x + from * x_row, x_row, rows, depth, panels);
        for (long column = 0; column < outputs; column += DENSE_STRIP)
            for (long r = 0; r < rows; r += DENSE_ROWS) {
                float *to = y + r * y_row + column;
                const dense_step s = {
                    .x = panels ? panels + r * depth : x + r * x_row + from, .x_row = x_row,
                    .strip = packed + column * inputs + from * DENSE_STRIP,
                    .start = !first ? to : residual ? residual + r * residual_row + column : NULL,
                    .start_row = first ? residual_row : y_row,
                    .bias = first && bias && activation == EFT_LINEAR ? bias + column : NULL, .late_bias = bias ? bias + column : NULL,
                    .y = to, .y_row = y_row,
                    .rows = rows - r < DENSE_ROWS ? rows - r : DENSE_ROWS,
                    .columns = outputs - column < DENSE_STRIP ? outputs - column : DENSE_STRIP, .depth = depth,
                    .activation = last ? activation : EFT_LINEAR,
                };
                (panels ? dense_paneled : dense_straight)(&s);
            }
    }
}
