/// How residuals are judged, as `--loss` takes it.
package enum ResidualLossChoice: String, CaseIterable, Sendable {
  /// By their squares.
  case squared
  case softL1 = "soft-l1"
  case huber
  case cauchy
  case gemanMcClure = "geman-mcclure"
  case tukey
}

/// What stands in for the curvature of a robust loss, as `--curvature` takes it.
package enum CurvatureChoice: String, CaseIterable, Sendable {
  /// The second derivative, kept positive.
  case secondOrder = "second-order"
  /// The weight of the residual: iteratively reweighted least squares.
  case reweighted
}
