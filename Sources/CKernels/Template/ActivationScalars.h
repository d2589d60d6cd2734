// Activation functions of values of T: those of doubles, rounded.

INLINE wide K(widen)(const T *x) {
  wide result;
  for (int i = 0; i < WIDE; i++) result[i] = (double)x[i];
  return result;
}

INLINE void K(narrow)(wide values, T *result) {
  for (int i = 0; i < WIDE; i++) result[i] = (T)values[i];
}

// Of one vector, with `kind` and `order` constant after inlining; only derivatives up to `order` are stored.
INLINE void K(activate_vector)(
    optimkit_activation kind, double frequency, int order, const T *x, T *value, T *first,
    T *second, T *third) {
  const wide_activation result = wide_activate(kind, frequency, K(widen)(x));
  K(narrow)(result.value, value);
  if (order > 0) K(narrow)(result.first, first);
  if (order > 1) K(narrow)(result.second, second);
  if (order > 2) K(narrow)(result.third, third);
}

INLINE void K(activate_all)(
    optimkit_activation kind, double frequency, int order, const T *x, long count, T *value,
    T *first, T *second, T *third) {
  const long whole = count - count % WIDE;
  for (long i = 0; i < whole; i += WIDE) {
    K(activate_vector)(
        kind, frequency, order, x + i, value + i, order > 0 ? first + i : NULL,
        order > 1 ? second + i : NULL, order > 2 ? third + i : NULL);
  }
  if (whole == count) return;
  T in[WIDE] = {0}, out[4][WIDE];
  for (long i = whole; i < count; i++) in[i - whole] = x[i];
  K(activate_vector)(kind, frequency, order, in, out[0], out[1], out[2], out[3]);
  for (long i = whole; i < count; i++) {
    value[i] = out[0][i - whole];
    if (order > 0) first[i] = out[1][i - whole];
    if (order > 1) second[i] = out[2][i - whole];
    if (order > 2) third[i] = out[3][i - whole];
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
