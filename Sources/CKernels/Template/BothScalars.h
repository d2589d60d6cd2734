// Includes the kernels for double and for float.

#include "Normal.h"

#include "Activation.h"

#define T double
#define SCALAR_BYTES 8
#define K(name) K_DOUBLE(name)
#define K_DOUBLE(name) name##_double
#include "Kernels.h"

#define T float
#define SCALAR_BYTES 4
#define K(name) K_FLOAT(name)
#define K_FLOAT(name) name##_float
#include "Kernels.h"
