#include "benchmark_lapack.h"
