/// A loss whose targets are classes: 0 and 1 with one output a sample, 0 ..< k with k outputs, one a class.
public protocol ClassificationLoss: Loss {}

extension ClassificationLoss {
  /// The class of each sample that outputs decide for: with one output 1 where it is positive, otherwise the number of
  /// the largest, the first of several.
  ///
  /// - Complexity: O(n k).
  public func classes<Scalar: RealScalar>(
    ofOutputs outputs: [Scalar], outputsPerSample: Int
  ) -> [Int] {
    Self.classes(outputs, outputsPerSample, threshold: 0)
  }

  /// The class of each sample by its targets: with one target 1 where it is above 1/2, otherwise the number of the
  /// largest.
  ///
  /// - Complexity: O(n k).
  public func classes<Scalar: RealScalar>(
    ofTargets targets: [Scalar], outputsPerSample: Int
  ) -> [Int] {
    Self.classes(targets, outputsPerSample, threshold: 0.5)
  }

  private static func classes<Scalar: RealScalar>(
    _ values: [Scalar], _ count: Int, threshold: Scalar
  ) -> [Int] {
    guard count > 1 else { return values.map { $0 > threshold ? 1 : 0 } }
    return stride(from: 0, to: values.count, by: count).map { first in
      (0..<count).reduce(0) { values[first + $1] > values[first + $0] ? $1 : $0 }
    }
  }
}
