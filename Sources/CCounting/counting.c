#include "eft_counting.h"
