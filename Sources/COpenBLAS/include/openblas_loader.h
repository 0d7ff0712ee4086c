#pragma once
// OpenBLAS, loaded by hand so that its kernels can be chosen before it initialises.
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { BLAS_NO_TRANS = 111, BLAS_TRANS = 112 } blas_transpose;

/// What was loaded and why it runs the kernels it runs.
typedef struct {
    bool loaded;
    /// OpenBLAS's name for its kernels, e.g. "SkylakeX"; empty when not loaded.
    char core[64];
    /// The library's own description (version and build options).
    char configuration[256];
    /// One phrase: why these kernels.
    char reason[256];
    /// What went wrong when not loaded (dlerror).
    char problem[256];
} blas_status;

/// Loads the library at the first call (any thread); false when it cannot be loaded.
bool blas_open(void);
/// What the first call found.
blas_status blas_describe(void);
/// What opening a library of this name would find, with the same choice of kernels; the library is closed again (one that is
/// already open keeps its kernels).
blas_status blas_probe(const char *name);

/// Sees to it that so many threads can be in a product at once; false where the system has not the memory. OpenBLAS takes a work area for
/// each when it is first needed, and tries again without end where there is none. Call only after blas_open has said `loaded`.
bool blas_reserve(int callers);

/// C = alpha op(A) op(B) + beta C, row-major, on the calling thread alone. Call only after blas_open has said `loaded`.
void blas_sgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
    float *c, int ldc);
void blas_dgemm(
    blas_transpose ta, blas_transpose tb, int m, int n, int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
    double *c, int ldc);
/// Threads that OpenBLAS itself uses within one call. 1 after loading: the callers split products over their own threads.
void blas_set_num_threads(int count);

#ifdef __cplusplus
}
#endif
