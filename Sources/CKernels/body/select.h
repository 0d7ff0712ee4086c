// Finding the few values that can matter among many.
#pragma once

/// Writes the positions of the values that are not below `least` (a NaN is not) in their order, and returns how many there are.
static long not_below(const float *x, long n, float least, int32_t *positions) {
    long count = 0, i = 0;
    const vf bound = splat(least);
    for (; i + 4 * W <= n; i += 4 * W) {
        // Most runs hold none: one test for four vectors.
        const vi none = (load(x + i) < bound) & (load(x + i + W) < bound) & (load(x + i + 2 * W) < bound) & (load(x + i + 3 * W) < bound);
        if (__builtin_reduce_and(none)) continue;
        for (long j = i; j < i + 4 * W; j++)
            if (!(x[j] < least)) positions[count++] = (int32_t)j;
    }
    for (; i < n; i++)
        if (!(x[i] < least)) positions[count++] = (int32_t)i;
    return count;
}
