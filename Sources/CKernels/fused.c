// Spreads attention over threads: one task for each sequence and head, each with its own part of the results.
#include <stdatomic.h>

#include "eft_kernels.h"
#include "scratch.h"

typedef struct {
    const eft_attention *layer;
    bool gradient;
    long heads_per_task;
    _Atomic bool failed;
} attention_job;

static void run_task(void *context, long task) {
    attention_job *job = context;
    const eft_attention *t = job->layer;
    const long groups = t->heads / job->heads_per_task, sequence = task / groups, first = task % groups * job->heads_per_task;
    const long length = t->offsets[sequence + 1] - t->offsets[sequence];
    if (length <= 0) return;
    const eft_table_f32 *kernels = eft_f32();
    float *memory = eft_scratch(kernels->attention_scratch(length, t->size, job->gradient));
    if (!memory) {
        atomic_store(&job->failed, true);
        return;
    }
    for (long head = first; head < first + job->heads_per_task; head++)
        (job->gradient ? kernels->attention_gradient : kernels->attention)(t, sequence, head, memory);
}

static bool run(const eft_attention *layer, bool gradient) {
    // Heads lie side by side in memory: one thread takes all of a sequence, unless there are too few sequences to go round.
    const bool many = layer->sequences >= 4 * (long)eft_threads();
    attention_job job = {.layer = layer, .gradient = gradient, .heads_per_task = many ? layer->heads : 1};
    eft_parallel(layer->sequences * (layer->heads / job.heads_per_task), run_task, &job);
    return !atomic_load(&job.failed);
}

bool eft_attention_forward(const eft_attention *layer) { return run(layer, false); }
bool eft_attention_gradient(const eft_attention *layer) { return run(layer, true); }
