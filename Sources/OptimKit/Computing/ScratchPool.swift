import Foundation

/// Memory that is taken for the length of a call and kept for the next of the same thread: warm computations
/// allocate nothing, whatever other threads do.
///
/// Storage: for each thread, one buffer for each call under way at once, of the largest size asked for; freed when the
/// thread ends.
package final class ScratchPool<Scalar: RealScalar>: Sendable {
  /// The buffers of one thread that are not in use.
  private final class Store {
    var free: [AlignedBuffer<Scalar>] = []
  }

  private let key: pthread_key_t

  init() {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { store in
      #if canImport(Darwin)
      Unmanaged<AnyObject>.fromOpaque(store).release()
      #else
      if let store { Unmanaged<AnyObject>.fromOpaque(store).release() }
      #endif
    }
    precondition(status == 0, "the system has a key for thread-local memory")
    self.key = key
  }

  deinit { pthread_key_delete(key) }

  /// Calls `body` with `count` elements of any content, 64-byte aligned.
  package func withBuffer<Result>(
    count: Int, _ body: (UnsafeMutablePointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    let store = store
    var buffer = store.free.popLast()
    if buffer.map({ $0.count < count }) ?? true { buffer = AlignedBuffer(count: count) }
    defer { store.free.append(buffer!) }
    return try body(buffer!.baseAddress)
  }

  /// The store of the calling thread.
  private var store: Store {
    if let pointer = pthread_getspecific(key) {
      return Unmanaged<Store>.fromOpaque(pointer).takeUnretainedValue()
    }
    let store = Store()
    pthread_setspecific(key, Unmanaged.passRetained(store).toOpaque())
    return store
  }
}
