// How the ReLU kernels cut up their problem, and the scratch memory this needs.
//
// Neurons go in panels of PANEL, the width of the register block; panels[p][c][r] holds neuron r's
// c-th weight, so that a vector is one weight of several neurons. Panels are prepared in groups of
// several words of neurons, and a group meets the samples a chunk at a time: this keeps the chunk's
// samples and sums in the cache while the panels pass by, and touches the rows of activation bits,
// which are often a multiple of 4096 bytes apart, once for 8 words.

#define PANEL (PANEL_VECTORS * LANES)
#define PANELS_PER_WORD (64 / PANEL)

#include "ReLUBlocks.h"

typedef struct {
  long group_words;
  T *panels;       // [panel][feature][PANEL]
  V *sums;         // [sample][output]: each lane has some neurons' share
  T *dots;         // [panel][sample][PANEL]: unfinished dot products, where features are many
  T *coefficients; // [sample][PANEL]
  uint64_t *bits;  // [word][sample]
} K(relu_scratch);

// Lays out the scratch memory from base and returns its size; base may be NULL to only measure.
static size_t K(lay_out_scratch)(
    const optimkit_relu *network, void *base, K(relu_scratch) *scratch) {
  const long d = network->features;
  const long fitting = GROUP_BYTES / (64 * d * SCALAR_BYTES);
  const long wanted = fitting < FEWEST_GROUP_WORDS ? FEWEST_GROUP_WORDS : fitting;
  const long group_words = at_most(at_most(wanted, MOST_GROUP_WORDS), network->words);
  const long group_panels = group_words * PANELS_PER_WORD;

  size_t size = 0;
  const uintptr_t start = (uintptr_t)base;
#define TAKE(type, count)                                                                          \
  (type *)(start + size);                                                                          \
  size += ((size_t)(count) * sizeof(type) + 63) / 64 * 64
  scratch->group_words = group_words;
  scratch->panels = TAKE(T, group_panels * d * PANEL);
  scratch->sums = TAKE(V, SAMPLE_CHUNK * network->outputs);
  scratch->dots = TAKE(T, d > COLUMN_CHUNK ? group_panels * SAMPLE_CHUNK * PANEL : 0);
  scratch->coefficients = TAKE(T, SAMPLE_CHUNK * PANEL);
  scratch->bits = TAKE(uint64_t, group_words * SAMPLE_CHUNK);
#undef TAKE
  return size;
}

static size_t K(relu_scratch_size)(const optimkit_relu *network) {
  K(relu_scratch) scratch;
  return K(lay_out_scratch)(network, NULL, &scratch);
}

// The part of a problem that one chunk of samples and one group of panels make up.
typedef struct {
  const optimkit_relu *network;
  K(relu_scratch) scratch;
  long first_word, words;
  long first_sample, samples;
} K(relu_part);

INLINE const T *K(samples_from)(const K(relu_part) *part, long sample) {
  return (const T *)part->network->x + (part->first_sample + sample) * part->network->features;
}

INLINE T *K(panel)(const K(relu_part) *part, long panel) {
  return part->scratch.panels + panel * part->network->features * PANEL;
}

// Panel `panel` of the group in output 0's row of signs; rows are 64 * network->words apart.
INLINE const T *K(panel_signs)(const K(relu_part) *part, long panel) {
  return (const T *)part->network->signs + 64 * part->first_word + panel * PANEL;
}

// The words of activation bits that hold the panel's, for samples sample, sample + 1, ..., where
// they start at bit (panel % PANELS_PER_WORD) * PANEL.
INLINE uint64_t *K(panel_bits)(const K(relu_part) *part, long panel, long sample) {
  return part->scratch.bits + panel / PANELS_PER_WORD * SAMPLE_CHUNK + sample;
}

INLINE long K(panel_shift)(long panel) { return panel % PANELS_PER_WORD * PANEL; }

static void K(load_bits)(const K(relu_part) *part, const uint64_t *bits) {
  const long stride = part->network->words;
  bits += part->first_sample * stride + part->first_word;
  for (long i = 0; i < part->samples; i++) {
    for (long w = 0; w < part->words; w++) {
      part->scratch.bits[w * SAMPLE_CHUNK + i] = bits[i * stride + w];
    }
  }
}

static void K(store_bits)(const K(relu_part) *part, uint64_t *bits) {
  const long stride = part->network->words;
  bits += part->first_sample * stride + part->first_word;
  for (long i = 0; i < part->samples; i++) {
    for (long w = 0; w < part->words; w++) {
      bits[i * stride + w] = part->scratch.bits[w * SAMPLE_CHUNK + i];
    }
  }
}

// Transposes the weights of the part's neurons into its panels, zero for those beyond the last.
static void K(pack_panels)(const K(relu_part) *part, const T *weights) {
  const long d = part->network->features;
  for (long p = 0; p < part->words * PANELS_PER_WORD; p++) {
    const long first = 64 * part->first_word + p * PANEL;
    const long neurons = at_most(part->network->neurons - first, PANEL);
    if (neurons > 0) {
      K(transpose)(weights + first * d, d, neurons, d, 1, K(panel)(part, p), PANEL, PANEL);
    } else {
      memset(K(panel)(part, p), 0, (size_t)(d * PANEL) * sizeof(T));
    }
  }
}

static void K(unpack_panels)(const K(relu_part) *part, T scale, T *result) {
  const long d = part->network->features;
  for (long p = 0; p < part->words * PANELS_PER_WORD; p++) {
    const long first = 64 * part->first_word + p * PANEL;
    const long neurons = at_most(part->network->neurons - first, PANEL);
    if (neurons > 0) {
      K(transpose)(K(panel)(part, p), PANEL, d, neurons, scale, result + first * d, d, d);
    }
  }
}
