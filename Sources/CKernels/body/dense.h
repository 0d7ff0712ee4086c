// Rows times a packed weight. Each element is one chain of additions over the inputs, however many rows there are and whichever tile it falls
// into: a row's bits depend on that row and on the weight alone.
#pragma once

/// Columns of a packed strip.
enum { DENSE_STRIP = 2 * W };
/// Inputs that are gone through at once: a strip of so many rows stays in the second-level cache, so many rows of x in the first-level one.
enum { DENSE_DEPTH = 512 };

static void dense_pack(const float *weight, long outputs, long inputs, long strip, float *packed) {
    const long first = strip * DENSE_STRIP, rows = outputs - first < DENSE_STRIP ? outputs - first : DENSE_STRIP;
    pack_transposed(weight + first * inputs, inputs, rows, inputs, 1, packed, DENSE_STRIP);
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

#define DENSE_TILE(R, N, whole, last) tile(R, N, whole, last, depth, x, x_row, 1, strip, DENSE_STRIP, y, y_row, add)

/// Up to DENSE_ROWS rows of a whole strip.
static void dense_tile(long rows, long depth, const float *x, long x_row, const float *strip, float *y, long y_row, bool add) {
    if (rows == DENSE_ROWS) {
        DENSE_TILE(DENSE_ROWS, 2, true, W);
        return;
    }
#define PART(R) if (rows >= R) DENSE_TILE(R, 2, true, W), x += R * x_row, y += R * y_row, rows -= R
#if W == 16
    PART(8);
#endif
    PART(4);
    PART(2);
    PART(1);
#undef PART
}

/// The same for a strip of fewer columns, one row after the other.
static void dense_edge(long rows, long columns, long depth, const float *x, long x_row, const float *strip, float *y, long y_row, bool add) {
    const long last = columns > W ? columns - W : columns;
    for (long r = 0; r < rows; r++, x += x_row, y += y_row) {
        if (columns > W) DENSE_TILE(1, 2, false, last);
        else if (columns == W) DENSE_TILE(1, 1, true, last);
        else DENSE_TILE(1, 1, false, last);
    }
}

static void dense(
    const float *x, long x_row, const float *packed, const float *bias, eft_activation activation, float *y, long y_row, long rows, long inputs,
    long outputs) {
    const long steps = (inputs + DENSE_DEPTH - 1) / DENSE_DEPTH, step = steps ? (inputs + steps - 1) / steps : 1;
    for (long r = 0; r < rows && inputs == 0; r++) {
        memset(y + r * y_row, 0, (size_t)outputs * sizeof(float));
        finish_tile(bias, activation, y + r * y_row, y_row, 1, outputs);
    }
    for (long from = 0; from < inputs; from += step) {
        const long depth = inputs - from < step ? inputs - from : step;
        for (long column = 0; column < outputs; column += DENSE_STRIP) {
            const long columns = outputs - column < DENSE_STRIP ? outputs - column : DENSE_STRIP;
            const float *strip = packed + column * inputs + from * DENSE_STRIP;
            for (long r = 0; r < rows; r += DENSE_ROWS) {
                const long height = rows - r < DENSE_ROWS ? rows - r : DENSE_ROWS;
                float *to = y + r * y_row + column;
                if (columns == DENSE_STRIP) dense_tile(height, depth, x + r * x_row + from, x_row, strip, to, y_row, from > 0);
                else dense_edge(height, columns, depth, x + r * x_row + from, x_row, strip, to, y_row, from > 0);
                if (from + depth == inputs) finish_tile(bias + column, activation, to, y_row, height, columns);
            }
        }
    }
}
