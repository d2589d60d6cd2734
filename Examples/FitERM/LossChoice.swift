import OptimKit
import OptimKitModels

/// The losses that the command line offers.
package enum LossChoice: String, CaseIterable, Sendable {
  /// Least squares.
  case squared
  /// Two classes, 0 and 1.
  case logistic
  /// Classes 0, 1, 2, …
  case softmax
  /// Counts.
  case poisson
  /// Positive numbers.
  case gamma
  /// Numbers with outliers.
  case huber
  /// Two classes, 0 and 1, by margins.
  case hinge
  /// The median.
  case quantile

  /// The loss, with its default options.
  func makeLoss() throws -> any Loss {
    switch self {
    case .squared: SquaredLoss()
    case .logistic: LogisticLoss()
    case .softmax: SoftmaxLoss()
    case .poisson: PoissonLoss()
    case .gamma: GammaLoss()
    case .huber: try HuberLoss()
    case .hinge: try SmoothedHingeLoss()
    case .quantile: try SmoothedQuantileLoss()
    }
  }

  /// How well a fit does.
  enum Score {
    /// By the share of samples whose class is right.
    case accuracy
    /// By the deviance, twice the loss without its ridge.
    case deviance
  }

  /// How well a fit with this loss does is measured.
  var score: Score {
    switch self {
    case .logistic, .softmax, .hinge: .accuracy
    case .squared, .poisson, .gamma, .huber, .quantile: .deviance
    }
  }
}
