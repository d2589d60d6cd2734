/// A sample S of the elements of left factors: S (l ⊗ r) = √`weight` (l restricted to `ranges`) ⊗ r.
public struct LeftFactorSample: Hashable, Sendable {
  /// The sampled elements, in ascending order; those of a range that is listed twice count twice.
  public let ranges: [Range<Int>]

  /// What squares of sampled elements are multiplied by, one over the rate of sampling.
  public let weight: Double

  /// The number of sampled elements.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Creates a sample.
  public init(ranges: [Range<Int>], weight: Double) {
    self.ranges = ranges
    self.weight = weight
  }
}
