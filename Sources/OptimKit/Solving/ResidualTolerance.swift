/// How small the residual ‖N z − r‖ of a linear solve has to be.
///
/// Outer and inner accuracy belong together: a constant relative tolerance η makes Gauss-Newton converge
/// linearly at rate η; one that falls with the error keeps it quadratic (inexact Newton, Dembo, Eisenstat
/// and Steihaug 1982).
public enum ResidualTolerance<Scalar: RealScalar>: Hashable, Sendable {
  /// ‖N z − r‖ ≤ η ‖r‖.
  case relative(Scalar)

  /// ‖N z − r‖ ≤ min(η, ‖r‖ / reference) ‖r‖: `maximum` far from the solution, where ‖r‖ is near
  /// `reference`, and ever tighter closer to it.
  case quadratic(maximum: Scalar, reference: Scalar)

  /// ‖N z − r‖ ≤ the given number.
  case absolute(Scalar)

  /// The largest residual norm that is small enough for a right-hand side of norm `norm`.
  public func threshold(rightHandSideNorm norm: Scalar) -> Scalar {
    let floor = 4 * Scalar.unitRoundoff
    return switch self {
    case .relative(let eta): max(eta, floor) * norm
    case .quadratic(let maximum, let reference):
      max(reference > 0 ? min(maximum, norm / reference) : maximum, floor) * norm
    case .absolute(let value): max(value, floor * norm)
    }
  }

  /// The relative residual that is small enough for a right-hand side of norm `norm`.
  public func relative(toRightHandSideNorm norm: Scalar) -> Scalar {
    norm > 0 ? threshold(rightHandSideNorm: norm) / norm : 1
  }
}
