import OptimKit

/// Uniform sampling: s of the k rows of A, each as likely as any other, without replacement, multiplied
/// by √(k/s).
///
/// The cheapest sketch: it reads s rows, O(s) per column of A. It is unbiased, but blind: where a few rows
/// carry a direction of their own (coherent rows), it misses them almost surely, the sketched matrix is
/// nearly singular, and the distortion is 1. Use it where rows are alike, such as samples of one
/// distribution, with s a few times μ k log k for the coherence μ ≥ 1, the largest leverage score over the
/// average one (Tropp 2011); ``LeverageSamplingSketcher`` and all sketches that mix rows need no such luck.
public struct UniformSamplingSketcher: Sketcher {
  /// Creates a sketcher.
  public init() {}

  /// "uniform".
  public var name: String { "uniform" }

  /// Draws up to `rows` rows; no more than there are can be drawn, and all of them are the identity.
  ///
  /// - Complexity: O(rows log rows).
  /// - Throws: `OptimKitError` where a size is not positive.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    var stream = key.stream()
    let picked = stream.sampleWithoutReplacement(count: min(rows, columns), from: columns)
    let weight = (Double(columns) / Double(picked.count)).squareRoot()
    return RowSamplingSketch(
      rows: picked, weights: [Double](repeating: weight, count: picked.count), columns: columns)
  }

  /// Copying the rows.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    Work(vectorOperations: 2 * Double(rows) * Double(vectors))
  }
}

extension Sketcher where Self == UniformSamplingSketcher {
  /// Uniform sampling of rows.
  public static var uniformSampling: Self { Self() }
}
