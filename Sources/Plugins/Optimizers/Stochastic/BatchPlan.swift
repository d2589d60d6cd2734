import OptimKit

/// Which samples each batch has: in each epoch all samples in a random order, cut into batches whose lengths differ by
/// at most one.
struct BatchPlan {
  /// The number of batches in an epoch.
  let batchesPerEpoch: Int

  private let sampleCount: Int
  private let key: RandomKey
  private var order: [Int] = []
  private var orderedEpoch: Int?

  /// Batches of at most `batchSize` samples, or of all where it is nil.
  init(sampleCount: Int, batchSize: Int?, key: RandomKey) {
    self.sampleCount = sampleCount
    self.key = key.with(purpose: "mini-batches")
    let size = min(batchSize ?? sampleCount, sampleCount)
    batchesPerEpoch = (sampleCount + size - 1) / size
  }

  /// The numbers of the samples of a batch, counted over all epochs.
  mutating func samples(ofBatch number: Int) -> [Int] {
    let (epoch, place) = number.quotientAndRemainder(dividingBy: batchesPerEpoch)
    if epoch != orderedEpoch {
      order = Array(0..<sampleCount)
      var stream = key.with(iteration: epoch).stream()
      stream.shuffle(&order)
      orderedEpoch = epoch
    }
    return Array(order[ThreadPool.piece(place, of: batchesPerEpoch, in: 0..<sampleCount)])
  }

  /// The size of batches, in words.
  static func describe(size: Int?) -> String {
    size.map { "batches of \($0)" } ?? "all samples at once"
  }
}
