// Products of a training step: the second matrix is packed into strips once, by all threads; then blocks of rows go through them.
#include <stdatomic.h>
#include <stddef.h>

#include "eft_kernels.h"
#include "scratch.h"

enum { MOST_PRODUCTS = 8 };

typedef struct {
    const eft_product *products;
    const eft_table_f32 *kernels;
    long count;
    float *packed[MOST_PRODUCTS];
    /// How many strips, and blocks of rows, come before those of each product.
    long strips[MOST_PRODUCTS + 1], blocks[MOST_PRODUCTS + 1];
    _Atomic bool failed;
} product_run;

/// Rows of a block: with some hundred inputs it stays in the second-level cache.
enum { BLOCK_ROWS = 112 };

static long ceiling(long n, long by) { return (n + by - 1) / by; }

static long packed_floats(const eft_product *p, long strip) { return ceiling(ceiling(p->n, strip) * strip * p->k, 16) * 16; }

long eft_products_workspace(const eft_product *products, long count) {
    long floats = 0;
    for (long i = 0; i < count; i++) floats += packed_floats(&products[i], eft_f32()->dense_strip);
    return floats;
}

/// Which product a task belongs to.
static int owner(const long *before, long task) {
    int i = 0;
    while (task >= before[i + 1]) i++;
    return i;
}

static void pack_strip(void *context, long task) {
    const product_run *run = context;
    const int i = owner(run->strips, task);
    const eft_product *p = &run->products[i];
    const long strip = task - run->strips[i];
    run->kernels->dense_pack(p->b, p->b_row, p->b_transposed, p->k, p->n, strip, run->packed[i] + strip * run->kernels->dense_strip * p->k);
}

/// The first row of a block; that of the block behind the last one is m. Blocks are whole tiles, and equal but for one tile.
static long first_row(const product_run *run, int i, long block) {
    const eft_product *p = &run->products[i];
    const long tile = run->kernels->dense_rows, row = ceiling(p->m, tile) * block / (run->blocks[i + 1] - run->blocks[i]) * tile;
    return row < p->m ? row : p->m;
}

static void multiply(void *context, long task) {
    product_run *run = context;
    const int i = owner(run->blocks, task);
    const eft_product *p = &run->products[i];
    const long from = first_row(run, i, task - run->blocks[i]), rows = first_row(run, i, task - run->blocks[i] + 1) - from;
    const long tile = run->kernels->dense_rows, depth = p->k < run->kernels->dense_depth ? p->k : run->kernels->dense_depth;
    float *panels = NULL;
    if (p->a_transposed && p->k > 0 && !(panels = eft_scratch(ceiling(rows, tile) * tile * depth))) {
        atomic_store(&run->failed, true);
        return;
    }
    run->kernels->dense(
        p->a + (p->a_transposed ? from : from * p->a_row), p->a_row, run->packed[i], p->bias,
        p->residual ? p->residual + from * p->residual_row : NULL, p->residual_row, EFT_LINEAR, p->c + from * p->c_row, p->c_row, rows, p->k,
        p->n, panels);
}

bool eft_products_run(const eft_product *products, long count, float *workspace) {
    if (count > MOST_PRODUCTS) return false;
    product_run run = {.products = products, .kernels = eft_f32(), .count = count};
    const long threads = eft_threads();
    for (long i = 0; i < count; i++) {
        const eft_product *p = &products[i];
        const bool empty = p->m <= 0 || p->n <= 0;
        run.packed[i] = workspace;
        workspace += packed_floats(p, run.kernels->dense_strip);
        run.strips[i + 1] = run.strips[i] + (empty ? 0 : ceiling(p->n, run.kernels->dense_strip));
        // Every thread gets as many blocks as the others, if there are tiles enough.
        const long tiles = ceiling(p->m, run.kernels->dense_rows), blocks = ceiling(ceiling(p->m, BLOCK_ROWS), threads) * threads;
        run.blocks[i + 1] = run.blocks[i] + (empty ? 0 : blocks < tiles ? blocks : tiles);
    }
    eft_parallel(run.strips[count], pack_strip, &run);
    eft_parallel(run.blocks[count], multiply, &run);
    return !atomic_load(&run.failed);
}
