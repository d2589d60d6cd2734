import OptimKit
import OptimKitPlugins

/// How a curve is fitted.
package enum OptimizerChoice: String, CaseIterable, Sendable {
  /// Levenberg-Marquardt with the damping of MINPACK.
  case levenbergMarquardt = "levenberg-marquardt"
  /// Levenberg-Marquardt with Nielsen's damping and geodesic acceleration.
  case accelerated
  /// A trust region with the exact subproblem.
  case trustRegion = "trust-region"
  /// A trust region with Powell's dogleg.
  case dogleg
  /// Many dampings tried from one decomposition.
  case spectral

  /// The optimizer.
  var strategy: any Optimizer {
    switch self {
    case .levenbergMarquardt: LevenbergMarquardt()
    case .accelerated: LevenbergMarquardt(dampingRule: .nielsen, accelerationLimit: 0.75)
    case .trustRegion: TrustRegion(subproblem: .exact)
    case .dogleg: TrustRegion(subproblem: .dogleg)
    case .spectral: SpectralTrustRegion()
    }
  }
}
