import OptimKit

/// A function of the parameters that returns all residuals at once, differentiated automatically.
///
///     let model = ResidualModel(parameterCount: 2, residualCount: 2) { x in
///       [10 * (x[1] - x[0] * x[0]), 1 - x[0]]
///     }
///     let result = try minimize(
///       LeastSquares(residuals: model), from: [-1.2, 1], using: .levenbergMarquardt())
///
/// Where each residual belongs to one sample of data, ``SampleModel`` can do more.
///
/// Cost: an evaluation is one call, a linearization ⌈p / 4⌉ calls, each of at most three times the operations that the
/// function takes with `Double`. Storage: the Jacobian is a matrix of n p scalars.
public struct ResidualModel: Model {
  /// The residuals at given parameters.
  public typealias Function = @Sendable (_ parameters: [Dual]) throws -> [Dual]

  /// The number of parameters p.
  public let parameterCount: Int
  /// The number of residuals n.
  public let residualCount: Int
  private let function: Function

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - parameterCount: The number of parameters.
  ///   - residualCount: The number of residuals that the function returns.
  ///   - function: The residuals. It returns the same for the same parameters, and may be called from several threads
  ///     at once. Where it is not defined, it returns NaN or throws; optimizers that search take that for a step too
  ///     long where it returns NaN, and end with what was thrown otherwise.
  public init(parameterCount: Int, residualCount: Int, _ function: @escaping Function) {
    self.parameterCount = parameterCount
    self.residualCount = residualCount
    self.function = function
  }

  /// The number of residuals n.
  public var outputCount: Int { residualCount }

  /// outputs ← f(θ).
  ///
  /// - Complexity: One call of the function.
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of residuals.
  public func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) throws
  {
    let residuals = try residuals(DualParameters(parameters).values)
    for i in outputs.indices { outputs[i] = residuals[i].value }
  }

  /// outputs ← f(θ) and the Jacobian at θ.
  ///
  /// - Complexity: ⌈p / 4⌉ calls of the function.
  /// - Throws: What `evaluate` throws.
  public func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) throws -> DenseJacobian<Double> {
    var variables = DualParameters(parameters)
    var jacobian = Matrix<Double>(rowCount: residualCount, columnCount: parameterCount)
    for pass in 0..<DualParameters.passCount(parameterCount) {
      variables.differentiate(pass: pass)
      let residuals = try residuals(variables.values)
      if pass == 0 {
        for i in outputs.indices { outputs[i] = residuals[i].value }
      }
      let columns = DualParameters.parameters(ofPass: pass, of: parameterCount)
      jacobian.withMutableElements { elements in
        for (i, residual) in residuals.enumerated() {
          let start = i * parameterCount + columns.lowerBound
          for direction in 0..<columns.count {
            elements[start + direction] = residual.derivatives[direction]
          }
        }
      }
    }
    return DenseJacobian(jacobian)
  }

  private func residuals(_ parameters: [Dual]) throws -> [Dual] {
    let residuals = try function(parameters)
    try OptimKitError.requireCount(of: "residuals", residuals, expected: residualCount)
    return residuals
  }
}
