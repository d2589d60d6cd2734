import OptimKit

/// How accurately linear systems are solved.
extension GaussNewtonStepper {
  /// The residual that a linear solve may leave, relative to that of a model at the goal of the run.
  private static var shareOfGoal: Scalar { 0.3 }

  /// How many times ‖∇F‖ / ‖∇F₀‖ a solve may leave in the primal: of convex risks what is not linear leaves about as much.
  private static var toleratedMultiple: Scalar { 3 }

  /// How many times more than that is near it.
  private static var nearGoal: Scalar { 10 }

  func makeTolerance(
    for system: DampedSystem<Scalar>, target: Span<Scalar>
  ) throws -> ResidualTolerance<Scalar> {
    let maximum: Scalar
    switch innerTolerance {
    case .fixed(let value):
      return .relative(Scalar(value))
    case .adaptive(let value):
      maximum = Scalar(value)
    }
    guard system.isDual else { return try primalTolerance(maximum) }
    guard objective.ridge > 0 else {
      let adaptive = ResidualTolerance.quadratic(
        maximum: maximum, reference: firstRightHandSideNorm ?? 0)
      guard let goal = objective.goal.relativeLoss, loss > 0 else { return adaptive }
      // The residual of the dual is the next residual of the model, but for what is not linear: far below the
      // goal of the run it is of no use.
      let enough = Self.shareOfGoal * (Scalar(goal) * firstLoss / loss).squareRoot()
      let norm = Scalar.norm(target)
      return .relative(min(maximum, max(enough, adaptive.relative(toRightHandSideNorm: norm))))
    }
    // With a ridge the dual right-hand side does not vanish at the minimum; the gradient does.
    let norm = try gradientNorm()
    let progress = firstGradientNorm.map { $0 > 0 ? norm / $0 : 1 } ?? 1
    return .relative(min(maximum, progress) * min(1, progress))
  }

  /// In the primal the right-hand side is the gradient, and what a solve leaves is the next gradient, but for what is
  /// not linear: far below the goal of the run it is of no use.
  private func primalTolerance(_ maximum: Scalar) throws -> ResidualTolerance<Scalar> {
    let adaptive = ResidualTolerance.quadratic(
      maximum: maximum, reference: (firstRightHandSideNorm ?? 0) / Self.toleratedMultiple)
    let first = firstGradientNorm.map { Double($0) }
    guard let goal = objective.goal.gradientNorm(fromFirst: first) else { return adaptive }
    let norm = try gradientNorm()
    let enough = norm > 0 ? Self.shareOfGoal * Scalar(goal) / norm : 1
    let eta = adaptive.relative(toRightHandSideNorm: norm)
    // Where the goal is near, to reach it takes a few iterations more, and to miss it another step.
    return .relative(min(maximum, eta <= Self.nearGoal * enough ? enough : eta))
  }

  /// The tolerance relative to the right-hand side, where its norm is known before the solve.
  func relativeTolerance(
    _ tolerance: ResidualTolerance<Scalar>, of rightHandSide: borrowing DampedRightHandSide<Scalar>,
    in system: DampedSystem<Scalar>
  ) -> ResidualTolerance<Scalar> {
    guard system.isDual, rightHandSide.center == nil else { return tolerance }
    let norm = Scalar.norm(rightHandSide.target.span)
    return .relative(tolerance.relative(toRightHandSideNorm: norm))
  }
}
