// What the bodies need from the system; included before the target attribute is pushed.
#pragma once
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../include/eft_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif
