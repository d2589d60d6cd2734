// Panels from samples: the transposed product.

// coefficients[i][r] = bit_ir * sum_o signs[o][r] * u[i][o] for a constant number of samples; the
// sum is the same register block as a dot product's.
INLINE void K(coefficient_block)(
    const K(relu_part) *part, const T *u, long panel, long sample, const long samples) {
  const long k = part->network->outputs;
  V acc[SAMPLE_BLOCK][PANEL_VECTORS];
  UNROLL for (long i = 0; i < samples; i++) {
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) acc[i][v] = (V){0};
  }
  K(dot_products)(
      acc, samples, u + (part->first_sample + sample) * k, k, K(panel_signs)(part, panel),
      64 * part->network->words, k);
  const uint64_t *bits = K(panel_bits)(part, panel, sample);
  T *coefficients = part->scratch.coefficients + sample * PANEL;
  UNROLL for (long i = 0; i < samples; i++) {
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      const V kept = K(keep)(acc[i][v], bits[i] >> K(panel_shift)(panel), v);
      K(store)(coefficients + i * PANEL + v * LANES, kept);
    }
  }
}

static void K(find_coefficients)(const K(relu_part) *part, const T *u, long panel) {
  long i = 0;
  for (; i + SAMPLE_BLOCK <= part->samples; i += SAMPLE_BLOCK) {
    K(coefficient_block)(part, u, panel, i, SAMPLE_BLOCK);
  }
  for (; i < part->samples; i++) K(coefficient_block)(part, u, panel, i, 1);
}

// panel[c] += sum_i coefficients[i] * x[i][c] for a constant number of columns c.
INLINE void K(accumulate_columns)(
    const K(relu_part) *part, T *panel, long column, const long columns) {
  const long d = part->network->features;
  const T *x = K(samples_from)(part, 0) + column;
  const T *coefficients = part->scratch.coefficients;
  V acc[SAMPLE_BLOCK][PANEL_VECTORS];
  panel += column * PANEL;
  UNROLL for (long c = 0; c < columns; c++) {
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      acc[c][v] = K(load)(panel + c * PANEL + v * LANES);
    }
  }
  for (long i = 0; i < part->samples; i++) {
    V coefficient[PANEL_VECTORS];
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      coefficient[v] = K(load)(coefficients + i * PANEL + v * LANES);
    }
    UNROLL for (long c = 0; c < columns; c++) {
      const V value = K(splat)(x[i * d + c]);
      UNROLL for (long v = 0; v < PANEL_VECTORS; v++) acc[c][v] += value * coefficient[v];
    }
  }
  UNROLL for (long c = 0; c < columns; c++) {
    UNROLL for (long v = 0; v < PANEL_VECTORS; v++) {
      K(store)(panel + c * PANEL + v * LANES, acc[c][v]);
    }
  }
}

// Adds the chunk's share to the group's panels.
static void K(accumulate_part)(const K(relu_part) *part, const T *u, const uint64_t *bits) {
  const long d = part->network->features;
  K(load_bits)(part, bits);
  for (long p = 0; p < part->words * PANELS_PER_WORD; p++) {
    K(find_coefficients)(part, u, p);
    T *panel = K(panel)(part, p);
    for (long c = 0, columns; c < d; c += columns) {
      columns = balanced_block(d - c, SAMPLE_BLOCK);
      switch (columns) {
        case 1: K(accumulate_columns)(part, panel, c, 1); break;
        case 2: K(accumulate_columns)(part, panel, c, 2); break;
        case 3: K(accumulate_columns)(part, panel, c, 3); break;
        case 4: K(accumulate_columns)(part, panel, c, 4); break;
        case 5: K(accumulate_columns)(part, panel, c, 5); break;
        default: K(accumulate_columns)(part, panel, c, 6); break;
      }
    }
  }
}
