#include "CAllocations.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define OPTIMKIT_SANITIZED 1
#endif
#endif

// glibc lets a program replace malloc and its kin by defining them; every library of the process then calls
// these. Memory still comes from glibc, which exports its own functions under a second name for this purpose.
#include <stdlib.h>
#if defined(__GLIBC__) && !defined(OPTIMKIT_SANITIZED)
#include <errno.h>
#include <malloc.h>
#include <stdint.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

// In the static block of the thread, so that reading it allocates nothing.
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
  bool is_active;
  ptrdiff_t live;
  optimkit_allocations sums;
} counter;

static void *taken(void *block) {
  if (!counter.is_active || block == NULL) return block;
  size_t size = malloc_usable_size(block);
  counter.sums.block_count += 1;
  counter.sums.byte_count += size;
  if (size > counter.sums.largest_block) counter.sums.largest_block = size;
  counter.live += (ptrdiff_t)size;
  if (counter.live > counter.sums.peak) counter.sums.peak = counter.live;
  return block;
}

static void given_back(void *block) {
  if (counter.is_active && block != NULL) counter.live -= (ptrdiff_t)malloc_usable_size(block);
}

void *malloc(size_t size) { return taken(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size)); }

void *realloc(void *block, size_t size) {
  given_back(block);
  void *result = __libc_realloc(block, size);
  // Where there is no memory, the old block stays; such a count is of no use to anyone.
  return taken(result);
}

void free(void *block) {
  given_back(block);
  __libc_free(block);
}

void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size));
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) {
    return EINVAL;
  }
  void *block = taken(__libc_memalign(alignment, size));
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

bool optimkit_allocations_begin(void) {
  if (counter.is_active) return false;
  counter.sums = (optimkit_allocations){0};
  counter.live = 0;
  counter.is_active = true;
  return true;
}

optimkit_allocations optimkit_allocations_end(void) {
  counter.is_active = false;
  return counter.sums;
}

bool optimkit_allocations_are_counted(void) {
  // Another allocator may stand in front of this one: look whether a block is seen.
  if (counter.is_active) return true;
  optimkit_allocations_begin();
  void *volatile block = malloc(64);
  free(block);
  return optimkit_allocations_end().block_count == 1;
}

#else

bool optimkit_allocations_are_counted(void) { return false; }
bool optimkit_allocations_begin(void) { return false; }
optimkit_allocations optimkit_allocations_end(void) { return (optimkit_allocations){0}; }

#endif
