#pragma once
/* Reference counting of the Swift runtime, for objects that one thread alone uses: plain additions in place of atomic ones. */

void *swift_nonatomic_retain(void *object);
void swift_nonatomic_release(void *object);
/* Makes an object live as long as the process; counting leaves it as it is. */
void _swift_stdlib_immortalize(void *object);

static inline void eft_retain_alone(const void *object) { swift_nonatomic_retain((void *)object); }
static inline void eft_release_alone(const void *object) { swift_nonatomic_release((void *)object); }
static inline void eft_immortalize(const void *object) { _swift_stdlib_immortalize((void *)object); }
