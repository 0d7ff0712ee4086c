#include "openblas_loader.h"
