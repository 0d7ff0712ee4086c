#include "openblas_loader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

typedef void (*sgemm_function)(
    int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void (*dgemm_function)(
    int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);

/// An opened library: its handle, its functions and what is known about it.
typedef struct {
    void *handle;
    sgemm_function sgemm;
    dgemm_function dgemm;
    void (*set_threads)(int);
    void *(*take_area)(int);
    void (*give_area)(void *);
    blas_status status;
} blas_library;

/// The one that products run on; written once.
static blas_library installed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool cpu_has_avx512(void) {
#if defined(__x86_64__)
    // These builtins ask both the CPU (cpuid) and the operating system (xgetbv).
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#else
    return false;
#endif
}

static bool is_avx512_core(const char *core) {
    static const char *const names[] = {"SkylakeX", "Cooperlake", "SapphireRapids", "Zen4", "Zen5"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(core, names[i]) == 0) return true;
    return false;
}

/// A variable of the environment, set to `value` (null: removed) until `restore`.
typedef struct {
    const char *name;
    char *before;
    bool changed;
} variable;

static variable replace(const char *name, const char *value) {
    const char *now = getenv(name);
    variable v = {name, now ? strdup(now) : NULL, value ? !now || strcmp(now, value) != 0 : now != NULL};
    // Touched only where it must be: other threads may be reading the environment.
    if (v.changed && value) setenv(name, value, 1);
    else if (v.changed) unsetenv(name);
    return v;
}

static void restore(variable v) {
    if (v.changed && v.before) setenv(v.name, v.before, 1);
    else if (v.changed) unsetenv(v.name);
    free(v.before);
}

static void note(char *text, size_t size, const char *format, const char *argument, const char *other) {
    snprintf(text, size, format, argument, other);
}

/// Opens the library by one of its names with this core type in its environment, which OpenBLAS reads in a constructor.
static bool open_library(blas_library *l, const char *const names[], const char *core) {
    memset(l, 0, sizeof *l);
    variable type = replace("OPENBLAS_CORETYPE", core);
    // Our threads split the products: without this OpenBLAS would start its own, which spin while they wait.
    variable threads = replace("OPENBLAS_NUM_THREADS", "1");
    for (int i = 0; names[i] && !l->handle; i++) {
        l->handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        const char *problem = l->handle ? NULL : dlerror();
        if (i == 0) note(l->status.problem, sizeof l->status.problem, "%s", problem ? problem : "", NULL);
    }
    restore(threads);
    restore(type);
    if (!l->handle) return false;
    l->sgemm = (sgemm_function)dlsym(l->handle, "cblas_sgemm");
    l->dgemm = (dgemm_function)dlsym(l->handle, "cblas_dgemm");
    l->set_threads = (void (*)(int))dlsym(l->handle, "openblas_set_num_threads");
    l->take_area = (void *(*)(int))dlsym(l->handle, "blas_memory_alloc");
    l->give_area = (void (*)(void *))dlsym(l->handle, "blas_memory_free");
    char *(*corename)(void) = (char *(*)(void))dlsym(l->handle, "openblas_get_corename");
    char *(*config)(void) = (char *(*)(void))dlsym(l->handle, "openblas_get_config");
    if (!l->sgemm || !l->dgemm) {
        note(l->status.problem, sizeof l->status.problem, "%s", "it has no cblas_sgemm and cblas_dgemm", NULL);
        dlclose(l->handle);
        l->handle = NULL;
        return false;
    }
    if (l->set_threads) l->set_threads(1);
    note(l->status.core, sizeof l->status.core, "%s", corename ? corename() : "unknown", NULL);
    note(l->status.configuration, sizeof l->status.configuration, "%s", config ? config() : "unknown", NULL);
    l->status.problem[0] = 0;
    l->status.loaded = true;
    return true;
}

/// Opens the library with the kernels that EFT_BLAS_KERNEL asks for, else OPENBLAS_CORETYPE, else the best for this CPU.
static void open_best(blas_library *l, const char *const names[]) {
    const char *ours = getenv("EFT_BLAS_KERNEL"), *users = getenv("OPENBLAS_CORETYPE");
    const bool automatic = ours && strcasecmp(ours, "auto") == 0, avx512 = cpu_has_avx512();
    char *reason = l->status.reason, wanted[64];
    const size_t size = sizeof l->status.reason;
    if (ours && *ours && !automatic) {
        note(wanted, sizeof wanted, "%s", ours, NULL);
        if (!open_library(l, names, wanted)) return;
        const bool known = strcasecmp(l->status.core, wanted) == 0;
        note(reason, size, known ? "EFT_BLAS_KERNEL=%s" : "EFT_BLAS_KERNEL=%s is unknown to this OpenBLAS, it took %s", wanted, l->status.core);
    } else if (!automatic && users && *users) {
        note(wanted, sizeof wanted, "%s", users, NULL);
        if (!open_library(l, names, wanted)) return;
        note(
            reason, size,
            avx512 && !is_avx512_core(l->status.core)
                ? "OPENBLAS_CORETYPE=%s is set in the environment although this CPU has AVX-512: unset it or set EFT_BLAS_KERNEL=auto"
                : "OPENBLAS_CORETYPE=%s",
            wanted, NULL);
    } else {
        if (!open_library(l, names, NULL)) return;
        if (!avx512 || is_avx512_core(l->status.core)) {
            note(reason, size, "%s", "OpenBLAS's choice for this CPU", NULL);
            return;
        }
        // An OpenBLAS older than the CPU takes it for a lesser one. It is open but unused: close it and open it again.
        dlclose(l->handle);
        if (!open_library(l, names, "SkylakeX")) return;
        note(
            reason, size, "%s", is_avx512_core(l->status.core) ? "chosen for AVX-512" : "this build of OpenBLAS has no kernels for AVX-512",
            NULL);
    }
}

static void load(void) {
    const char *asked = getenv("EFT_BLAS_LIBRARY");
    const char *const custom[] = {asked, NULL}, *const usual[] = {"libopenblas.so.0", "libopenblas.so", NULL};
    open_best(&installed, asked && *asked ? custom : usual);
}

bool blas_open(void) {
    pthread_once(&once, load);
    return installed.status.loaded;
}

/// A work area of OpenBLAS's on x86-64: what one thread's product packs its operands into.
enum { WORK_AREA = (128 << 20) + (64 << 10), MOST_AREAS = 256 };

static bool has_room(void) {
    void *room = mmap(NULL, WORK_AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return false;
    munmap(room, WORK_AREA);
    return true;
}

bool blas_reserve(int callers) {
    static _Atomic int reserved;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (atomic_load_explicit(&reserved, memory_order_acquire) >= callers || !installed.take_area || !installed.give_area) return true;
    pthread_mutex_lock(&lock);
    void *areas[MOST_AREAS];
    const int held = atomic_load(&reserved), wanted = callers < MOST_AREAS ? callers : MOST_AREAS;
    int count = 0;
    // An area that is given back stays mapped, for the next product; those mapped already come first.
    while (count < wanted && (count < held || has_room())) areas[count++] = installed.take_area(0);
    for (int i = 0; i < count; i++) installed.give_area(areas[i]);
    if (count > held) atomic_store_explicit(&reserved, count, memory_order_release);
    pthread_mutex_unlock(&lock);
    return count == wanted;
}

blas_status blas_describe(void) {
    blas_open();
    return installed.status;
}

blas_status blas_probe(const char *name) {
    const char *const names[] = {name, NULL};
    blas_library library;
    open_best(&library, names);
    if (library.handle) dlclose(library.handle);
    return library.status;
}

enum { ROW_MAJOR = 101 };

void blas_sgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
    float *c, int ldc) {
    installed.sgemm(ROW_MAJOR, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas_dgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
    double *c, int ldc) {
    installed.dgemm(ROW_MAJOR, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas_set_num_threads(int count) {
    if (installed.set_threads) installed.set_threads(count);
}
