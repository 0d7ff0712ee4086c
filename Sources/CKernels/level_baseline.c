// The kernels for any x86-64 (and, through clang's generic vectors, for other 64-bit CPUs).
#define W 4
#define TABLE eft_table_baseline
#include "body/includes.h"
#include "body/table.h"
