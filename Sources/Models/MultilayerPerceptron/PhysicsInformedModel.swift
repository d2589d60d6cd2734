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
/// Jacobian two. A block of points goes through all layers while its numbers are in cache; threads take a block each.
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

  /// The points of each condition, a block at a time.
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
    passes = Self.passes(network, conditions)
  }

  private static func passes(
    _ network: NetworkArchitecture, _ conditions: [Condition]
  ) -> [NetworkPass<Scalar>] {
    var blocks: [(condition: Condition, points: Range<Int>)] = []
    for condition in conditions {
      let count = condition.points.rowCount
      let channels = condition.operator.channels(points: count, dimension: network.inputCount)
      let length = NetworkPass<Scalar>.blockLength(network, channels)
      for first in stride(from: 0, to: count, by: length) {
        blocks.append((condition, first..<min(count, first + length)))
      }
    }
    let pool = BufferPool<Scalar>(users: blocks.count)
    return blocks.map {
      NetworkPass(
        architecture: network, points: $0.condition.points.selectingRows(Array($0.points)),
        operator: $0.condition.operator, pool: pool)
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
  /// - Complexity: O(n p), times d + 2 where there is a Laplacian and a second hidden layer.
  public func evaluate(at parameters: Span<Scalar>, into outputs: inout MutableSpan<Scalar>) {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    NetworkPass.evaluate(passes, at: parameters, into: &outputs)
  }

  /// The same, and the Jacobian.
  ///
  /// - Complexity: O(n p), times d + 2 where there is a Laplacian.
  public func linearize(
    at parameters: Span<Scalar>, outputs: inout MutableSpan<Scalar>
  ) -> PhysicsInformedJacobian<Scalar> {
    precondition(parameters.count == parameterCount && outputs.count == outputCount)
    NetworkPass.evaluate(passes, at: parameters, into: &outputs)
    let blocks = NetworkBlocks(passes)
    let linearizations = parameters.withUnsafeBufferPointer { parameters in
      [NetworkLinearization<Scalar>](unsafeUninitializedCapacity: passes.count) { memory, count in
        let (memory, parameters) = (Shared(memory.baseAddress!), Shared(parameters))
        blocks.forEach { block in
          (memory.pointer + block).initialize(
            to: NetworkLinearization(NetworkState(passes[block], at: parameters.pointer.span)))
        }
        count = passes.count
      }
    }
    return PhysicsInformedJacobian(blocks: blocks, linearizations: linearizations)
  }
}
