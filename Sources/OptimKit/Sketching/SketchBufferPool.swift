import Synchronization

/// Sketch buffers that wait for the next group of lanes: as many as were in use at once.
final class SketchBufferPool<Scalar: RealScalar>: Sendable {
  private let waiting = Mutex<[Shared<SketchBuffers<Scalar>>]>([])

  /// Buffers with a sum of zeros, for the caller alone until given back.
  func take(lanes: Int, sumRows: Int) -> SketchBuffers<Scalar> {
    let buffers = waiting.withLock { $0.popLast() }?.pointer ?? SketchBuffers()
    buffers.begin(lanes: lanes, sumRows: sumRows)
    return buffers
  }

  func giveBack(_ buffers: SketchBuffers<Scalar>) {
    let buffers = Shared(buffers)
    waiting.withLock { $0.append(buffers) }
  }
}
