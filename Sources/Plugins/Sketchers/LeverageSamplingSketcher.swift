import Foundation
import OptimKit

/// Sampling of rows of A by approximate leverage scores, after Drineas, Magdon-Ismail, Mahoney and Woodruff
/// (2012).
///
/// The score ℓᵢ = aᵢᵀ(AᵀA + μI)⁻¹aᵢ ∈ [0, 1] of row i says how much of a direction of its own it carries. A
/// first sketch of A, sparse sign with 4 k rows, gives R with RᵀR ≈ AᵀA + μI; then ℓᵢ = ‖aᵢR⁻¹‖² ≈ ‖aᵢR⁻¹G‖²
/// for a Gaussian matrix G of ⌈3 ln N⌉ columns, one product with J or Jᵀ for each.
///
/// Row i is kept with probability πᵢ = min(1, c ℓ'ᵢ), Σ πᵢ = s, and divided by √πᵢ, where ℓ' mixes the scores
/// with one tenth of uniform sampling, so that none that is estimated too low is lost. Rows with πᵢ = 1 are
/// kept for sure; the others are drawn one each from s' strata of equal weight, which gives fixed s and less
/// variance than independent draws.
///
/// Cost: the first sketch, 10 k³ flops for R, and 3 ln N products. It is worth that where rows themselves
/// are wanted, and to tell what rows matter; as a preconditioner, the first sketch alone is as good and
/// cheaper. Storage 8 bytes per row of A while drawing, 12 per row of S after. Theory asks for s of the order
/// of k log k; since rows that matter most are kept for sure, s = 4 k does: in our tests the distortion is below 2.2.
public struct LeverageSamplingSketcher: SystemSketcher {
  /// Creates a sketcher.
  public init() {}

  /// "leverage".
  public var name: String { "leverage" }

  /// Cannot be: scores depend on the matrix.
  ///
  /// - Throws: `OptimKitError` of kind `missingCapability`.
  public func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: columns)
    throw OptimKitError(
      .missingCapability,
      cause: "leverage scores depend on the matrix, of which only the length \(columns) is given",
      remedy: "draw the sketch with DampedSystem.makeSketch(from:rows:key:)")
  }

  /// Draws up to `rows` rows; where there are no more, all are kept.
  ///
  /// - Complexity: One sketch of the system, O(k³) and O(log longCount) products with J or Jᵀ.
  /// - Throws: `OptimKitError` of kind `missingCapability` where the Jacobian offers products only, of kind
  ///   `nonFiniteValue` where it holds NaN or infinity, and where a size is not positive.
  public func makeSketch<Scalar: RealScalar>(
    rows: Int, for system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> any Sketch {
    try validateSketchSize(rows: rows, columns: system.longCount)
    let scores = try Self.approximateScores(of: system, key: key)
    let sample = StratifiedSample(count: rows, weights: scores, key: key)
    return RowSamplingSketch(
      rows: sample.members, weights: sample.probabilities.map { 1 / $0.squareRoot() },
      columns: system.longCount)
  }

  /// Approximations of ℓᵢ for all rows of A.
  ///
  /// - Complexity: That of `makeSketch(rows:for:key:)`.
  /// - Throws: As `makeSketch(rows:for:key:)`.
  public static func approximateScores<Scalar: RealScalar>(
    of system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> [Double] {
    var scores = [Double](repeating: 0, count: system.longCount)
    guard let triangle = try triangle(of: system, key: key.with(purpose: "leverage sketch")) else {
      return scores
    }
    let projections = max(4, Int((3 * log(Double(system.longCount))).rounded(.up)))
    var probe = Scalar.zeros(system.shortCount)
    var image = Scalar.zeros(system.longCount)
    for number in 0..<projections {
      var short = probe.mutableSpan
      key.with(purpose: "leverage projection").fillNormal(&short, from: number * short.count)
      Scalar.solveTriangular(
        triangle.storage.span, order: short.count, triangle: .upper, in: &short)
      var long = image.mutableSpan
      if system.isDual {
        try system.applyTransposed(short.span, into: &long)
      } else {
        try system.apply(short.span, into: &long)
      }
      addSquares(of: long.span, times: 1 / Double(projections), to: &scores)
    }
    return scores
  }

  /// R of the sketched system; nil where A is zero.
  private static func triangle<Scalar: RealScalar>(
    of system: DampedSystem<Scalar>, key: RandomKey
  ) throws -> Matrix<Scalar>? {
    let order = system.shortCount
    let sketch = try SparseSignSketcher().makeSketch(
      rows: 4 * order, columns: system.longCount, key: key)
    var sketched = Matrix<Scalar>(rowCount: sketch.rowCount + order, columnCount: order)
    try system.apply(sketch, into: &sketched)
    let norm = Scalar.norm(sketched.storage.span)
    guard norm != 0 else { return nil }
    // A little damping keeps R regular where A lacks rank.
    let ridge = max(system.damping.squareRoot(), 10 * Scalar.unitRoundoff * norm)
    for i in 0..<order { sketched[sketch.rowCount + i, i] = ridge }
    return try OrthogonalFactorization(sketched).triangularFactor
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func addSquares<Scalar: RealScalar>(
    of vector: Span<Scalar>, times factor: Double, to sums: inout [Double]
  ) {
    for i in vector.indices {
      let value = Double(vector[i])
      sums[i] += factor * value * value
    }
  }

  /// That of the first sketch, of R, and of the products for the scores; copying rows is little.
  public func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let order = Double(vectors)
    let products = (3 * log(Double(max(columns, 2)))).rounded(.up)
    return SparseSignSketcher().work(rows: 4 * vectors, columns: columns, vectors: vectors)
      + Work(
        matrixOperations: 10 * order * order * order,
        streamedBytes: 8 * products * Double(columns) * order)
  }
}

extension Sketcher where Self == LeverageSamplingSketcher {
  /// Sampling of rows by approximate leverage scores.
  public static var leverageSampling: Self { Self() }
}
