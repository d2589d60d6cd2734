import OptimKit

/// Conjugate gradients on the model gᵀδ + ½ δᵀBδ up to the surface of a ball ‖δ‖ ≤ Δ, in the norm of the preconditioner
/// where there is one (Steihaug 1983, Toint 1981). Lengths grow and the model falls from iterate to iterate.
///
/// Storage: 5 vectors of p scalars.
package final class SteihaugIteration<Scalar: RealScalar> {
  /// How an iteration ended.
  package struct Outcome {
    package var status = SolveReport.Status.iterationLimit
    package var iterations = 0
    /// ‖g + Bδ‖ relative to that at the start, in the norm of M⁻¹.
    package var relativeResidual = 1.0
    /// Whether δ ends on the surface of the ball.
    package var isOnBoundary = false
    /// ‖δ‖ in the norm of the preconditioner.
    package var norm = 0.0
    /// Δ.
    package var radius: Double
  }

  /// δ.
  package let step: AlignedBuffer<Scalar>
  /// −(g + Bδ).
  let residual: AlignedBuffer<Scalar>
  private let direction: AlignedBuffer<Scalar>
  private let product: AlignedBuffer<Scalar>
  private let preconditioned: AlignedBuffer<Scalar>

  package init(parameterCount: Int) {
    step = AlignedBuffer(count: parameterCount)
    residual = AlignedBuffer(count: parameterCount)
    direction = AlignedBuffer(count: parameterCount)
    product = AlignedBuffer(count: parameterCount)
    preconditioned = AlignedBuffer(count: parameterCount)
  }

  /// By how much the model falls along `step`: ½ δᵀ(r − g), for r up to date.
  package func reduction(_ gradient: AlignedBuffer<Scalar>) -> Double {
    Double(step.dot(residual) - step.dot(gradient)) / 2
  }

  /// Starts at δ = 0.
  package func begin(_ gradient: AlignedBuffer<Scalar>) {
    let memory = step.memory
    memory.update(repeating: 0)
    residual.copy(gradient)
    residual.scale(by: -1)
  }

  /// ‖g‖ in the norm of M⁻¹, (gᵀM⁻¹g)^½, right after `begin`.
  package func gradientNorm(_ preconditioner: (any Preconditioner<Scalar>)?) -> Double {
    Double(precondition(by: preconditioner, [])).squareRoot()
  }

  /// Goes on from `step`, whose residual is up to date, until ‖g + Bδ‖ ≤ `threshold` or ‖δ‖ = Δ, the former in the norm
  /// of M⁻¹ and the latter in that of M: so units of the parameters do not matter where M knows them.
  ///
  /// - Parameters:
  ///   - radius: Δ, not below ‖δ‖; where it is nil, `firstFactor` times the length of the first step.
  ///   - held: Parameters that do not move.
  ///   - preconditioner: M; only from δ = 0.
  ///   - multiply: result ← B times a direction.
  package func run(
    radius: Double?, firstFactor: Double, threshold: Double, maximumIterations: Int,
    held: [Int] = [], preconditioner: (any Preconditioner<Scalar>)?, ledger: RunLedger,
    multiply: (Span<Scalar>, inout MutableSpan<Scalar>) throws -> Void
  ) throws -> Outcome {
    var outcome = Outcome(radius: radius ?? .infinity)
    clear(residual, held)
    var rho = precondition(by: preconditioner, held)
    let initialNorm = Double(rho).squareRoot()
    var norms = Norms(step: Double(step.dot(step)))
    var previous = rho
    var fallen = 0.0
    defer { ledger.addInnerIterations(outcome.iterations) }
    guard initialNorm > threshold else {
      outcome.status = .converged
      outcome.norm = norms.step.squareRoot()
      return outcome
    }
    while outcome.iterations < maximumIterations {
      let isFirst = outcome.iterations == 0
      let beta = isFirst ? 0 : rho / previous
      direction.combine(1, preconditioned, plus: beta)
      if preconditioner == nil {
        norms.product = Double(step.dot(direction))
        norms.direction = Double(direction.dot(direction))
      } else {
        norms.turn(rho: Double(rho), beta: Double(beta))
      }
      let (memory, result) = (direction.memory, product.memory)
      var span = result.mutableSpan
      try multiply(memory.span, &span)
      clear(product, held)
      outcome.iterations += 1
      let curvature = direction.dot(product)
      guard rho > 0, rho.isFinite, curvature.isFinite, norms.direction > 0 else {
        try requireFinite(Scalar.norm(span.span))
        outcome.status = .stagnated
        break
      }
      let alpha = curvature > 0 ? Double(rho / curvature) : .infinity
      if radius == nil, isFirst {
        let length = alpha.isFinite ? alpha * norms.direction.squareRoot() : 1
        outcome.radius = firstFactor * length
      }
      let largest = outcome.radius * outcome.radius
      if !(norms.afterStep(alpha) < largest) {
        let length = norms.length(to: largest)
        advance(Scalar(length))
        norms.step = largest
        outcome.isOnBoundary = true
        outcome.status = .converged
        break
      }
      norms.move(alpha)
      advance(Scalar(alpha))
      previous = rho
      rho = precondition(by: preconditioner, held)
      if Double(rho).squareRoot() <= threshold {
        outcome.status = .converged
        break
      }
      let fall = alpha * Double(previous) / 2
      fallen += fall
      guard fall > 0.01 * Double(Scalar.unitRoundoff) * fallen else {
        outcome.status = .stagnated
        break
      }
    }
    let last = outcome.isOnBoundary ? precondition(by: preconditioner, held) : rho
    outcome.relativeResidual = Double(last).squareRoot() / initialNorm
    outcome.norm = norms.step.squareRoot()
    return outcome
  }

  /// z ← M⁻¹ r; rᵀz.
  private func precondition(
    by preconditioner: (any Preconditioner<Scalar>)?, _ held: [Int]
  ) -> Scalar {
    preconditioned.copy(residual)
    guard let preconditioner else { return residual.dot(residual) }
    let memory = preconditioned.memory
    var span = memory.mutableSpan
    preconditioner.applyInverse(in: &span)
    clear(preconditioned, held)
    return residual.dot(preconditioned)
  }

  private func advance(_ length: Scalar) {
    step.add(length, direction)
    residual.add(-length, product)
  }

  private func clear(_ vector: AlignedBuffer<Scalar>, _ held: [Int]) {
    let memory = vector.memory
    for index in held { memory[index] = 0 }
  }

  private func requireFinite(_ norm: Scalar) throws {
    guard !norm.isFinite else { return }
    throw OptimKitError(
      .nonFiniteValue, cause: "a product with the Jacobian is NaN or infinite",
      remedy: "check the model's derivatives at this point")
  }
}

/// δᵀMδ, δᵀMd and dᵀMd, of which only the first is needed without M itself.
private struct Norms {
  var step: Double
  var product = 0.0
  var direction = 0.0

  /// For the next direction z + βd, after a step that made r orthogonal to d (Conn, Gould and Toint 2000, 7.5.5).
  mutating func turn(rho: Double, beta: Double) {
    product *= beta
    direction = rho + beta * beta * direction
  }

  func afterStep(_ alpha: Double) -> Double {
    step + 2 * alpha * product + alpha * alpha * direction
  }

  mutating func move(_ alpha: Double) {
    step = afterStep(alpha)
    product += alpha * direction
  }

  /// The positive α for which ‖δ + αd‖² is `largest`.
  func length(to largest: Double) -> Double {
    let rest = max(0, largest - step)
    let root = (product * product + direction * rest).squareRoot()
    return product > 0 ? rest / (product + root) : (root - product) / direction
  }
}
