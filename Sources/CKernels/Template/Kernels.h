// All kernels of one level and scalar, and their table. The level has set
//   LEVEL(name)      the name with the level's name appended,
//   VECTOR_BYTES     the size of its vectors,
//   PANEL_VECTORS    the width of the ReLU kernels' register block in vectors,
//   VECTOR_HEADER    the file with its masks,
// and T, SCALAR_BYTES and K(name) stand for the scalar; they end with this file.

#include VECTOR_HEADER

#include "Transpose.h"

#include "ReLU.h"

#include "Hadamard.h"
#include "Lanes.h"
#include "ReLULanes.h"
#include "Scatter.h"

#include "NormalScalars.h"

#include "ActivationScalars.h"

#define BIT_GRAM_LINKAGE static
#define BIT_GRAM K(bit_gram)
#include "BitGram.h"
#undef BIT_GRAM
#undef BIT_GRAM_LINKAGE

#define KERNEL_TABLE(bit_gram_kernel)                                                              \
  {                                                                                                \
    .relu_scratch_size = K(relu_scratch_size), .relu_forward = K(relu_forward),                    \
    .relu_product = K(relu_product), .relu_transposed_product = K(relu_transposed_product),        \
    .relu_gram_product = K(relu_gram_product), .relu_left_factors = K(relu_left_factors),          \
    .bit_gram = bit_gram_kernel,                                                                   \
    .transpose_into_lanes = K(transpose_into_lanes), .copy_into_lanes = K(copy_into_lanes),        \
    .khatri_rao = K(khatri_rao), .flip_signs = K(flip_signs), .hadamard = K(hadamard),             \
    .hadamard_gather = K(hadamard_gather), .sparse_sign = K(sparse_sign),                          \
    .normal = K(normal), .activate = K(apply_activation),                                          \
  }

const K(optimkit_kernels) LEVEL(K(optimkit_kernels)) = KERNEL_TABLE(K(bit_gram));

#ifdef BIT_GRAM_OF_NEXT_LEVEL
// The next level differs in one kernel only.
const K(optimkit_kernels) NEXT_LEVEL(K(optimkit_kernels)) = KERNEL_TABLE(BIT_GRAM_OF_NEXT_LEVEL);
#endif

#undef KERNEL_TABLE
#undef V
#undef LANES
#undef INTERLEAVE_LOW
#undef INTERLEAVE_HIGH
#undef PANEL
#undef PANELS_PER_WORD
#undef T
#undef SCALAR_BYTES
#undef K
