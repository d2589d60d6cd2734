/// What stands in for the curvature of a robust loss, whose second derivative is negative, or nearly zero, for large
/// residuals: either is positive semidefinite.
public enum RobustCurvature: String, Hashable, Sendable, Codable {
  /// The second derivative, in the direction of the residual not below a thousandth of the weight: Triggs' correction
  /// (Triggs et al., Bundle adjustment: a modern synthesis, 2000), with which Gauss-Newton steps converge as fast as with
  /// the squared loss. The default.
  case secondOrder
  /// The weight ρ′ in all directions: iteratively reweighted least squares, whose model is never below the loss. Slower at
  /// the end, and less dependent on step control far from it.
  case reweighted

  /// The least ratio of curvature and weight.
  @inlinable static var leastRatio: Double { 1e-3 }
}
