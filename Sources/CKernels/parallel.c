#define _GNU_SOURCE
#include "eft_parallel.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "eft_kernels.h"

enum { MAX_THREADS = 256 };

/// One parallel loop. Workers see it through `generation`; they join by adding to `inside` and leave by subtracting.
static struct {
    pthread_mutex_t owner;           // held by the thread whose loop is running
    void (*body)(void *, long);
    void *context;
    long chunks;
    int level;                       // kernel level of the loop's owner
    _Atomic long next;               // next chunk to take
    _Atomic int tickets;             // workers that may still join this loop
    _Atomic int inside;              // workers that are in the loop
    _Atomic uint32_t generation;     // futex that workers sleep on
    _Atomic uint32_t left;           // futex that the owner sleeps on
    int workers;                     // workers started so far
} pool = {.owner = PTHREAD_MUTEX_INITIALIZER};

static _Atomic int configured;       // 0 until first asked
static _Thread_local int nested;     // inside a chunk

static void futex_wait(_Atomic uint32_t *word, uint32_t seen) { syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0); }
static void futex_wake(_Atomic uint32_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }

static int available_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

static int clamp(long n) { return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n; }

int eft_threads(void) {
    int n = atomic_load_explicit(&configured, memory_order_relaxed);
    if (n) return n;
    const char *text = getenv("EFT_THREADS");
    char *end = NULL;
    long asked = text ? strtol(text, &end, 10) : 0;
    n = clamp(asked > 0 && end && *end == 0 ? asked : available_cores());
    int unset = 0;
    return atomic_compare_exchange_strong(&configured, &unset, n) ? n : unset;
}

void eft_threads_set(int count) { atomic_store(&configured, clamp(count)); }

static void take_chunks(void) {
    nested = 1;
    for (;;) {
        long i = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);
        if (i >= pool.chunks) break;
        pool.body(pool.context, i);
    }
    nested = 0;
}

static void *worker(void *unused) {
    (void)unused;
    uint32_t seen = 0;
    for (;;) {
        uint32_t now = atomic_load(&pool.generation);
        // A short wait catches the next loop of the same operation without a system call; more would take a core from somebody else.
        for (int spin = 0; now == seen && spin < 2000; spin++) {
            __builtin_ia32_pause();
            now = atomic_load(&pool.generation);
        }
        if (now == seen) {
            futex_wait(&pool.generation, seen);
            continue;
        }
        seen = now;
        // `inside` first: the owner closes the tickets, then waits until nobody is inside.
        atomic_fetch_add(&pool.inside, 1);
        int ticket = atomic_load(&pool.tickets);
        while (ticket > 0 && !atomic_compare_exchange_weak(&pool.tickets, &ticket, ticket - 1)) {}
        if (ticket > 0) {
            eft_level_set(pool.level);
            take_chunks();
        }
        if (atomic_fetch_sub(&pool.inside, 1) == 1) {
            atomic_fetch_add(&pool.left, 1);
            futex_wake(&pool.left, 1);
        }
    }
    return NULL;
}

static void start_workers(int wanted) {
    while (pool.workers < wanted) {
        pthread_t thread;
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&attributes, 8 << 20);  // OpenBLAS keeps small work areas on the stack
        int failed = pthread_create(&thread, &attributes, worker, NULL);
        pthread_attr_destroy(&attributes);
        if (failed) return;  // fewer workers: the loop's owner does the chunks they would have taken
        pool.workers++;
    }
}

void eft_parallel(long chunks, void (*body)(void *, long), void *context) {
    int threads = eft_threads();
    if (chunks <= 1 || threads == 1 || nested || pthread_mutex_trylock(&pool.owner) != 0) {
        for (long i = 0; i < chunks; i++) body(context, i);
        return;
    }
    int helpers = (int)(chunks < threads ? chunks : threads) - 1;
    start_workers(helpers);
    pool.body = body;
    pool.context = context;
    pool.chunks = chunks;
    pool.level = (int)eft_level_active();
    atomic_store(&pool.next, 0);
    atomic_store(&pool.tickets, helpers);
    atomic_fetch_add(&pool.generation, 1);
    futex_wake(&pool.generation, helpers);
    take_chunks();
    atomic_store(&pool.tickets, 0);
    for (int spin = 0;; spin++) {
        uint32_t left = atomic_load(&pool.left);
        if (atomic_load(&pool.inside) == 0) break;
        if (spin < 2000) __builtin_ia32_pause();
        else futex_wait(&pool.left, left);
    }
    pthread_mutex_unlock(&pool.owner);
}
