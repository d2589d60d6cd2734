import OptimKit

/// A point, with what is known of the objective there: computed when asked for, then kept.
final class EvaluatedPoint<Scalar: RealScalar> {
  /// θ. Whoever writes to it calls `forget` afterwards.
  let parameters: AlignedBuffer<Scalar>

  /// F(θ), where it is known; NaN before.
  private(set) var loss = Scalar.nan

  /// How far two values of the loss near this one may differ by rounding alone.
  var lossRounding: Scalar { .lossRounding(loss, termCount: objective.wholeOutputCount) }

  let objective: CountedObjective<Scalar>
  private var isEvaluated = false
  /// The linearization at θ, where it is known.
  private(set) var linearization: Linearization<Scalar>?
  private let gradientMemory: AlignedBuffer<Scalar>
  private var knownGradientNorm: Scalar?

  init(_ objective: CountedObjective<Scalar>, at parameters: [Scalar]) {
    self.objective = objective
    self.parameters = AlignedBuffer(parameters)
    gradientMemory = AlignedBuffer(count: parameters.count)
  }

  /// Moves the point to `origin` + α · `direction`.
  func place(at origin: EvaluatedPoint, plus alpha: Scalar, _ direction: AlignedBuffer<Scalar>) {
    parameters.copy(origin.parameters)
    parameters.add(alpha, direction)
    forget()
  }

  /// Moves the point to `other`, with all that is known there.
  func assign(_ other: EvaluatedPoint) {
    parameters.copy(other.parameters)
    loss = other.loss
    isEvaluated = other.isEvaluated
    linearization = other.linearization
    knownGradientNorm = other.knownGradientNorm
    if knownGradientNorm != nil { gradientMemory.copy(other.gradientMemory) }
  }

  /// Nothing is known any more.
  func forget() {
    loss = .nan
    isEvaluated = false
    linearization = nil
    knownGradientNorm = nil
  }

  /// F(θ), from an evaluation alone where nothing is known.
  @discardableResult
  func evaluate() throws -> Scalar {
    guard !isEvaluated else { return loss }
    let memory = parameters.memory
    loss = try objective.value(at: memory.span)
    isEvaluated = true
    return loss
  }

  /// The linearization at θ.
  @discardableResult
  func linearize() throws -> Linearization<Scalar> {
    if let linearization { return linearization }
    let memory = parameters.memory
    let result = try objective.linearize(at: memory.span)
    linearization = result
    if !isEvaluated {
      loss = result.value
      isEvaluated = true
    }
    return result
  }

  /// ∇F(θ); overwritten when the point moves.
  @discardableResult
  func gradient() throws -> AlignedBuffer<Scalar> {
    guard knownGradientNorm == nil else { return gradientMemory }
    let linearization = try linearize()
    let (memory, target) = (parameters.memory, gradientMemory.memory)
    var span = target.mutableSpan
    try objective.gradient(at: memory.span, linearization, into: &span)
    knownGradientNorm = try gradientMemory.norm(in: objective)
    return gradientMemory
  }

  /// ‖∇F(θ)‖.
  func gradientNorm() throws -> Scalar {
    try gradient()
    return knownGradientNorm ?? .nan
  }

  /// The step along −∇F that minimises the Gauss-Newton model, ‖g‖² / (‖Tg‖² + λ‖g‖²): a natural first guess
  /// where no other is known. 1/‖g‖ where the model is flat, 1 at a stationary point.
  ///
  /// - Complexity: One product with J.
  func cauchyStep() throws -> Scalar {
    let gradient = try gradient()
    let norm = try gradientNorm()
    guard norm > 0, norm.isFinite else { return 1 }
    let system = objective.system(at: try linearize())
    var image = Scalar.zeros(system.rowCount)
    var span = image.mutableSpan
    let memory = gradient.memory
    try system.apply(memory.span, into: &span)
    // Divided first, so that squares neither overflow nor vanish.
    let stretch = try objective.outputNorm(span.span) / norm
    let curvature = stretch * stretch + objective.ridge
    return curvature > 0 && curvature.isFinite ? 1 / curvature : 1 / norm
  }
}
