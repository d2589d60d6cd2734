// Left Kronecker factors of the Jacobian's rows, side by side in lanes.

#if SCALAR_BYTES == 8
typedef uint64_t K(lane_word);
#else
typedef uint32_t K(lane_word);
#endif
typedef K(lane_word) K(lane_words) __attribute__((vector_size(VECTOR_BYTES), may_alias));

// One vector of lanes: `rows` neurons from the lowest bits of `active` and `negative` on.
INLINE void K(expand_bits)(
    K(lane_words) active, K(lane_words) negative, K(lane_words) scale, T *block, long rows,
    long lanes) {
  const long sign_bit = 8 * SCALAR_BYTES - 1;
  for (long q = 0; q < rows; q++) {
    const K(lane_words) value = scale ^ (negative << sign_bit);
    K(store)(block + q * lanes, (V)(value & -(active & 1)));
    active >>= 1;
    negative >>= 1;
  }
}

static void K(relu_left_factors)(
    const optimkit_relu *network, const uint64_t *bits, const uint64_t *negative, long first_row,
    long count, long first_neuron, T *block, long rows, long lanes) {
  const long words = network->words, outputs = network->outputs;
  const K(lane_words) scale = (K(lane_words))K(splat)((T)network->scale);
  for (long i = 0; i < lanes; i += LANES) {
    for (long q = 0, length; q < rows; q += length) {
      const long word = (first_neuron + q) / 64, shift = (first_neuron + q) % 64;
      length = at_most(rows - q, at_most(64 - shift, 8 * SCALAR_BYTES));
      K(lane_words) active = {0}, signs = {0};
      for (long l = 0; l < at_most(count - i, LANES); l++) {
        const long row = first_row + i + l;
        active[l] = (K(lane_word))(bits[row / outputs * words + word] >> shift);
        signs[l] = (K(lane_word))(negative[row % outputs * words + word] >> shift);
      }
      K(expand_bits)(active, signs, scale, block + q * lanes + i, length, lanes);
    }
  }
}
