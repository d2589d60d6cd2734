import OptimKit

/// How fast gradients of the mean loss and of single samples change, from which steps of stochastic gradients follow.
///
/// β, a bound on the curvature of the loss with respect to the outputs, times the largest eigenvalue of JᵀJ / n, and
/// times the largest squared row of J. Losses whose curvature has no bound have four times that at zero.
struct SampleSmoothness {
  /// Of the mean over all samples, by power iteration.
  let mean: Double
  /// Of a single sample.
  let largest: Double

  /// Looks at an objective at zero.
  ///
  /// - Complexity: 20 products with J and Jᵀ, and one pass over its rows.
  init<M: Model, L: Loss>(of objective: EmpiricalRisk<M, L>) throws {
    let start = M.Scalar.zeros(objective.parameterCount)
    let linearization = try objective.linearize(at: start.span)
    // Of several ranks, each sees its own samples.
    let reduction = objective.sharding?.reduction
    func overRanks(_ own: Double) throws -> Double { try reduction?.gather(own).max() ?? own }
    let smoothness =
      try objective.lossConstants.smoothness
      ?? overRanks(4 * Self.largestCurvature(linearization.curvatureFactor))
    let jacobian = linearization.jacobian
    let eigenvalue = try Self.largestEigenvalue(of: jacobian, objective.sharding)
    mean = smoothness * eigenvalue / Double(objective.sampleCount)
    largest =
      smoothness
      * (try Self.largestSquaredRow(of: jacobian, every: objective.model.outputsPerSample)
        .map(overRanks) ?? eigenvalue)
  }

  /// η for the mean loss: the inverse of the smoothness that a batch is to be expected to have, where noise counts
  /// `lengthening` times.
  func step(batchSize: Int, lengthening: Double) -> Double {
    let expected = mean + lengthening * largest / Double(batchSize)
    return expected > 0 ? 1 / expected : 1
  }

  private static func largestCurvature<Scalar: RealScalar>(
    _ factor: CurvatureFactor<Scalar>
  ) -> Double {
    guard case .diagonal(let diagonal) = factor, let largest = diagonal.max() else { return 1 }
    return Double(largest * largest)
  }

  /// Of JᵀJ, or of JJᵀ where that is smaller: they are equal.
  private static func largestEigenvalue<Scalar: RealScalar>(
    of jacobian: any JacobianProvider<Scalar>, _ sharding: Sharding?
  ) throws -> Double {
    let system = DampedSystem(jacobian: jacobian, sharding: sharding)
    var vector = Scalar.zeros(system.shortCount)
    var span = vector.mutableSpan
    RandomKey(seed: 0, purpose: "power iteration").fillNormal(&span)
    var eigenvalue = Scalar(0)
    for _ in 0..<20 {
      let norm = Scalar.norm(vector.span)
      guard norm > 0, norm.isFinite else { break }
      var unit = vector
      var unitSpan = unit.mutableSpan
      Scalar.scale(&unitSpan, by: 1 / norm)
      var target = vector.mutableSpan
      try system.applyNormal(unit.span, into: &target)
      eigenvalue = Scalar.norm(target.span)
    }
    return Double(eigenvalue)
  }

  /// The largest ‖Jᵢ‖² of the first output of each sample; nil where rows are not at hand.
  private static func largestSquaredRow<Scalar: RealScalar>(
    of jacobian: any JacobianProvider<Scalar>, every outputs: Int
  ) throws -> Double? {
    guard let rows = jacobian as? any RowAccessible<Scalar> else { return nil }
    var row = Scalar.zeros(jacobian.columnCount)
    var largest = Scalar(0)
    for i in stride(from: 0, to: jacobian.rowCount, by: outputs) {
      var span = row.mutableSpan
      try rows.copyRows(i..<i + 1, into: &span)
      largest = max(largest, Scalar.dot(row.span, row.span))
    }
    return Double(largest)
  }
}
