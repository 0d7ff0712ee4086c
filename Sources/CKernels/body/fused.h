// Operations of a transformer layer between its products, each in one pass over the rows.
#pragma once

/// y = gelu(x + bias)
static void bias_gelu(const float *x, const float *bias, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, y += columns) {
        EACH_VECTOR(columns, PUT(y, gelu_v(AT(x) + AT(bias))));
    }
}

/// dx = dy gelu'(x + bias); dbias (may be null) += its rows.
static void bias_gelu_gradient(const float *dy, const float *x, const float *bias, float *dx, float *dbias, long rows, long columns) {
    for (long r = 0; r < rows; r++, dy += columns, x += columns, dx += columns)
        EACH_VECTOR(columns, {
            const vf d = AT(dy) * gelu_slope_v(AT(x) + AT(bias));
            PUT(dx, d);
            if (dbias) PUT(dbias, AT(dbias) + d);
        });
}

/// h = dropout(x + x_bias) + residual (x_bias, residual and dropout may be missing).
static void residual(
    const float *x, const float *x_bias, const float *residual, const eft_dropout *d, long first_row, float *h, long rows, long columns) {
    for (long r = 0; r < rows; r++, x += columns, h += columns) {
        const float *from = x;
        if (x_bias) {
            EACH_VECTOR(columns, PUT(h, AT(x) + AT(x_bias)));
            from = h;
        }
        if (d && d->threshold) {
            dropout_run(d, (uint32_t)(first_row + r), 0, from, h, columns);
            from = h;
        }
        if (residual) {
            EACH_VECTOR(columns, PUT(h, AT(from) + AT(residual)));
            residual += columns;
        } else if (from != h)
            memcpy(h, from, (size_t)columns * sizeof(float));
    }
}

/// y = x, dropped out row by row.
static void dropout(const float *x, const eft_dropout *d, long first_row, float *y, long rows, long columns) {
    for (long r = 0; r < rows; r++) dropout_run(d, (uint32_t)(first_row + r), 0, x + r * columns, y + r * columns, columns);
}
