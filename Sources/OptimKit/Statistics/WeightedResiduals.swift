import Foundation

/// Sums over the residuals, weights and targets that a linearization of the squared loss holds: gradient w (f − y) and
/// curvature w.
struct WeightedResiduals {
  private(set) var sumOfSquares = 0.0
  private(set) var totalSumOfSquares = 0.0
  private(set) var sumOfLogWeights = 0.0

  /// - Complexity: O(n).
  init<Scalar: RealScalar>(_ linearization: Linearization<Scalar>) throws {
    let whitened = try linearization.whitenedResidual()
    var roots = [Scalar](repeating: 1, count: whitened.count)
    var span = roots.mutableSpan
    linearization.curvatureFactor.multiply(into: &span)
    var weightSum = 0.0
    var targetSum = 0.0
    // √w r / √w = r, and y = f − r.
    func target(_ i: Int) -> Double {
      Double(linearization.outputs[i]) - Double(whitened[i]) / Double(roots[i])
    }
    for i in whitened.indices where roots[i] != 0 {
      let weight = Double(roots[i]) * Double(roots[i])
      sumOfSquares += Double(whitened[i]) * Double(whitened[i])
      sumOfLogWeights += log(weight)
      weightSum += weight
      targetSum += weight * target(i)
    }
    let mean = weightSum > 0 ? targetSum / weightSum : 0
    for i in whitened.indices where roots[i] != 0 {
      let distance = target(i) - mean
      totalSumOfSquares += Double(roots[i]) * Double(roots[i]) * distance * distance
    }
  }
}
