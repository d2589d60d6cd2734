#define _GNU_SOURCE
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
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
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

// Where the code of OpenBLAS is. For each product that it shares out over threads, it takes a block of half a
// megabyte, whatever the sizes; that is not the doing of its callers.
static struct {
  uintptr_t lower, upper;
} openblas;

static int find_openblas(struct dl_phdr_info *library, size_t size, void *symbol) {
  (void)size;
  uintptr_t lower = UINTPTR_MAX;
  uintptr_t upper = 0;
  for (int i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD) continue;
    uintptr_t start = library->dlpi_addr + segment->p_vaddr;
    if (start < lower) lower = start;
    if (start + segment->p_memsz > upper) upper = start + segment->p_memsz;
  }
  if ((uintptr_t)symbol < lower || (uintptr_t)symbol >= upper) return 0;
  openblas.lower = lower;
  openblas.upper = upper;
  return 1;
}

static bool is_counted(const void *caller) {
  return counter.is_active &&
         ((uintptr_t)caller < openblas.lower || (uintptr_t)caller >= openblas.upper);
}

static void *taken(void *block, const void *caller) {
  if (block == NULL || !is_counted(caller)) return block;
  size_t size = malloc_usable_size(block);
  counter.sums.block_count += 1;
  counter.sums.byte_count += size;
  if (size > counter.sums.largest_block) counter.sums.largest_block = size;
  counter.live += (ptrdiff_t)size;
  if (counter.live > counter.sums.peak) counter.sums.peak = counter.live;
  return block;
}

static void given_back(void *block, const void *caller) {
  if (block != NULL && is_counted(caller)) counter.live -= (ptrdiff_t)malloc_usable_size(block);
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size) { return taken(__libc_malloc(size), CALLER); }

void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size), CALLER); }

void *realloc(void *block, size_t size) {
  given_back(block, CALLER);
  void *result = __libc_realloc(block, size);
  // Where there is no memory, the old block stays; such a count is of no use to anyone.
  return taken(result, CALLER);
}

void free(void *block) {
  given_back(block, CALLER);
  __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) {
    return EINVAL;
  }
  void *block = taken(__libc_memalign(alignment, size), CALLER);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

bool optimkit_allocations_begin(void) {
  if (counter.is_active) return false;
  void *symbol = dlsym(RTLD_DEFAULT, "openblas_get_num_threads");
  if (symbol != NULL) dl_iterate_phdr(find_openblas, symbol);
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
