import OptimKit
import OptimKitModels

/// A loss that outliers have less say in than in squares.
package enum RobustChoice: String, CaseIterable, Sendable {
  /// Squares, beyond the scale straight.
  case huber

  /// The loss; residuals from `scale` on count less.
  ///
  /// - Throws: `OptimKitError` where the scale is not positive.
  func makeLoss(scale: Double) throws -> any Loss {
    switch self {
    case .huber: try HuberLoss(threshold: scale)
    }
  }
}
