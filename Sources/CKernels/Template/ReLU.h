// The ReLU kernels of the table: each walks the groups of panels and, for each, the chunks of
// samples.

#include "ReLUScratch.h"

#include "ReLUForward.h"
#include "ReLUTransposed.h"

static K(relu_part) K(start)(const optimkit_relu *network, void *scratch) {
  K(relu_part) part = {.network = network};
  K(lay_out_scratch)(network, scratch, &part.scratch);
  return part;
}

// Sizes the group of words or chunk of samples that starts at part->first_word or first_sample.
static bool K(group)(K(relu_part) *part, long last_word) {
  part->words = at_most(last_word - part->first_word, part->scratch.group_words);
  return part->words > 0;
}

static bool K(chunk)(K(relu_part) *part) {
  part->samples = at_most(part->network->samples - part->first_sample, SAMPLE_CHUNK);
  return part->samples > 0;
}

#define FOR_EACH_GROUP(part, first, last)                                                          \
  for ((part)->first_word = (first); K(group)(part, last); (part)->first_word += (part)->words)

#define FOR_EACH_CHUNK(part)                                                                       \
  for ((part)->first_sample = 0; K(chunk)(part); (part)->first_sample += (part)->samples)

static void K(clear)(T *values, long count) {
  memset(values, 0, (size_t)count * sizeof(T));
}

// Leaves the transposed product, but for the scale, in the group's panels.
static void K(transposed_group)(K(relu_part) *part, const T *u, const uint64_t *bits) {
  const long panels = part->words * PANELS_PER_WORD;
  K(clear)(part->scratch.panels, panels * part->network->features * PANEL);
  FOR_EACH_CHUNK(part) K(accumulate_part)(part, u, bits);
}

static void K(relu_forward)(
    const optimkit_relu *network, const T *weights, long first_word, long last_word,
    uint64_t *bits, T *partial, void *scratch) {
  K(relu_part) part = K(start)(network, scratch);
  K(clear)(partial, network->samples * network->outputs);
  FOR_EACH_GROUP(&part, first_word, last_word) {
    K(pack_panels)(&part, weights);
    FOR_EACH_CHUNK(&part) K(forward_part)(&part, bits, partial);
  }
}

static void K(relu_product)(
    const optimkit_relu *network, const T *v, const uint64_t *bits, long first_word,
    long last_word, T *partial, void *scratch) {
  K(relu_part) part = K(start)(network, scratch);
  K(clear)(partial, network->samples * network->outputs);
  FOR_EACH_GROUP(&part, first_word, last_word) {
    K(pack_panels)(&part, v);
    FOR_EACH_CHUNK(&part) K(product_part)(&part, bits, network->scale, partial);
  }
}

static void K(relu_transposed_product)(
    const optimkit_relu *network, const T *u, const uint64_t *bits, long first_word,
    long last_word, T *result, void *scratch) {
  K(relu_part) part = K(start)(network, scratch);
  FOR_EACH_GROUP(&part, first_word, last_word) {
    K(transposed_group)(&part, u, bits);
    K(unpack_panels)(&part, network->scale, result);
  }
}

static void K(relu_gram_product)(
    const optimkit_relu *network, const T *u, const uint64_t *bits, long first_word,
    long last_word, T *partial, void *scratch) {
  const T scale = network->scale * network->scale;
  K(relu_part) part = K(start)(network, scratch);
  K(clear)(partial, network->samples * network->outputs);
  FOR_EACH_GROUP(&part, first_word, last_word) {
    K(transposed_group)(&part, u, bits);
    FOR_EACH_CHUNK(&part) K(product_part)(&part, bits, scale, partial);
  }
}

#undef FOR_EACH_GROUP
#undef FOR_EACH_CHUNK
