#include "scratch.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static _Thread_local struct {
    float *memory;
    size_t bytes;
} scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&key, free); }

float *eft_scratch(long floats) {
    const size_t bytes = ((size_t)floats * sizeof(float) + 4095) / 4096 * 4096;
    if (bytes > scratch.bytes) {
        pthread_once(&once, make_key);
        free(scratch.memory);
        scratch.memory = aligned_alloc(64, bytes);
        scratch.bytes = scratch.memory ? bytes : 0;
        pthread_setspecific(key, scratch.memory);
    }
    return scratch.memory;
}
