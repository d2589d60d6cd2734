import OptimKit

/// A stepper that tries steps from its point at another one, and moves there once one is good enough.
protocol TrialStepper<Scalar>: PointStepper {
  var objective: CountedObjective<Scalar> { get }
  /// θ.
  var point: EvaluatedPoint<Scalar> { get set }
  /// θ + δ.
  var next: EvaluatedPoint<Scalar> { get set }
  /// δ; scratch once a step is taken.
  var direction: AlignedBuffer<Scalar> { get }
}

extension TrialStepper {
  /// Moves `next` to θ + δ; where there are bounds, into the box that rounding may have led out of.
  func placeNext() {
    next.place(at: point, plus: 1, direction)
    guard let bounds = objective.parameterBounds else { return }
    let place = next.parameters.memory
    for i in place.indices { place[i] = min(max(place[i], bounds.lower[i]), bounds.upper[i]) }
  }

  /// The same for a step that is an array.
  func placeNext(along step: [Scalar]) {
    let memory = direction.memory
    var span = memory.mutableSpan
    Scalar.copy(step.span, into: &span)
    placeNext()
  }

  /// F(θ) − F(θ + δ); −∞ where the loss is not finite there.
  func reductionAtNext() throws -> Double {
    let loss = try next.evaluate()
    return loss.isFinite ? Double(point.loss) - Double(loss) : -.infinity
  }

  /// Moves to `next`; ‖δ‖.
  func moveToNext() throws -> Double {
    try next.linearize()
    let norm = try next.parameters.distance(
      to: point.parameters, in: objective, scratch: direction)
    let before = point
    point = next
    next = before
    return Double(norm)
  }

  /// Throws where the norm of the gradient is not finite: no step is defined.
  func requireFiniteGradient(_ norm: Double) throws {
    guard !norm.isFinite else { return }
    throw OptimKitError.nonFiniteDerivatives
  }

  /// Whether a step that losses say nothing about reduces the gradient.
  func isPolished(_ outcome: StepRegulation.Outcome, from norm: Double) throws -> Bool {
    guard outcome.predicted > 0, outcome.actual >= -(try noise()) else { return false }
    let before = point
    (point, next) = (next, before)
    defer { (point, next) = (before, point) }
    return Double(try gradientNorm()) <= 0.9 * norm
  }

  /// About what rounding changes the loss by.
  ///
  /// - Throws: What sums over ranks throw.
  func noise() throws -> Double { try point.linearization?.lossRounding(of: objective) ?? 0 }

  /// ‖∇F‖; where there are bounds, of the parameters that can move along −∇F alone.
  func gradientNorm() throws -> Scalar {
    guard let bounds = objective.parameterBounds else { return try point.gradientNorm() }
    let gradient = try point.gradient().array
    let free = bounds.freeParameters(at: parameters, gradient: gradient)
    let parts = free.map { gradient[$0] }
    return Scalar.norm(parts.span)
  }
}
