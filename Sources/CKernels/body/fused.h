// Operations of a transformer layer between its products, each in one pass over the rows.
#pragma once

/// y = gelu(x + bias)
static void bias_gelu(const float *x, const float *bias, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        long i = 0;
        for (; i + W <= columns; i += W) store(y + i, gelu_v(load(x + i) + load(bias + i)));
        if (i < columns) store_part(y + i, gelu_v(load_part(x + i, columns - i) + load_part(bias + i, columns - i)), columns - i);
    }
}

/// dx = dy gelu'(x + bias); dbias (may be null) += its rows.
static void bias_gelu_gradient(const float *dy, const float *x, const float *bias, float *dx, float *dbias, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, x += columns, dx += columns)
        for (long i = 0; i < columns; i += W) {
            const long n = columns - i < W ? columns - i : W;
            if (n == W) {
                const vf d = load(dy + i) * gelu_slope_v(load(x + i) + load(bias + i));
                store(dx + i, d);
                if (dbias) store(dbias + i, load(dbias + i) + d);
            } else {
                const vf d = load_part(dy + i, n) * gelu_slope_v(load_part(x + i, n) + load_part(bias + i, n));
                store_part(dx + i, d, n);
                if (dbias) store_part(dbias + i, load_part(dbias + i, n) + d, n);
            }
        }
}

/// h = dropout(x + x_bias) + residual (x_bias, residual and dropout may be missing).
static void residual(
    const float *x, const float *x_bias, const float *residual, const eft_dropout *d, long first_row, float *h, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, h += columns) {
        const float *from = x;
        if (x_bias) {
            for (long i = 0; i < columns; i++) h[i] = x[i] + x_bias[i];
            from = h;
        }
        if (d && d->threshold) {
            dropout_run(d, (uint32_t)(first_row + r), 0, from, h, columns);
            from = h;
        }
        if (residual) {
            for (long i = 0; i < columns; i++) h[i] = from[i] + residual[i];
            residual += columns;
        } else if (from != h)
            memcpy(h, from, (size_t)columns * sizeof(float));
    }
}

/// y = x, dropped out row by row.
static void dropout(const float *x, const eft_dropout *d, long first_row, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++) dropout_run(d, (uint32_t)(first_row + r), 0, x + r * columns, y + r * columns, columns);
}
