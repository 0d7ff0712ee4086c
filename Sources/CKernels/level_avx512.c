// The kernels for AVX-512: 16 floats a register. Only reached on CPUs that have it (dispatch.c).
#if defined(__x86_64__)
#define W 16
#define TABLE eft_table_avx512
#include "body/includes.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,bmi,bmi2"))), apply_to = function)
#include "body/table.h"
#pragma clang attribute pop
#endif
