// Samples times panels: the forward pass, and the product that differs in the activation only.

// acc[i][v] += sum over columns c of x[i][c] * panel[c][v], for a constant number of samples i.
INLINE void K(dot_products)(
    V acc[SAMPLE_BLOCK][PANEL_VECTORS], const long samples, const T *x, long x_stride,
    const T *panel, long panel_stride, long columns) {
  for (long c = 0; c < columns; c++) {
    V weights[PANEL_VECTORS];
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      weights[v] = K(load)(panel + c * panel_stride + v * LANES);
    }
    UNROLL for (long i = 0; i < samples; i++) {
      const V value = K(splat)(x[i * x_stride + c]);
      UNROLL for (long v = 0; v < PANEL_VECTORS; v++) acc[i][v] += value * weights[v];
    }
  }
}

// From the neurons' dot products to their share of the outputs, without leaving the registers.
INLINE void K(activate)(
    V acc[SAMPLE_BLOCK][PANEL_VECTORS], const K(relu_part) *part, const relu_mode mode,
    long panel, long sample, const long samples) {
  const long k = part->network->outputs;
  const long shift = K(panel_shift)(panel);
  uint64_t *bits = K(panel_bits)(part, panel, sample);
  UNROLL for (long i = 0; i < samples; i++) {
    if (mode == FORWARD) bits[i] |= K(positive_bits)(acc[i]) << shift;
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      acc[i][v] = mode == FORWARD ? K(rectify)(acc[i][v])
                                  : K(keep)(acc[i][v], bits[i] >> shift, v);
    }
  }

  const T *signs = K(panel_signs)(part, panel);
  V *sums = part->scratch.sums + sample * k;
  for (long o = 0; o < k; o++) {
    V sign[PANEL_VECTORS];
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      sign[v] = K(load)(signs + o * 64 * part->network->words + v * LANES);
    }
    UNROLL for (long i = 0; i < samples; i++) {
      V sum = sums[i * k + o];
      UNROLL for (long v = 0; v < PANEL_VECTORS; v++) sum += acc[i][v] * sign[v];
      sums[i * k + o] = sum;
    }
  }
}

// One block of samples with columns first_column ..< first_column + columns of one panel. The first
// columns start the dot products, the last ones are followed by the activation, and in between they
// rest in the scratch memory.
INLINE void K(multiply_block)(
    const K(relu_part) *part, const relu_mode mode, long panel, long sample, const long samples,
    long first_column, long columns) {
  const long d = part->network->features;
  T *dots = part->scratch.dots + (panel * SAMPLE_CHUNK + sample) * PANEL;
  V acc[SAMPLE_BLOCK][PANEL_VECTORS];
  UNROLL for (long i = 0; i < samples; i++) {
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) acc[i][v] = (V){0};
  }
  if (first_column > 0) {
    UNROLL for (long i = 0; i < samples; i++) {
      UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
        acc[i][v] = K(load)(dots + i * PANEL + v * LANES);
      }
    }
  }
  K(dot_products)(
      acc, samples, K(samples_from)(part, sample) + first_column, d,
      K(panel)(part, panel) + first_column * PANEL, PANEL, columns);
  if (first_column + columns == d) {
    K(activate)(acc, part, mode, panel, sample, samples);
  } else {
    UNROLL for (long i = 0; i < samples; i++) {
      UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
        K(store)(dots + i * PANEL + v * LANES, acc[i][v]);
      }
    }
  }
}

INLINE void K(multiply_panel)(
    const K(relu_part) *part, const relu_mode mode, long panel, long first_column,
    long columns) {
  for (long i = 0; i < part->samples; i += SAMPLE_BLOCK) {
    switch (at_most(part->samples - i, SAMPLE_BLOCK)) {
      case 1: K(multiply_block)(part, mode, panel, i, 1, first_column, columns); break;
      case 2: K(multiply_block)(part, mode, panel, i, 2, first_column, columns); break;
      case 3: K(multiply_block)(part, mode, panel, i, 3, first_column, columns); break;
      case 4: K(multiply_block)(part, mode, panel, i, 4, first_column, columns); break;
      case 5: K(multiply_block)(part, mode, panel, i, 5, first_column, columns); break;
      default: K(multiply_block)(part, mode, panel, i, 6, first_column, columns); break;
    }
  }
}

// partial += scale * the part's share of the outputs.
INLINE void K(multiply_part)(
    const K(relu_part) *part, const relu_mode mode, T scale, T *partial) {
  const long d = part->network->features, k = part->network->outputs;
  V *sums = part->scratch.sums;
  for (long i = 0; i < part->samples * k; i++) sums[i] = (V){0};
  const long column_chunk = balanced_block(d, COLUMN_CHUNK);
  for (long c = 0; c < d; c += column_chunk) {
    for (long p = 0; p < part->words * PANELS_PER_WORD; p++) {
      K(multiply_panel)(part, mode, p, c, at_most(d - c, column_chunk));
    }
  }
  partial += part->first_sample * k;
  for (long i = 0; i < part->samples * k; i++) partial[i] += scale * K(lane_sum)(sums[i]);
}

// Starts from zero bits because panels add theirs to the words they share.
static void K(forward_part)(const K(relu_part) *part, uint64_t *bits, T *partial) {
  memset(part->scratch.bits, 0, (size_t)(part->words * SAMPLE_CHUNK) * sizeof(uint64_t));
  K(multiply_part)(part, FORWARD, part->network->scale, partial);
  if (bits) K(store_bits)(part, bits);
}

static void K(product_part)(
    const K(relu_part) *part, const uint64_t *bits, T scale, T *partial) {
  K(load_bits)(part, bits);
  K(multiply_part)(part, PRODUCT, scale, partial);
}
