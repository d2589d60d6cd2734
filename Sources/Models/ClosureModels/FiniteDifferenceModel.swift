import OptimKit

/// A function of the parameters, differentiated by differences: for functions that cannot compute with dual numbers, such
/// as those of other libraries.
///
///     let model = try FiniteDifferenceModel<Double>(parameterCount: 2, outputCount: 50) { b in
///       simulate(rate: b[0], delay: b[1])
///     }
///
/// Differences leave the box of `ParameterBounds` by a step. Where an output is not finite on one side, the difference to
/// the other side is taken.
///
/// Cost: a linearization is p + 1 evaluations with forward, 2p + 1 with central differences. Storage: the Jacobian is a
/// matrix of n p scalars.
public struct FiniteDifferenceModel<Scalar: RealScalar>: Model {
  /// The outputs at given parameters.
  public typealias Function = @Sendable (_ parameters: [Scalar]) throws -> [Scalar]

  /// The number of parameters p.
  public let parameterCount: Int
  /// The number of outputs n.
  public let outputCount: Int
  /// The number of outputs of each sample.
  public let outputsPerSample: Int
  /// The differences.
  public let scheme: DifferenceScheme
  private let function: Function

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - parameterCount: The number of parameters.
  ///   - outputCount: The number of outputs.
  ///   - outputsPerSample: The number of outputs of each sample; 1 by default.
  ///   - scheme: The differences; central with automatic steps by default.
  ///   - outputs: The outputs. It returns the same for the same parameters; where it is not defined, it returns NaN or
  ///     throws.
  /// - Throws: `OptimKitError` where a step is not positive, or steps are not one per parameter.
  public init(
    parameterCount: Int, outputCount: Int, outputsPerSample: Int = 1,
    scheme: DifferenceScheme = .central(), outputs: @escaping Function
  ) throws {
    try scheme.validate(parameterCount: parameterCount)
    self.parameterCount = parameterCount
    self.outputCount = outputCount
    self.outputsPerSample = outputsPerSample
    self.scheme = scheme
    self.function = outputs
  }

  /// outputs ← f(θ).
  ///
  /// - Throws: What the function throws; `OptimKitError` where it returns another number of outputs.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) throws
  {
    let values = try values(at: Scalar.array(parameters))
    Scalar.copy(values.span, into: &outputs)
  }

  /// outputs ← f(θ) and the Jacobian at θ.
  ///
  /// - Complexity: p or 2p evaluations.
  /// - Throws: What `evaluate` throws.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) throws -> DenseJacobian<Scalar> {
    let point = Scalar.array(parameters)
    let center = try values(at: point)
    Scalar.copy(center.span, into: &outputs)
    var jacobian = Matrix<Scalar>(rowCount: outputCount, columnCount: parameterCount)
    for j in 0..<parameterCount {
      let step = scheme.step(at: point[j], of: j)
      var upper = try Side(self, point, j, point[j] + step)
      var lower = Side(values: center, parameter: point[j])
      if case .central = scheme {
        lower = try Side(self, point, j, point[j] - step)
      } else if !upper.isFinite {
        upper = try Side(self, point, j, point[j] - step)
      }
      if !upper.isFinite { upper = Side(values: center, parameter: point[j]) }
      if !lower.isFinite { lower = Side(values: center, parameter: point[j]) }
      // What the parameter was changed by, rounding included.
      let width = upper.parameter - lower.parameter
      jacobian.withMutableElements { elements in
        for i in 0..<outputCount {
          elements[i * parameterCount + j] = (upper.values[i] - lower.values[i]) / width
        }
      }
    }
    return DenseJacobian(jacobian)
  }

  private func values(at parameters: [Scalar]) throws -> [Scalar] {
    let values = try function(parameters)
    try OptimKitError.requireCount(of: "outputs", values, expected: outputCount)
    return values
  }

  /// The outputs where one parameter has a certain value.
  private struct Side {
    let values: [Scalar]
    let parameter: Scalar

    var isFinite: Bool { Scalar.firstNonFiniteIndex(in: values.span) == nil }

    init(values: [Scalar], parameter: Scalar) {
      self.values = values
      self.parameter = parameter
    }

    init(
      _ model: FiniteDifferenceModel, _ parameters: [Scalar], _ index: Int, _ value: Scalar
    ) throws {
      var parameters = parameters
      parameters[index] = value
      self.init(values: try model.values(at: parameters), parameter: value)
    }
  }
}
