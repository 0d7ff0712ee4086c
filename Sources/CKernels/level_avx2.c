// The kernels for AVX2 and FMA: 8 floats a register. Only reached on CPUs that have it (dispatch.c).
#if defined(__x86_64__)
#define W 8
#define TABLE eft_table_avx2
#include "body/includes.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#include "body/table.h"
#pragma clang attribute pop
#endif
