import OptimKit

/// A network as the solution of a differential equation: its outputs are what differential operators make of the
/// network at given points, differentiable with respect to the network's parameters.
///
///     let network = try NetworkArchitecture(inputCount: 2, hiddenWidths: [64])
///     let model = try PhysicsInformedModel(
///       network: network,
///       conditions: [
///         .init(.negativeLaplacian, at: interior),  // −Δu
///         .init(.identity, at: boundary),           // u
///       ])
///     let objective = try LeastSquares(
///       model, targets: f + g, weights: model.meanWeights([1, 1]))
///
/// Targets are the right-hand sides; with several network outputs, point by point. Values, first derivatives and the
/// Laplacian are propagated together (forward Taylor mode; for the Laplacian alone, arXiv 2307.08214), so that a layer
/// costs one product of matrices of d + 2 columns for each point where there is a Laplacian, and products with the
/// Jacobian two.
public struct PhysicsInformedModel<Scalar: RealScalar>: Sendable {
  /// An operator, and the points where it is asked for.
  public struct Condition: Sendable {
    /// The operator.
    public let `operator`: LinearDifferentialOperator
    /// One row a point.
    public let points: Matrix<Scalar>

    /// Creates a condition.
    public init(_ operator: LinearDifferentialOperator, at points: Matrix<Scalar>) {
      self.operator = `operator`
      self.points = points
    }
  }

  /// The shape of the network.
  public let network: NetworkArchitecture
  /// What is asked for, and where; outputs are in this order.
  public let conditions: [Condition]

  let passes: [NetworkPass<Scalar>]

  /// Creates a model.
  ///
  /// - Complexity: O(n d²).
  /// - Throws: `OptimKitError` where there is no condition, points are none, not finite or of another dimension than
  ///   the network's inputs, or an operator asks for second derivatives of ReLU.
  public init(network: NetworkArchitecture, conditions: [Condition]) throws {
    guard !conditions.isEmpty else {
      throw OptimKitError(
        .invalidArgument, cause: "a differential equation without conditions",
        remedy: "pass at least one operator with its points")
    }
    for condition in conditions {
      try network.validate(points: condition.points, called: "coordinate", of: "point")
      try condition.operator.validate(dimension: network.inputCount)
      if condition.operator.laplacian != 0,
        let flat = network.activations.first(where: { !$0.isCurved })
      {
        throw OptimKitError(
          .invalidArgument, cause: "the second derivative of \(flat) is 0 wherever it is defined",
          remedy: "choose a smooth activation, such as tanh")
      }
    }
    self.network = network
    self.conditions = conditions
    passes = conditions.map {
      NetworkPass(architecture: network, points: $0.points, operator: $0.operator)
    }
  }

  /// Weights of samples that make the loss Σ wᵢ times the mean over the points of condition i.
  ///
  /// - Parameter weights: One for each condition.
  /// - Complexity: O(n).
  /// - Throws: `OptimKitError` where there is not one weight for each condition.
  public func meanWeights(_ weights: [Scalar]) throws -> [Scalar] {
    guard weights.count == conditions.count else {
      throw OptimKitError(
        .dimensionMismatch, cause: "\(weights.count) weights for \(conditions.count) conditions",
        remedy: "pass one for each condition")
    }
    return zip(weights, conditions).flatMap { weight, condition in
      [Scalar](
        repeating: weight / Scalar(condition.points.rowCount), count: condition.points.rowCount)
    }
  }

  /// Random parameters for smooth functions on the smallest box around all points; see
  /// `NetworkArchitecture.initialParameters(bendingBetween:and:steepness:seed:)`.
  ///
  /// - Complexity: O(n d + p).
  /// - Throws: `OptimKitError` where the points lie in a plane of fewer dimensions, or the steepness is not positive.
  public func initialParameters(steepness: Double = 2, seed: UInt64 = 0) throws -> [Scalar] {
    var lower = Array(conditions[0].points.row(0))
    var upper = lower
    for condition in conditions {
      for row in 0..<condition.points.rowCount {
        for (index, value) in condition.points.row(row).enumerated() {
          lower[index] = min(lower[index], value)
          upper[index] = max(upper[index], value)
        }
      }
    }
    return try network.initialParameters(
      bendingBetween: lower, and: upper, steepness: steepness, seed: seed)
  }
}

extension PhysicsInformedModel: Model {
  /// p.
  public var parameterCount: Int { network.parameterCount }

  /// The number of outputs of the network.
  public var outputsPerSample: Int { network.outputCount }

  /// The number of points times that.
  public var outputCount: Int { passes.reduce(0) { $0 + $1.outputCount } }

  /// The biases, which a ridge leaves out.
  public var unregularizedParameters: [Int] { network.biases }

  /// outputs ← what the operators make of the network.
  ///
  /// - Complexity: O(n p), times d + 2 where there is a Laplacian.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    _ = states(at: parameters, isDifferentiated: false, into: &outputs)
  }

  /// The same, and the Jacobian, in one pass.
  ///
  /// - Complexity: As `evaluate`.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> PhysicsInformedJacobian<Scalar> {
    PhysicsInformedJacobian(
      blocks: states(at: parameters, isDifferentiated: true, into: &outputs).map {
        NetworkLinearization($0)
      })
  }

  private func states(
    at parameters: Span<Scalar>, isDifferentiated: Bool, into outputs: inout MutableSpan<Scalar>
  ) -> [NetworkState<Scalar>] {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    return outputs.withUnsafeMutableBufferPointer { outputs in
      var start = outputs.baseAddress!
      var result: [NetworkState<Scalar>] = []
      for pass in passes {
        result.append(
          NetworkState(pass, at: parameters, isDifferentiated: isDifferentiated, into: start))
        start += pass.outputCount
      }
      return result
    }
  }
}
