import OptimKit
import OptimKitPlugins

/// How the network is trained.
package enum OptimizerChoice: String, CaseIterable, Sendable {
  /// Gauss-Newton steps, regularized as the loss shows best.
  case gaussNewton = "gauss-newton"
  /// Adam on all points, its step falling from 0.01.
  case adam
  /// L-BFGS.
  case lbfgs
  /// One after the other.
  case all

  /// Those that are run.
  var optimizers: [Self] { self == .all ? [.gaussNewton, .adam, .lbfgs] : [self] }

  /// The optimizer; nil for all.
  func strategy(rank: Int?) -> (any Optimizer)? {
    switch self {
    case .gaussNewton: SketchedTrustRegion(rank: rank)
    case .adam: Adam(step: 0.005, batchSize: nil)
    case .lbfgs: LBFGS(memory: 50)
    case .all: nil
    }
  }

  /// Most steps where the command line does not say.
  func iterations(_ dimension: Int) -> Int? {
    self == .gaussNewton ? (dimension == 2 ? 100 : 500) : nil
  }
}
