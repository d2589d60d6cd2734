// Counts of common bits for a tile of row pairs; included once per level, after its BIT_BLOCK and
//   count_bits(rows, columns, mask, words, counts): counts[i][j] = popcount(rows[i] & columns[j]),
// with mask where that is not NULL, for BIT_BLOCK rows and columns of `words` words.

enum {
  // Rows along either side of a tile.
  BIT_TILE = 64,
  // Words of a row taken at a time; a tile's rows are 2 * 64 * 4096 bytes then, within an L2 cache,
  // and the horizontal sums that end a chunk are rare.
  BIT_CHUNK = 512,
};

// Pointers to word `word` of rows first, first + 1, ..., repeating the last row rather than passing
// it: surplus counts are the caller's to ignore.
INLINE void point_at_rows(
    const uint64_t *bits, long words, long word, long first, long last, const uint64_t **rows) {
  for (long i = 0; i < BIT_BLOCK; i++) rows[i] = bits + at_most(first + i, last - 1) * words + word;
}

// counts[i - first_row][j - first_column] for rows and columns of the tile with j <= i.
static void count_tile(
    const uint64_t *bits, long words, const uint64_t *negative, long first_row, long last_row,
    long first_column, long last_column, int64_t counts[BIT_TILE][BIT_TILE]) {
  memset(counts, 0, sizeof(int64_t) * BIT_TILE * BIT_TILE);
  for (long word = 0; word < words; word += BIT_CHUNK) {
    const long chunk = at_most(words - word, BIT_CHUNK);
    for (long i = first_row; i < last_row; i += BIT_BLOCK) {
      const uint64_t *rows[BIT_BLOCK], *columns[BIT_BLOCK];
      point_at_rows(bits, words, word, i, last_row, rows);
      for (long j = first_column; j < at_most(last_column, i + BIT_BLOCK); j += BIT_BLOCK) {
        int64_t all[BIT_BLOCK][BIT_BLOCK], minus[BIT_BLOCK][BIT_BLOCK] = {0};
        point_at_rows(bits, words, word, j, last_column, columns);
        count_bits(rows, columns, NULL, chunk, all);
        if (negative) count_bits(rows, columns, negative + word, chunk, minus);
        for (long a = 0; a < BIT_BLOCK; a++) {
          for (long b = 0; b < BIT_BLOCK; b++) {
            counts[i - first_row + a][j - first_column + b] += all[a][b] - 2 * minus[a][b];
          }
        }
      }
    }
  }
}
