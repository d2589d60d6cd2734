import OptimKit

extension SteihaugTrustRegionStepper {
  /// δ of a model in a box and a ball: along the projected gradient first, which leaves and reaches any number of
  /// bounds at once; then by conjugate gradients in the face that this leads to, whose steps are projected into the box,
  /// from face to face (Lin and Moré, Newton's method for large bound-constrained optimization problems, 1999).
  ///
  /// Each face is smaller than the one before. Storage: 3 more vectors of p scalars while it runs.
  func solve(
    _ system: DampedSystem<Scalar>, in bounds: ParameterBounds<Scalar>, to tolerance: Double,
    radius: Double?, firstFactor: Double
  ) throws -> SteihaugIteration<Scalar>.Outcome {
    let gradient = try point.gradient()
    let threshold = tolerance * Double(try gradientNorm())
    let face = FaceModel(
      iteration, gradient: gradient, at: point.parameters, in: bounds,
      ledger: objective.ledger
    ) { try self.multiply(system, $0, into: &$1) }
    var outcome = try face.alongGradient(radius: radius, firstFactor: firstFactor)
    while outcome.iterations < maximumInnerIterations, !outcome.isOnBoundary {
      let held = face.heldParameters
      guard held.count < gradient.count else { break }
      let leg = try face.search(
        held: held, radius: outcome.radius, threshold: threshold,
        maximumIterations: maximumInnerIterations - outcome.iterations)
      outcome.iterations += leg.iterations
      outcome.status = leg.status
      outcome.relativeResidual = leg.relativeResidual
      outcome.isOnBoundary = leg.isOnBoundary
      // Where no bound was reached, this is the minimum of the face.
      guard face.heldParameters.count > held.count else { break }
    }
    if outcome.iterations == 0 { outcome.status = .converged }
    outcome.norm = Double(iteration.step.norm)
    return outcome
  }
}

/// The model of a step in a box, and where in the box its step ends.
private final class FaceModel<Scalar: RealScalar> {
  private let iteration: SteihaugIteration<Scalar>
  private let gradient: AlignedBuffer<Scalar>
  private let parameters: AlignedBuffer<Scalar>
  private let bounds: ParameterBounds<Scalar>
  private let ledger: RunLedger
  private let multiply: (Span<Scalar>, inout MutableSpan<Scalar>) throws -> Void
  /// Bδ.
  private let product: AlignedBuffer<Scalar>
  /// δ of the face before.
  private let start: AlignedBuffer<Scalar>
  /// From there to the minimum of the face.
  private let way: AlignedBuffer<Scalar>

  /// What part of the reduction that the slope foretells a projected step has to achieve.
  private static var sufficientDecrease: Double { 0.01 }

  init(
    _ iteration: SteihaugIteration<Scalar>, gradient: AlignedBuffer<Scalar>,
    at parameters: AlignedBuffer<Scalar>, in bounds: ParameterBounds<Scalar>, ledger: RunLedger,
    multiply: @escaping (Span<Scalar>, inout MutableSpan<Scalar>) throws -> Void
  ) {
    self.iteration = iteration
    self.gradient = gradient
    self.parameters = parameters
    self.bounds = bounds
    self.ledger = ledger
    self.multiply = multiply
    product = AlignedBuffer(count: gradient.count)
    start = AlignedBuffer(count: gradient.count)
    way = AlignedBuffer(count: gradient.count)
  }

  /// The parameters that δ puts at a bound.
  var heldParameters: [Int] {
    let (place, step) = (parameters.memory, iteration.step.memory)
    return place.indices.filter {
      let end = place[$0] + step[$0]
      return end <= bounds.lower[$0] || end >= bounds.upper[$0]
    }
  }

  /// The Cauchy point of the projected gradient.
  func alongGradient(
    radius: Double?, firstFactor: Double
  ) throws -> SteihaugIteration<Scalar>.Outcome {
    // Of the parameters that can move.
    way.copy(gradient)
    way.scale(by: -1)
    let moving = way.memory
    let place = parameters.memory
    for i in moving.indices
    where (moving[i] < 0 && place[i] <= bounds.lower[i])
      || (moving[i] > 0 && place[i] >= bounds.upper[i])
    {
      moving[i] = 0
    }
    try multiplyStep(way)
    let square = Double(way.dot(way))
    let curvature = Double(way.dot(product))
    var length = curvature > 0 ? square / curvature : 1 / square.squareRoot()
    var outcome = SteihaugIteration<Scalar>.Outcome(
      radius: radius ?? firstFactor * length * square.squareRoot())
    length = min(length, outcome.radius / square.squareRoot())
    start.scale(by: 0)
    for _ in 0..<60 {
      moveStep(length)
      try update()
      let slope = Double(gradient.dot(iteration.step))
      if -iteration.reduction(gradient) <= Self.sufficientDecrease * slope { break }
      length /= 4
    }
    outcome.isOnBoundary = Double(iteration.step.norm) >= outcome.radius * (1 - 1e-10)
    return outcome
  }

  /// Towards the minimum in a face of the box, as far as the projection into the box leaves it a descent.
  func search(
    held: [Int], radius: Double, threshold: Double, maximumIterations: Int
  ) throws -> SteihaugIteration<Scalar>.Outcome {
    start.copy(iteration.step)
    let before = -iteration.reduction(gradient)
    way.copy(iteration.residual)
    let downhill = way.array
    var outcome = try iteration.run(
      radius: radius, firstFactor: 1, threshold: threshold, maximumIterations: maximumIterations,
      held: held, preconditioner: nil, ledger: ledger, multiply: multiply)
    way.copy(iteration.step)
    way.add(-1, start)
    var length = 1.0
    for _ in 0..<60 {
      let isInside = moveStep(length)
      try update()
      if isInside { break }
      outcome.isOnBoundary = false
      let change = iteration.step.difference(to: start)
      let slope = -Double(Scalar.dot(downhill.span, change.span))
      if -iteration.reduction(gradient) <= before + Self.sufficientDecrease * min(0, slope) {
        break
      }
      length /= 2
    }
    return outcome
  }

  /// δ ← P(θ + start + `length` · way) − θ; whether the projection P changes nothing.
  @discardableResult
  private func moveStep(_ length: Double) -> Bool {
    let (place, start, way, step) = (
      parameters.memory, start.memory, way.memory, iteration.step.memory
    )
    var isInside = true
    for i in place.indices {
      let end = place[i] + (start[i] + Scalar(length) * way[i])
      if end < bounds.lower[i] {
        step[i] = bounds.lower[i] - place[i]
        isInside = false
      } else if end > bounds.upper[i] {
        step[i] = bounds.upper[i] - place[i]
        isInside = false
      } else {
        step[i] = start[i] + Scalar(length) * way[i]
      }
    }
    return isInside
  }

  /// r ← −(g + Bδ).
  private func update() throws {
    try multiplyStep(iteration.step)
    iteration.residual.copy(product)
    iteration.residual.add(1, gradient)
    iteration.residual.scale(by: -1)
  }

  private func multiplyStep(_ x: AlignedBuffer<Scalar>) throws {
    let (memory, result) = (x.memory, product.memory)
    var span = result.mutableSpan
    try multiply(memory.span, &span)
  }
}
