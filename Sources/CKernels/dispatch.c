// Chooses the kernels for this CPU, once, and lets a test or EFT_KERNEL_LEVEL choose less.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "eft_kernels.h"

extern const eft_table_f32 eft_table_baseline;
#if defined(__x86_64__)
extern const eft_table_f32 eft_table_avx2;
extern const eft_table_f32 eft_table_avx512;
static const eft_table_f32 *const tables[] = {&eft_table_baseline, &eft_table_avx2, &eft_table_avx512};
#else
static const eft_table_f32 *const tables[] = {&eft_table_baseline};
#endif

static const char *const names[] = {"baseline", "avx2", "avx512"};

static _Atomic int process_level = -1;       // -1 until first asked
static _Thread_local int thread_level = -1;  // -1: no override

eft_level eft_level_of_cpu(void) {
#if defined(__x86_64__)
    // These builtins ask the CPU and the operating system (xgetbv) for the registers' state, too.
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return EFT_LEVEL_BASELINE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
        return EFT_LEVEL_AVX512;
    return EFT_LEVEL_AVX2;
#else
    return EFT_LEVEL_BASELINE;
#endif
}

static int level_of_process(void) {
    int level = atomic_load_explicit(&process_level, memory_order_relaxed);
    if (level >= 0) return level;
    level = (int)eft_level_of_cpu();
    const char *asked = getenv("EFT_KERNEL_LEVEL");
    for (int i = 0; asked && i < level; i++)
        if (strcmp(asked, names[i]) == 0) level = i;
    atomic_store_explicit(&process_level, level, memory_order_relaxed);
    return level;
}

eft_level eft_level_active(void) { return (eft_level)(thread_level >= 0 ? thread_level : level_of_process()); }

void eft_level_set(int level) {
    int best = (int)eft_level_of_cpu();
    thread_level = level < 0 ? -1 : level > best ? best : level;
}

const char *eft_level_name(eft_level level) { return level >= EFT_LEVEL_BASELINE && level <= EFT_LEVEL_AVX512 ? names[level] : "unknown"; }

const eft_table_f32 *eft_f32(void) { return tables[eft_level_active()]; }
