/// An objective whose parameters have to stay in a box.
///
///     let bounds = try ParameterBounds(lower: [0, -.infinity], upper: [10, .infinity])
///     try minimize(objective.bounded(by: bounds), from: start, using: .levenbergMarquardt())
///
/// Where the objective has bounds already, both have to hold.
///
/// Optimizers that support bounds (`Optimizer.supportsBounds`) evaluate it inside the box alone; others refuse it.
public struct BoundedObjective<Base: Objective>: Objective {
  /// The scalar type of the objective.
  public typealias Scalar = Base.Scalar

  /// The objective.
  public let base: Base
  /// The box.
  public let bounds: ParameterBounds<Base.Scalar>

  fileprivate init(_ base: Base, _ bounds: ParameterBounds<Base.Scalar>) throws {
    guard bounds.count == base.parameterCount else {
      throw OptimKitError(
        .dimensionMismatch,
        cause: "bounds of \(bounds.count) parameters for \(base.parameterCount)",
        remedy: "pass one lower and one upper bound per parameter")
    }
    self.base = base
    self.bounds = try base.parameterBounds.map { try bounds.intersection($0) } ?? bounds
  }

  /// The number of parameters p.
  public var parameterCount: Int { base.parameterCount }
  /// The number of rows n of the Jacobian.
  public var outputCount: Int { base.outputCount }
  /// The number of samples.
  public var sampleCount: Int { base.sampleCount }
  /// λ.
  public var ridge: Base.Scalar { base.ridge }
  /// The parameters that are left out of the ridge.
  public var unregularizedParameters: [Int] { base.unregularizedParameters }
  /// What is known of the loss's curvature.
  public var lossConstants: LossConstants { base.lossConstants }
  /// Whether the loss is convex in the outputs.
  public var isLossConvex: Bool { base.isLossConvex }
  /// The box.
  public var parameterBounds: ParameterBounds<Base.Scalar>? { bounds }

  /// That of the objective.
  public var sharding: Sharding? { base.sharding }

  /// F(θ).
  public func value(at parameters: Span<Base.Scalar>) throws -> Base.Scalar {
    try base.value(at: parameters)
  }

  /// F(θ) and all that a Gauss-Newton step needs at θ.
  public func linearize(at parameters: Span<Base.Scalar>) throws -> Linearization<Base.Scalar> {
    try base.linearize(at: parameters)
  }
}

extension Objective {
  /// The same objective with parameters that have to stay in a box.
  ///
  /// - Throws: ``OptimKitError`` where the bounds are those of another number of parameters, or leave nothing of those that
  ///   the objective has.
  public func bounded(by bounds: ParameterBounds<Scalar>) throws -> BoundedObjective<Self> {
    try BoundedObjective(self, bounds)
  }

  /// The same objective with some parameters held where they are in `parameters`, to the last bit; statistics of the fit
  /// take them as known.
  ///
  ///     try minimize(objective.fixing([2], at: start), from: start, using: .levenbergMarquardt())
  ///
  /// - Parameters:
  ///   - numbers: Which parameters, counted from 0.
  ///   - parameters: A value for each parameter of the objective; those of others do not matter.
  /// - Throws: ``OptimKitError`` where a number is not that of a parameter, a value is not finite or outside the bounds of
  ///   the objective, or there are values for another number of parameters.
  public func fixing(
    _ numbers: [Int], at parameters: [Scalar]
  ) throws -> BoundedObjective<Self> {
    try bounded(by: ParameterBounds(fixing: numbers, at: parameters))
  }
}
