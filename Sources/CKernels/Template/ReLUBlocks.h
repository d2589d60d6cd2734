// Block sizes of the ReLU kernels at all levels; rates change little around these values.

#ifndef OPTIMKIT_RELU_BLOCKS_H
#define OPTIMKIT_RELU_BLOCKS_H

enum {
  // Rows of the register block: its sums, PANEL_VECTORS weights and a broadcast fill the registers.
  SAMPLE_BLOCK = 6,
  // Samples that meet a group of panels at a time; a multiple of SAMPLE_BLOCK. Their values and a
  // panel's coefficients share the L1 cache where features are few.
  SAMPLE_CHUNK = 96,
  // Longest dot product computed in one go, for a panel's part to stay in the L2 cache.
  COLUMN_CHUNK = 256,
  // A cache line of activation bits.
  MOST_GROUP_WORDS = 8,
  // Where features are many, each pass over the samples should still serve several panels.
  FEWEST_GROUP_WORDS = 2,
  // Preferred size of a group's panels, well within an L2 cache.
  GROUP_BYTES = 256 * 1024,
};

// What becomes of the neurons' dot products.
typedef enum {
  FORWARD,  // find their activation bits and rectify them
  PRODUCT,  // keep those with an activation bit
} relu_mode;

#endif
