/// How often the expensive things happened.
public struct EvaluationCounts: Hashable, Sendable, Codable {
  /// Evaluations of the objective alone.
  public var evaluations = 0
  /// Linearizations: an evaluation together with the Jacobian.
  public var linearizations = 0
  /// Products with J.
  public var jacobianProducts = 0
  /// Products with Jᵀ.
  public var transposedJacobianProducts = 0
  /// Gram matrices formed.
  public var gramMatrices = 0
  /// Sketches applied.
  public var sketches = 0
  /// Cholesky and QR factorizations.
  public var factorizations = 0
  /// Iterations of linear solvers.
  public var innerIterations = 0

  /// Creates counts of zero.
  public init() {}
}
