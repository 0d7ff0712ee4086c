#include "eft_kernels.h"
