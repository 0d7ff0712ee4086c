#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Reference counting of Swift objects that one thread alone uses: plain additions in place of atomic ones, made here where the count lies in
   the object, and by the runtime for everything else (the last reference, objects that have weak ones).

   The word behind an object's type holds, from bit 33 on, how many references there are beyond the first; it is negative where the count
   lies elsewhere. `Value.layoutIsAsExpected` tries this out before a machine runs. */

void *swift_nonatomic_retain(void *object);
void swift_nonatomic_release(void *object);
/* Makes an object live as long as the process; counting leaves it as it is. */
void _swift_stdlib_immortalize(void *object);

/* The optimiser takes it that the runtime's counting touches nothing that a program reads or writes. It moves plain reads of the count across
   such a call, which volatile forbids, and the calls across plain reads and writes, which an empty assembly statement forbids. */
typedef volatile int64_t __attribute__((may_alias)) eft_count;
#define EFT_ONE_REFERENCE ((int64_t)1 << 33)
#define EFT_KEEP_COUNTING_APART() __asm__ volatile("")

/* Whether the object lives for ever: its count is negative, its lower half all ones. */
static inline bool eft_is_immortal(const void *object) {
    int64_t now = ((eft_count *)object)[1];
    return now < 0 && (uint32_t)now == UINT32_MAX;
}

static inline void eft_retain_alone(const void *object) {
    eft_count *count = (eft_count *)object + 1;
    EFT_KEEP_COUNTING_APART();
    int64_t now = *count;
    int64_t more = (int64_t)((uint64_t)now + (uint64_t)EFT_ONE_REFERENCE);
    if (__builtin_expect((now | more) >= 0, 1)) *count = more;
    else if ((uint32_t)now != UINT32_MAX) swift_nonatomic_retain((void *)object);
    EFT_KEEP_COUNTING_APART();
}

static inline void eft_release_alone(const void *object) {
    eft_count *count = (eft_count *)object + 1;
    EFT_KEEP_COUNTING_APART();
    int64_t now = *count;
    if (__builtin_expect(now >= EFT_ONE_REFERENCE, 1)) *count = now - EFT_ONE_REFERENCE;
    else if (now >= 0 || (uint32_t)now != UINT32_MAX) swift_nonatomic_release((void *)object);
    EFT_KEEP_COUNTING_APART();
}

/* Whether there is one reference to the object; false also where that takes a closer look. */
static inline bool eft_is_alone(const void *object) {
    EFT_KEEP_COUNTING_APART();
    return ((uint64_t)((eft_count *)object)[1] >> 32) == 0;
}

static inline void eft_immortalize(const void *object) { _swift_stdlib_immortalize((void *)object); }
