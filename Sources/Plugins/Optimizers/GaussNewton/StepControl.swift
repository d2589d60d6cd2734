import OptimKit

/// How far to go along a direction.
public enum StepControl: Hashable, Sendable, Codable {
  /// The whole step, as in arXiv 2006.11648: no safeguard but that the loss must stay finite.
  case full

  /// The first of 1, c, c², … times the step whose loss satisfies Armijo's condition
  /// F(θ + αδ) ≤ F(θ) + `sufficientDecrease` · α ∇F(θ)ᵀδ, up to the rounding of F, where c is `contraction`.
  ///
  /// Where the loss is known to be self-concordant, as the logistic, softmax, Poisson and Gamma losses are, the length
  /// log(1 + r) / r for which that is certain takes its place among them (`LossConstants.selfConcordance`).
  case backtracking(sufficientDecrease: Double, contraction: Double, maximumTrials: Int)

  /// Backtracking with the usual constants: 1e-4, ½, and 30 trials.
  public static var backtracking: Self {
    .backtracking(sufficientDecrease: 1e-4, contraction: 0.5, maximumTrials: 30)
  }

  /// Throws where a constant is outside its domain.
  func validate() throws {
    guard case .backtracking(let decrease, let contraction, let trials) = self else { return }
    guard decrease > 0, decrease < 0.5, contraction > 0, contraction < 1, trials > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "backtracking with sufficient decrease \(decrease), contraction \(contraction) and "
          + "\(trials) trials",
        remedy:
          "choose a sufficient decrease between 0 and 1/2, a contraction between 0 and 1, and "
          + "at least one trial")
    }
  }
}

/// How accurately to solve the linear system of each step.
public enum InnerTolerance: Hashable, Sendable, Codable {
  /// The same relative residual η in every step: the outer iteration converges linearly at rate η.
  case fixed(Double)

  /// min(`maximum`, ‖rₜ‖ / ‖r₀‖): loose at first, tight near the solution, so that the outer iteration
  /// stays quadratic; in the primal, where r is the gradient, three times that ratio. Where the run ends at a relative
  /// loss ε and the system is dual without a ridge, not below 0.3 √(ε F₀ / Fₜ), and where it ends at a norm g of the
  /// gradient and the system is primal, not below 0.3 g / ‖rₜ‖, which meets that goal in one step: more would be wasted
  /// (Kelley, Iterative Methods for Linear and Nonlinear Equations, 6.3).
  case adaptive(maximum: Double)

  /// Adaptive with a maximum of 0.1.
  public static var adaptive: Self { .adaptive(maximum: 0.1) }

  /// The tolerance at a point whose gradient is `progress` times that at the start.
  func relative(toProgress progress: Double) -> Double {
    switch self {
    case .fixed(let value): value
    case .adaptive(let maximum): min(maximum, progress)
    }
  }

  /// In words, for reports.
  var words: String {
    switch self {
    case .fixed(let value): "\(value)"
    case .adaptive(let maximum): "adaptive, at most \(maximum)"
    }
  }

  /// Throws where the tolerance is not between 0 and 1.
  func validate() throws {
    let value =
      switch self {
      case .fixed(let value), .adaptive(let value): value
      }
    guard value > 0, value < 1 else {
      throw OptimKitError(
        .invalidArgument, cause: "the inner tolerance is \(value)",
        remedy: "choose a number between 0 and 1, such as 0.1")
    }
  }
}
