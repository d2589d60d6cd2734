import OptimKit

/// How far gradient descent goes along −∇F.
public enum GradientStep: Hashable, Sendable, Codable {
  /// The same multiple η of the gradient in every step.
  case fixed(Double)

  /// η = 1/β for an objective whose gradient is β-Lipschitz: F falls by at least ‖∇F‖² / 2β in every step.
  case smoothness(Double)

  /// The first of η, c η, c² η, … that satisfies Armijo's condition F(θ − η g) ≤ F(θ) − a η ‖g‖², where a is
  /// `sufficientDecrease` and c is `contraction`.
  ///
  /// The first trial of a run minimises the Gauss-Newton model along −g. Afterwards it is the step before, times
  /// `expansion` where that was accepted at once.
  case backtracking(
    sufficientDecrease: Double, contraction: Double, expansion: Double, maximumTrials: Int)

  /// Backtracking with a = ¼, contraction ½, expansion 2, and 40 trials.
  ///
  /// A small a, such as the 1e-4 that is usual along Newton directions, lets steps of nearly 2/β pass, which
  /// hardly reduce the loss; with ¼, a step that was shortened reduces a quadratic by at least three quarters of what
  /// the best step would.
  public static var backtracking: Self {
    .backtracking(sufficientDecrease: 0.25, contraction: 0.5, expansion: 2, maximumTrials: 40)
  }

  /// In words.
  var details: String {
    switch self {
    case .fixed(let value): "fixed step \(value)"
    case .smoothness(let value): "step 1/\(value)"
    case .backtracking: "backtracking"
    }
  }

  /// Throws where a constant is outside its domain.
  func validate() throws {
    switch self {
    case .fixed(let value): try requirePositive(value, "step")
    case .smoothness(let value): try requirePositive(value, "smoothness constant")
    case .backtracking(let decrease, let contraction, let expansion, let trials):
      guard decrease > 0, decrease < 1, contraction > 0, contraction < 1, expansion >= 1,
        expansion.isFinite, trials > 0
      else {
        throw OptimKitError(
          .invalidArgument,
          cause: "backtracking with sufficient decrease \(decrease), contraction \(contraction), "
            + "expansion \(expansion) and \(trials) trials",
          remedy: "choose a sufficient decrease and a contraction between 0 and 1, an expansion of "
            + "at least 1, and at least one trial")
      }
    }
  }
}
