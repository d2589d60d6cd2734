import OptimKit

/// A function of the parameters whose Jacobian is given by another function.
///
///     let model = JacobianModel<Double>(
///       parameterCount: 2, outputCount: 2,
///       outputs: { x in [10 * (x[1] - x[0] * x[0]), 1 - x[0]] },
///       jacobian: { x in
///         try Matrix(rowCount: 2, columnCount: 2, storage: [-20 * x[0], 10, -1, 0])
///       })
///
/// `checkDerivatives(of:at:)` finds the entries that are wrong.
public struct JacobianModel<Scalar: RealScalar>: Model {
  /// The outputs at given parameters.
  public typealias Function = @Sendable (_ parameters: [Scalar]) throws -> [Scalar]
  /// The Jacobian at given parameters: a row for each output, a column for each parameter.
  public typealias JacobianFunction = @Sendable (_ parameters: [Scalar]) throws -> Matrix<Scalar>

  /// The number of parameters p.
  public let parameterCount: Int
  /// The number of outputs n.
  public let outputCount: Int
  /// The number of outputs of each sample.
  public let outputsPerSample: Int
  private let function: Function
  private let jacobian: JacobianFunction

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - parameterCount: The number of parameters.
  ///   - outputCount: The number of outputs.
  ///   - outputsPerSample: The number of outputs of each sample; 1 by default.
  ///   - outputs: The outputs. It returns the same for the same parameters; where it is not defined, it returns NaN or
  ///     throws.
  ///   - jacobian: The Jacobian.
  public init(
    parameterCount: Int, outputCount: Int, outputsPerSample: Int = 1,
    outputs: @escaping Function, jacobian: @escaping JacobianFunction
  ) {
    self.parameterCount = parameterCount
    self.outputCount = outputCount
    self.outputsPerSample = outputsPerSample
    self.function = outputs
    self.jacobian = jacobian
  }

  /// outputs ← f(θ).
  ///
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of outputs.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) throws
  {
    try Scalar.store(function(Scalar.array(parameters)), "outputs", into: &outputs)
  }

  /// outputs ← f(θ) and the Jacobian at θ.
  ///
  /// - Throws: What the functions throw; `OptimKitError` where they return something of another size.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) throws -> DenseJacobian<Scalar> {
    try evaluate(at: parameters, into: &outputs)
    let matrix = try jacobian(Scalar.array(parameters))
    guard matrix.rowCount == outputCount, matrix.columnCount == parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "the function returned a Jacobian of \(matrix.rowCount) × \(matrix.columnCount), "
          + "for \(outputCount) outputs and \(parameterCount) parameters",
        remedy: "return a row for each output and a column for each parameter")
    }
    return DenseJacobian(matrix)
  }
}
