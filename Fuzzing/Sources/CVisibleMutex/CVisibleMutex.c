/* The contended paths of Swift's Mutex on Linux, in place of those of libswiftSynchronization.

   The library's are system calls that ThreadSanitizer does not see: every value that a contended mutex guards is reported
   as a race. These do the same by atomic operations that it does see. For programs under that sanitizer alone. */

#include "CVisibleMutex.h"

#if defined(__linux__)

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

/* _MutexHandle._lockSlow(_: UInt32): waits until the word is 0, and sets it to the number of the thread. */
SWIFT void lock_slowly(uint32_t thread, SELF _Atomic uint32_t *word)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

/* _MutexHandle._unlockSlow(): sets the word to 0. */
SWIFT void unlock_slowly(SELF _Atomic uint32_t *word)
    __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lock_slowly(uint32_t thread, SELF _Atomic uint32_t *word) {
  for (;;) {
    uint32_t unlocked = 0;
    if (atomic_compare_exchange_weak_explicit(word, &unlocked, thread, memory_order_acquire,
                                              memory_order_relaxed))
      return;
    sched_yield();
  }
}

SWIFT void unlock_slowly(SELF _Atomic uint32_t *word) {
  atomic_store_explicit(word, 0, memory_order_release);
}

#endif
