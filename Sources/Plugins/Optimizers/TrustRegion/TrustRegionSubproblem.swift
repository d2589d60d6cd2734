/// How the model is minimised in a trust region.
public enum TrustRegionSubproblem: String, Hashable, Sendable, Codable {
  /// Powell's dogleg: along the gradient, then towards the Gauss-Newton step (Powell 1970).
  case dogleg
  /// To high accuracy, by the damping for which the step has the length of the radius (Moré and Sorensen 1983).
  case exact
}
