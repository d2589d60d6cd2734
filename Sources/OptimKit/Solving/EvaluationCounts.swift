/// How often the expensive things happened.
public struct EvaluationCounts: Hashable, Sendable, Codable {
  /// Evaluations of the objective alone, on all samples.
  public var evaluations = 0
  /// Linearizations on all samples: an evaluation together with the Jacobian.
  public var linearizations = 0
  /// Evaluations and linearizations of batches, which are estimates of the objective from some samples.
  public var batchEvaluations = 0
  /// Samples that `batchEvaluations` took together; divided by their number, passes over the data.
  public var batchSamples = 0
  /// Products with J. Like what follows, one on a batch counts as one, however short the batch.
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
