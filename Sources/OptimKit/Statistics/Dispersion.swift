/// φ, by which the variance of targets exceeds that of the loss as a likelihood: the variance of the noise for the
/// squared loss, 1 for logistic, softmax and Poisson regression.
public enum Dispersion: Hashable, Sendable, Codable {
  /// As given; statistics are compared with the normal distribution.
  case known(Double)

  /// The deviance, twice the loss without its ridge, divided by the residual degrees of freedom; statistics are compared
  /// with Student's t. For the squared loss that is s².
  case estimated

  func validate() throws {
    guard case .known(let value) = self, !(value > 0 && value.isFinite) else { return }
    throw OptimKitError(
      .invalidArgument, cause: "a dispersion of \(value)",
      remedy: "give a finite number above 0, or let it be estimated")
  }
}
