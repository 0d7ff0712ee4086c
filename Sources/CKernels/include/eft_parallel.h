#pragma once
// A small pool of threads that all kernels and matrix products share.
#ifdef __cplusplus
extern "C" {
#endif

/// Threads that a parallel loop may use: EFT_THREADS, or the cores this process may run on. At least 1, at most 256.
int eft_threads(void);
/// Changes the number of threads (1...256) for all later loops.
void eft_threads_set(int count);
/// Calls body(context, i) once for each i in 0..<chunks, on the calling thread and on idle workers, and returns when all are done.
/// Which thread runs a chunk is open; what a chunk does must not depend on it. Loops inside a chunk, and loops that find the pool busy,
/// run on the calling thread alone.
void eft_parallel(long chunks, void (*body)(void *context, long chunk), void *context);

#ifdef __cplusplus
}
#endif
