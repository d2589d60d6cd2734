import OptimKit

extension EmpiricalRisk where L == SquaredLoss {
  /// Creates the objective Σᵢ wᵢ ½ fᵢ(θ)² + (λ/2)‖θ‖² of a model whose outputs are residuals.
  ///
  /// - Parameters:
  ///   - model: The residuals.
  ///   - weights: One weight per sample, not negative and not all 0; all 1 by default.
  ///   - ridge: λ ≥ 0; 0 by default.
  /// - Throws: `OptimKitError` where an argument is outside its domain.
  public init(residuals model: M, weights: [Scalar]? = nil, ridge: Scalar = 0) throws {
    let targets = [Scalar](repeating: 0, count: max(0, model.outputCount))
    try self.init(model, targets: targets, weights: weights, ridge: ridge)
  }

  /// Creates the objective Σᵢ ½ ((fᵢ(θ) − yᵢ) / sᵢ)² + (λ/2)‖θ‖² of targets that are known with different accuracy.
  ///
  /// - Parameters:
  ///   - model: The model, on its data.
  ///   - targets: One target per output of the model, ordered by sample.
  ///   - standardDeviations: s, one per sample, positive and finite: the weights are 1 / s².
  ///   - ridge: λ ≥ 0; 0 by default.
  /// - Throws: `OptimKitError` where an argument is outside its domain.
  public init(
    _ model: M, targets: [Scalar], standardDeviations: [Scalar], ridge: Scalar = 0
  ) throws {
    let weights = standardDeviations.map { 1 / ($0 * $0) }
    if let index = standardDeviations.indices.first(where: {
      !(standardDeviations[$0] > 0 && weights[$0] > 0 && weights[$0].isFinite)
    }) {
      throw OptimKitError(
        .invalidArgument, cause: "standard deviation \(index) is \(standardDeviations[index])",
        remedy: "pass positive numbers whose squares are neither 0 nor infinite")
    }
    try self.init(model, targets: targets, weights: weights, ridge: ridge)
  }
}

extension EmpiricalRisk where L == SquaredLoss, M == ResidualModel {
  /// Creates the objective ½‖f(θ)‖² + (λ/2)‖θ‖² of a function that returns all residuals.
  ///
  ///     let objective = try LeastSquares(parameterCount: 2, residualCount: 2) { x in
  ///       [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
  ///     }
  ///
  /// - Parameters:
  ///   - parameterCount: The number of parameters.
  ///   - residualCount: The number of residuals.
  ///   - ridge: λ ≥ 0; 0 by default.
  ///   - residuals: The residuals; see ``ResidualModel``.
  /// - Throws: `OptimKitError` where an argument is outside its domain.
  public init(
    parameterCount: Int, residualCount: Int, ridge: Double = 0,
    residuals: @escaping ResidualModel.Function
  ) throws {
    try self.init(
      residuals: ResidualModel(
        parameterCount: parameterCount, residualCount: residualCount, residuals),
      ridge: ridge)
  }
}
