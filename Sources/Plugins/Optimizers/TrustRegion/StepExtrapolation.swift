import OptimKit

/// Anderson's acceleration of Gauss-Newton steps.
///
/// Where residuals at the minimum are large, full steps δ converge linearly: each error is about a fixed matrix times the
/// one before. The last points and steps tell what that matrix does to their differences; the combination of these that
/// explains the step best gives a point whose own step is much shorter. With as many differences as there are slow
/// directions it is found in about as many steps.
///
/// Cost: 2 p m² for the m differences that are kept, at most `mostDifferences`. Storage: 2 (m + 1) p scalars.
///
/// Sources: Anderson, Iterative procedures for nonlinear integral equations, JACM 12, 1965; Walker and Ni, Anderson
/// acceleration for fixed-point iterations, SINUM 49, 2011.
package struct StepExtrapolation<Scalar: RealScalar> {
  /// More hardly ever help.
  static var mostDifferences: Int { 5 }

  /// θ of the last points, and the full step at each.
  private(set) var points: [[Scalar]] = []
  private(set) var steps: [[Scalar]] = []

  package init() {}

  /// What `vectors` was of another one.
  package init(vectors: [[Scalar]]) {
    points = vectors.indices.filter { $0.isMultiple(of: 2) }.map { vectors[$0] }
    steps = vectors.indices.filter { !$0.isMultiple(of: 2) }.map { vectors[$0] }
  }

  /// Points and steps in turn.
  var vectors: [[Scalar]] { zip(points, steps).flatMap { [$0, $1] } }

  /// Forgets everything.
  mutating func clear() {
    points = []
    steps = []
  }

  /// Adds the full step at a point.
  package mutating func append(_ step: [Scalar], at point: [Scalar]) {
    if points.count > Self.mostDifferences {
      points.removeFirst()
      steps.removeFirst()
    }
    points.append(point)
    steps.append(step)
  }

  /// The accelerated step from the last point; nil where the last full step is not between a tenth of the one before and
  /// all of it: faster convergence needs no help, and without convergence there is nothing to extrapolate.
  ///
  /// - Parameter scale: The diagonal of D, in whose norm ‖D δ‖ steps are compared.
  /// - Complexity: O(p m²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func step(scale: [Scalar]) throws -> [Scalar]? {
    let last = steps.count - 1
    guard last > 0 else { return nil }
    let ratio = norm(steps[last], scale) / norm(steps[last - 1], scale)
    guard ratio > 0.1, ratio < 1 else { return nil }
    let (parameters, differences) = (scale.count, min(last, scale.count))
    var matrix = Matrix<Scalar>(rowCount: parameters, columnCount: differences)
    for i in 0..<parameters {
      for j in 0..<differences {
        matrix[i, j] = scale[i] * (steps[last - j][i] - steps[last - j - 1][i])
      }
    }
    let decomposition = try ThinDecomposition(matrix)
    let scaled = (0..<parameters).map { -scale[$0] * steps[last][$0] }
    // Differences that are nearly combinations of others would be weighed by their rounding.
    let cutoff = Double(Scalar.unitRoundoff).squareRoot()
    let weights = decomposition.expand(
      decomposition.coordinates(of: scaled, cutoff: cutoff).damped(by: 0))
    var result = steps[last]
    for (j, weight) in weights.enumerated() {
      for i in 0..<parameters {
        let point = points[last - j][i] - points[last - j - 1][i]
        result[i] -= weight * (point + steps[last - j][i] - steps[last - j - 1][i])
      }
    }
    return Scalar.firstNonFiniteIndex(in: result.span) == nil ? result : nil
  }

  private func norm(_ step: [Scalar], _ scale: [Scalar]) -> Double {
    var square = 0.0
    for i in step.indices {
      let scaled = Double(scale[i] * step[i])
      square += scaled * scaled
    }
    return square.squareRoot()
  }
}
