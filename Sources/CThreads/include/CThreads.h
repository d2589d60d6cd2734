// What Swift cannot ask the processor and the system about threads.
//
// Linux alone lets a thread be kept from a processor; elsewhere nothing is known and nothing is done.

#ifndef OPTIMKIT_CTHREADS_H
#define OPTIMKIT_CTHREADS_H

#include <stdbool.h>

/// Tells the processor that this thread spins, waiting for another.
static inline void optimkit_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Processors, one bit each.
typedef struct {
  unsigned long words[1024 / (8 * sizeof(unsigned long))];
} optimkit_processors;

/// The system's number of the calling thread; 0 where it has none.
int optimkit_current_thread(void);

/// The processor that the calling thread runs on; negative where the system does not say.
int optimkit_current_processor(void);

/// Takes `processor` from those that `thread` may run on, and writes those of before to `before`.
///
/// Returns false, and changes nothing, where no other would be left or the system does not let us.
bool optimkit_exclude_processor(int thread, int processor, optimkit_processors *before);

/// Lets `thread` run on `processors`; where the system will not, all stays as it was.
void optimkit_allow_processors(int thread, const optimkit_processors *processors);

#endif
