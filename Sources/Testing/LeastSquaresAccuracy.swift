import OptimKit
import OptimKitModels

/// How well x solves min ‖A x − b‖² + μ‖x‖², computed afresh from the matrix.
public struct LeastSquaresAccuracy: Hashable, Sendable {
  /// ‖b − A x‖.
  public var residualNorm: Double
  /// ‖Aᵀ(b − A x) − μx‖ / ‖Aᵀb‖: the residual of the normal equations.
  public var relativeResidual: Double
  /// The same norm over ‖A‖_F ‖b − A x‖, a bound of the backward error; 0 where that vanishes.
  public var backwardError: Double

  /// Measures a solution.
  ///
  /// - Complexity: Three products with A or Aᵀ.
  public init<Scalar: RealScalar>(
    of solution: [Scalar], matrix: Matrix<Scalar>, target: [Scalar], damping: Scalar = 0
  ) {
    let jacobian = DenseJacobian(matrix)
    var residual = Scalar.zeros(matrix.rowCount)
    var gradient = Scalar.zeros(matrix.columnCount)
    var reference = gradient
    var residualSpan = residual.mutableSpan
    var gradientSpan = gradient.mutableSpan
    var referenceSpan = reference.mutableSpan
    jacobian.apply(solution.span, into: &residualSpan)
    Scalar.combine(1, target.span, plus: -1, into: &residualSpan)
    jacobian.applyTransposed(residual.span, into: &gradientSpan)
    Scalar.add(-damping, solution.span, to: &gradientSpan)
    jacobian.applyTransposed(target.span, into: &referenceSpan)
    let norm = Double(Scalar.norm(gradient.span))
    residualNorm = Double(Scalar.norm(residual.span))
    relativeResidual = norm / Double(Scalar.norm(reference.span))
    let scale = Double(Scalar.norm(matrix.storage.span)) * residualNorm
    backwardError = scale > 0 ? norm / scale : 0
  }
}
