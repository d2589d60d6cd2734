/// What a fit says of its parameters: estimates with their covariance, and the deviance.
///
///     let statistics = try FitStatistics(of: objective, at: result.parameters)
///     print(statistics)
///
/// The loss is taken as the negative logarithm of a likelihood, up to a factor φ, and the point as the minimum.
public struct FitStatistics: Hashable, Sendable, Codable {
  /// Values, covariance, names.
  public let estimates: ParameterEstimates
  /// φ; 1 where none is given.
  public let dispersion: Double
  /// Twice the loss without its ridge: for the squared, Poisson and Gamma losses the deviance.
  public let deviance: Double
  /// n, the number of outputs with a weight.
  public let observationCount: Int
  /// tr(H⁻¹ JᵀDJ): p without a ridge, less with one.
  public let effectiveParameterCount: Double
  /// How the covariance was computed.
  public let form: CovarianceForm
  /// What makes the numbers doubtful, a sentence each.
  public let warnings: [String]

  /// n − p, with the effective number of parameters.
  public var residualDegreesOfFreedom: Double {
    Double(observationCount) - effectiveParameterCount
  }

  /// Measures a fit.
  ///
  /// - Parameters:
  ///   - objective: What was minimised, with a Gauss-Newton matrix that is its Hessian, or close to it.
  ///   - parameters: θ at the minimum.
  ///   - names: A name for each parameter; "θ0", "θ1", … by default.
  ///   - fixed: Parameters that are taken as known; those that are at a bound of the objective, fixed ones among them, are
  ///     in any case.
  ///   - dispersion: φ; 1 by default.
  ///   - form: How the covariance is computed; the inverse Hessian by default.
  /// - Complexity: One linearization and O((n + p) p²); about 8 p² scalars, and n p where the Jacobian offers products
  ///   only.
  /// - Throws: ``OptimKitError`` where a count or a number is wrong, or a dispersion is to be estimated without a degree
  ///   of freedom left; what the objective throws.
  public init<O: Objective>(
    of objective: O, at parameters: [O.Scalar], names: [String]? = nil, fixed: Set<Int> = [],
    dispersion: Dispersion = .known(1), form: CovarianceForm = .inverseHessian
  ) throws {
    try objective.requireWhole(for: "statistics")
    try dispersion.validate()
    let names = names ?? parameters.indices.map { "θ\($0)" }
    let bounds = objective.parameterBounds
    let atBounds =
      parameters.count == bounds?.count ? bounds?.activeParameters(at: parameters) ?? [] : []
    let fixed = fixed.union(atBounds)
    try Self.validate(objective, parameters, names, fixed)
    let linearization = try objective.linearize(at: parameters.span)
    let inverse = try InverseHessian(of: objective, linearization, excluding: fixed)
    deviance =
      2 * (Double(linearization.value) - Self.ridgeTerm(of: objective, at: parameters))
    observationCount = linearization.observationCount
    effectiveParameterCount = inverse.effectiveParameterCount
    let freedom = Double(observationCount) - effectiveParameterCount
    switch dispersion {
    case .known(let value): self.dispersion = value
    case .estimated:
      guard freedom > 0 else {
        throw OptimKitError(
          .invalidArgument,
          cause: "\(observationCount) observations leave no degree of freedom to estimate the "
            + "dispersion beside \(effectiveParameterCount) parameters",
          remedy: "give more observations, or tell the dispersion")
      }
      self.dispersion = deviance / freedom
    }
    var free: Matrix<Double>
    switch form {
    case .inverseHessian:
      free = inverse.matrix
      let factor = self.dispersion
      free.withMutableElements { Double.scale(&$0, by: factor) }
    case .sandwich:
      free = try SampleScores(of: objective, linearization).sandwich(inverse)
    }
    self.form = form
    estimates = ParameterEstimates(
      names: names, values: parameters.map { Double($0) },
      covariance: Self.embed(free, at: inverse.free, of: parameters.count),
      degreesOfFreedom: dispersion == .estimated ? freedom : nil, fixed: fixed.sorted(),
      unidentified: inverse.unidentified)
    func list(_ parameters: [Int]) -> String {
      parameters.map { names[$0] }.joined(separator: ", ")
    }
    var warnings: [String] = []
    let stopped = atBounds.subtracting(bounds?.fixedParameters ?? []).sorted()
    if !stopped.isEmpty {
      warnings.append(
        "at a bound, and taken as known: \(list(stopped)); standard errors of the others are those "
          + "of a fit without them")
    }
    if inverse.rank < inverse.free.count {
      warnings.append(
        "the data determine \(inverse.rank) of \(inverse.free.count) parameters: the covariance is "
          + "that of a pseudo-inverse, and says little of \(list(inverse.unidentified))")
    }
    self.warnings = warnings
  }

  /// A fit whose parameters are others: linear functions of those that were estimated.
  init(_ base: FitStatistics, estimates: ParameterEstimates) {
    self.estimates = estimates
    dispersion = base.dispersion
    deviance = base.deviance
    observationCount = base.observationCount
    effectiveParameterCount = base.effectiveParameterCount
    form = base.form
    warnings = base.warnings
  }

  /// The same fit in terms of linear functions of its parameters, such as coefficients in other units.
  ///
  /// - Throws: ``OptimKitError`` where `map` returns another number of values than there are names.
  public func mapped(
    names: [String], _ map: ([Double]) throws -> [Double]
  ) throws -> FitStatistics {
    FitStatistics(self, estimates: try estimates.mapped(names: names, map))
  }

  private static func validate<O: Objective>(
    _ objective: O, _ parameters: [O.Scalar], _ names: [String], _ fixed: Set<Int>
  ) throws {
    guard parameters.count == objective.parameterCount, names.count == parameters.count else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "\(parameters.count) parameters and \(names.count) names for an objective of "
          + "\(objective.parameterCount)",
        remedy: "pass those that the fit returned, and a name for each")
    }
    if let index = O.Scalar.firstNonFiniteIndex(in: parameters.span) {
      throw OptimKitError(
        .nonFiniteValue, cause: "parameter \(index) is \(parameters[index])",
        remedy: "pass those that the fit returned")
    }
    guard fixed.allSatisfy(parameters.indices.contains), fixed.count < parameters.count else {
      throw OptimKitError(
        .invalidArgument,
        cause: "parameters \(fixed.sorted()) of \(parameters.count) are to be held fixed",
        remedy: "pass numbers of parameters, and leave one free")
    }
  }

  private static func ridgeTerm<O: Objective>(
    of objective: O, at parameters: [O.Scalar]
  ) -> Double {
    guard objective.ridge > 0 else { return 0 }
    var regularized = parameters
    for index in objective.unregularizedParameters { regularized[index] = 0 }
    return Double(objective.ridge / 2 * O.Scalar.dot(regularized.span, regularized.span))
  }

  private static func embed(
    _ matrix: Matrix<Double>, at places: [Int], of count: Int
  ) -> Matrix<Double> {
    guard places.count < count else { return matrix }
    var result = Matrix<Double>(rowCount: count, columnCount: count)
    for (i, row) in places.enumerated() {
      for (j, column) in places.enumerated() { result[row, column] = matrix[i, j] }
    }
    return result
  }
}

extension FitStatistics: CustomStringConvertible {
  /// The table of estimates, and what it rests on.
  public var description: String {
    let source =
      switch form {
      case .inverseHessian: "the inverse Hessian, dispersion \(StopReason.format(dispersion))"
      case .sandwich: "the sandwich of the samples' gradients"
      }
    return
      ([
        estimates.description,
        "\(observationCount) observations, deviance \(StopReason.format(deviance)), "
          + "\(StopReason.format(effectiveParameterCount)) effective parameters",
        "standard errors from \(source)",
      ] + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}

extension Linearization {
  /// The number of outputs that have a weight.
  var observationCount: Int {
    switch curvatureFactor {
    case .identity: outputs.count
    case .diagonal(let elements): elements.count { $0 != 0 }
    case .blocks(let order, _): outputs.count / order
    }
  }
}
