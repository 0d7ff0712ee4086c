#include "openblas_loader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*sgemm_function)(
    int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void (*dgemm_function)(
    int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);

static blas_status status;
static sgemm_function sgemm;
static dgemm_function dgemm;
static void (*set_threads)(int);
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

/// The names under which OpenBLAS is installed: Debian's and Fedora's, the -dev link, and one that EFT_BLAS_LIBRARY gives.
static void *open_library(void) {
    const char *asked = getenv("EFT_BLAS_LIBRARY");
    if (asked && *asked) return dlopen(asked, RTLD_NOW | RTLD_LOCAL);
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
        if (i == 0) {
            const char *problem = dlerror();
            snprintf(status.problem, sizeof status.problem, "%s", problem ? problem : "not found");
        }
    }
    return NULL;
}

/// Puts a value into the environment for the time of loading, and back what was there afterwards.
typedef struct {
    const char *name;
    char *before;
} saved_variable;

static saved_variable replace(const char *name, const char *value) {
    const char *now = getenv(name);
    saved_variable saved = {name, now ? strdup(now) : NULL};
    if (value) setenv(name, value, 1);
    else unsetenv(name);
    return saved;
}

static void restore(saved_variable saved) {
    if (saved.before) setenv(saved.name, saved.before, 1);
    else unsetenv(saved.name);
    free(saved.before);
}

static void load(void) {
    const char *ours = getenv("EFT_BLAS_KERNEL"), *users = getenv("OPENBLAS_CORETYPE");
    const bool automatic = ours && strcmp(ours, "auto") == 0, named = ours && *ours && !automatic;
    const bool avx512 = cpu_has_avx512();
    // OpenBLAS reads its core type in a constructor: the choice has to be in the environment before dlopen.
    const char *core = NULL;
    if (named) core = ours;
    else if (!automatic && users && *users) core = users;
    else if (avx512) core = "SkylakeX";
    saved_variable type = replace("OPENBLAS_CORETYPE", core);
    // Its own threads are not used: ours split the products. Without this it would start them all the same.
    saved_variable threads = replace("OPENBLAS_NUM_THREADS", "1");
    void *library = open_library();
    restore(threads);
    restore(type);
    if (!library) return;

    sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
    dgemm = (dgemm_function)dlsym(library, "cblas_dgemm");
    set_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    char *(*corename)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    if (!sgemm || !dgemm) {
        snprintf(status.problem, sizeof status.problem, "the library has no cblas_sgemm and cblas_dgemm");
        return;
    }
    if (set_threads) set_threads(1);
    snprintf(status.core, sizeof status.core, "%s", corename ? corename() : "unknown");
    snprintf(status.configuration, sizeof status.configuration, "%s", config ? config() : "unknown");
    const bool runs_avx512 = strcmp(status.core, "SkylakeX") == 0 || strcmp(status.core, "Cooperlake") == 0
        || strcmp(status.core, "Sapphirerapids") == 0 || strcmp(status.core, "Zen5") == 0;
    if (named) snprintf(status.reason, sizeof status.reason, "EFT_BLAS_KERNEL=%s", ours);
    else if (!automatic && users && *users && avx512 && !runs_avx512)
        snprintf(
            status.reason, sizeof status.reason,
            "OPENBLAS_CORETYPE=%s is set in the environment although this CPU has AVX-512: unset it or set EFT_BLAS_KERNEL=auto", users);
    else if (!automatic && users && *users) snprintf(status.reason, sizeof status.reason, "OPENBLAS_CORETYPE=%s", users);
    else if (avx512 && runs_avx512) snprintf(status.reason, sizeof status.reason, "chosen for AVX-512");
    else if (avx512) snprintf(status.reason, sizeof status.reason, "this build of OpenBLAS has no kernels for AVX-512");
    else snprintf(status.reason, sizeof status.reason, "OpenBLAS's own choice for this CPU");
    status.problem[0] = 0;
    status.loaded = true;
}

bool blas_open(void) {
    pthread_once(&once, load);
    return status.loaded;
}

blas_status blas_describe(void) {
    blas_open();
    return status;
}

enum { ROW_MAJOR = 101 };

void blas_sgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
    float *c, int ldc) {
    sgemm(ROW_MAJOR, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas_dgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
    double *c, int ldc) {
    dgemm(ROW_MAJOR, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas_set_num_threads(int count) {
    if (set_threads) set_threads(count);
}
