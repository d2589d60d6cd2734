/// A division of samples into k folds, each of which is held out once.
public struct Folds: Hashable, Sendable, Codable {
  /// The number of the fold of each sample.
  public let foldOfSample: [Int]
  /// k.
  public let count: Int

  /// Divides samples at random into folds whose sizes differ by one at most.
  ///
  /// - Parameters:
  ///   - count: k, 2 at least.
  ///   - sampleCount: n, k at least.
  ///   - seed: The source of the division.
  /// - Complexity: O(n).
  /// - Throws: ``OptimKitError`` where there are fewer samples than folds, or fewer folds than 2.
  public init(_ count: Int, of sampleCount: Int, seed: UInt64 = 0) throws {
    try self.init(count, stratifiedBy: [Int](repeating: 0, count: sampleCount), seed: seed)
  }

  /// Divides samples at random so that folds have the same share of each class, up to one sample.
  ///
  /// - Parameters:
  ///   - count: k, 2 at least.
  ///   - classes: The class of each sample.
  ///   - seed: The source of the division.
  /// - Complexity: O(n log n).
  /// - Throws: ``OptimKitError`` where there are fewer samples than folds, or fewer folds than 2.
  public init(_ count: Int, stratifiedBy classes: [Int], seed: UInt64 = 0) throws {
    guard count >= 2, count <= classes.count else {
      throw OptimKitError(
        .invalidArgument, cause: "\(count) folds of \(classes.count) samples",
        remedy: "choose 2 folds at least, and no more than samples")
    }
    var stream = RandomKey(seed: seed, purpose: "folds").stream()
    var samples = Array(classes.indices)
    stream.shuffle(&samples)
    // Within a class the order stays random; cards are dealt on from class to class.
    let order = samples.enumerated().sorted {
      (classes[$0.element], $0.offset) < (classes[$1.element], $1.offset)
    }
    var folds = [Int](repeating: 0, count: classes.count)
    for (place, sample) in order.enumerated() { folds[sample.element] = place % count }
    foldOfSample = folds
    self.count = count
  }

  /// Folds as given, numbered from 0.
  ///
  /// - Throws: ``OptimKitError`` where there are fewer than 2, or one is empty.
  public init(foldOfSample: [Int]) throws {
    let count = (foldOfSample.max() ?? -1) + 1
    guard count >= 2, Set(foldOfSample) == Set(0..<count) else {
      throw OptimKitError(
        .invalidArgument, cause: "folds that are not numbered from 0 to \(count - 1) without gaps",
        remedy: "give 2 folds at least, each with a sample")
    }
    self.foldOfSample = foldOfSample
    self.count = count
  }
}

extension Folds {
  private enum CodingKeys: CodingKey {
    case foldOfSample
  }

  /// Decodes folds.
  ///
  /// - Throws: ``OptimKitError`` where they are none; what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(foldOfSample: container.decode([Int].self, forKey: .foldOfSample))
  }

  /// Encodes the number of the fold of each sample.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(foldOfSample, forKey: .foldOfSample)
  }
}
