// Activation functions of values of T: those of doubles, rounded.

// Of a chunk, with `kind` and `order` constant after inlining; only derivatives up to `order` are stored.
INLINE void K(activate_chunk)(
    optimkit_activation kind, double frequency, int order, const T *x, long count, T *value,
    T *first, T *second, T *third) {
  double in[ACTIVATION_CHUNK] = {0}, out[4][ACTIVATION_CHUNK];
  for (long i = 0; i < count; i++) in[i] = (double)x[i];
  for (long i = 0; i < count; i += WIDE) {
    const wide_activation result = wide_activate(kind, frequency, *(const loose_wide *)(in + i));
    *(loose_wide *)(out[0] + i) = result.value;
    if (order > 0) *(loose_wide *)(out[1] + i) = result.first;
    if (order > 1) *(loose_wide *)(out[2] + i) = result.second;
    if (order > 2) *(loose_wide *)(out[3] + i) = result.third;
  }
  for (long i = 0; i < count; i++) value[i] = (T)out[0][i];
  if (order > 0) for (long i = 0; i < count; i++) first[i] = (T)out[1][i];
  if (order > 1) for (long i = 0; i < count; i++) second[i] = (T)out[2][i];
  if (order > 2) for (long i = 0; i < count; i++) third[i] = (T)out[3][i];
}

INLINE void K(activate_all)(
    optimkit_activation kind, double frequency, int order, const T *x, long count, T *value,
    T *first, T *second, T *third) {
  for (long start = 0; start < count; start += ACTIVATION_CHUNK) {
    K(activate_chunk)(
        kind, frequency, order, x + start, at_most(count - start, ACTIVATION_CHUNK),
        value + start, order > 0 ? first + start : NULL, order > 1 ? second + start : NULL,
        order > 2 ? third + start : NULL);
  }
}

INLINE void K(activate_kind)(
    optimkit_activation kind, double frequency, const T *x, long count, T *value, T *first,
    T *second, T *third) {
  if (third) {
    K(activate_all)(kind, frequency, 3, x, count, value, first, second, third);
  } else if (second) {
    K(activate_all)(kind, frequency, 2, x, count, value, first, second, NULL);
  } else if (first) {
    K(activate_all)(kind, frequency, 1, x, count, value, first, NULL, NULL);
  } else {
    K(activate_all)(kind, frequency, 0, x, count, value, NULL, NULL, NULL);
  }
}

static void K(apply_activation)(
    optimkit_activation kind, double frequency, const T *x, long count, T *value, T *first,
    T *second, T *third) {
  switch (kind) {
    case OPTIMKIT_TANH:
      K(activate_kind)(OPTIMKIT_TANH, frequency, x, count, value, first, second, third);
      return;
    case OPTIMKIT_GELU:
      K(activate_kind)(OPTIMKIT_GELU, frequency, x, count, value, first, second, third);
      return;
    case OPTIMKIT_SINE:
      K(activate_kind)(OPTIMKIT_SINE, frequency, x, count, value, first, second, third);
      return;
    case OPTIMKIT_RELU: break;
  }
  K(activate_kind)(OPTIMKIT_RELU, frequency, x, count, value, first, second, third);
}
