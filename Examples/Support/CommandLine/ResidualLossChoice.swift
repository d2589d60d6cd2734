import OptimKit
import OptimKitModels

/// How residuals are judged, as `--loss` takes it.
package enum ResidualLossChoice: String, CaseIterable, Sendable {
  /// By their squares.
  case squared
  case softL1 = "soft-l1"
  case huber
  case cauchy
  case gemanMcClure = "geman-mcclure"
  case tukey

  /// The loss with that scale; nil for squares, which have none.
  ///
  /// - Throws: `OptimKitError` where the scale is not positive.
  package func makeRobustLoss(
    scale: Double, curvature: CurvatureChoice
  ) throws -> (any RobustLoss)? {
    let curvature = curvature.robustCurvature
    switch self {
    case .squared: return nil
    case .softL1: return try SoftL1Loss(scale: scale, curvature: curvature)
    case .huber: return try HuberLoss(threshold: scale, curvature: curvature)
    case .cauchy: return try CauchyLoss(scale: scale, curvature: curvature)
    case .gemanMcClure: return try GemanMcClureLoss(scale: scale, curvature: curvature)
    case .tukey: return try TukeyLoss(scale: scale, curvature: curvature)
    }
  }
}

/// What stands in for the curvature of a robust loss, as `--curvature` takes it.
package enum CurvatureChoice: String, CaseIterable, Sendable {
  /// The second derivative, kept positive.
  case secondOrder = "second-order"
  /// The weight of the residual: iteratively reweighted least squares.
  case reweighted

  fileprivate var robustCurvature: RobustCurvature {
    self == .secondOrder ? .secondOrder : .reweighted
  }
}
