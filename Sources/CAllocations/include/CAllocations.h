// Counts what one thread allocates, by standing in front of the C library's allocator. What OpenBLAS takes for
// itself is left out.

#ifndef OPTIMKIT_ALLOCATIONS_H
#define OPTIMKIT_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

// What a thread has allocated between begin and end, in usable bytes.
typedef struct {
  size_t block_count;
  size_t byte_count;
  size_t largest_block;
  // The largest excess of bytes allocated over bytes freed.
  ptrdiff_t peak;
} optimkit_allocations;

// Whether allocations of this process are seen here: on glibc, without a sanitizer.
bool optimkit_allocations_are_counted(void);

// Starts to count for the calling thread; false where it counts already.
bool optimkit_allocations_begin(void);

// Ends counting for the calling thread.
optimkit_allocations optimkit_allocations_end(void);

#endif
