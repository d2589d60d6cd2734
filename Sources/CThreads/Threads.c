#define _GNU_SOURCE
#include "CThreads.h"

#if defined(__linux__)

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(optimkit_processors) == sizeof(cpu_set_t), "as many processors as the system's set");

int optimkit_current_thread(void) { return (int)syscall(SYS_gettid); }

int optimkit_current_processor(void) { return sched_getcpu(); }

bool optimkit_exclude_processor(int thread, int processor, optimkit_processors *before) {
  if (thread <= 0 || processor < 0 || processor >= CPU_SETSIZE) return false;
  cpu_set_t *set = (cpu_set_t *)before;
  if (sched_getaffinity(thread, sizeof *set, set) != 0) return false;
  cpu_set_t rest = *set;
  CPU_CLR(processor, &rest);
  return CPU_COUNT(&rest) > 0 && sched_setaffinity(thread, sizeof rest, &rest) == 0;
}

void optimkit_allow_processors(int thread, const optimkit_processors *processors) {
  sched_setaffinity(thread, sizeof(cpu_set_t), (const cpu_set_t *)processors);
}

#else

int optimkit_current_thread(void) { return 0; }

int optimkit_current_processor(void) { return -1; }

bool optimkit_exclude_processor(int thread, int processor, optimkit_processors *before) {
  (void)thread, (void)processor, (void)before;
  return false;
}

void optimkit_allow_processors(int thread, const optimkit_processors *processors) {
  (void)thread, (void)processors;
}

#endif
