#include "scratch.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "eft_kernels.h"

bool eft_checks_memory(void) {
    const char *asked = getenv("EFT_CHECK_MEMORY");
    return asked && strcmp(asked, "1") == 0;
}

static bool checks;
static _Thread_local struct {
    float *memory;
    size_t bytes;
} scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) {
    pthread_key_create(&key, free);
    checks = eft_checks_memory();
}

float *eft_scratch(long floats) {
    pthread_once(&once, prepare);
    const size_t wanted = (size_t)floats * sizeof(float), bytes = checks ? wanted : (wanted + 4095) / 4096 * 4096;
    if (bytes > scratch.bytes || checks) {
        free(scratch.memory);
        void *memory = NULL;
        if (posix_memalign(&memory, 64, bytes) != 0) memory = NULL;
        scratch.memory = memory;
        scratch.bytes = memory ? bytes : 0;
        pthread_setspecific(key, memory);
        if (checks && memory) memset(memory, 0xff, bytes);
    }
    return scratch.memory;
}
