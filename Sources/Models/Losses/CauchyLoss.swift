import Foundation
import OptimKit

/// The Cauchy loss (c²/2) log(1 + r²/c²) of a residual r = f − y: the likelihood of Student's t distribution with one
/// degree of freedom. Also called Lorentzian.
///
/// Gradient q r with q = 1 / (1 + r²/c²), second derivative q (2q − 1), negative beyond c. Not convex: outliers have ever
/// less say, and there may be several minima.
public struct CauchyLoss: RobustLoss {
  /// c > 0; 1 by default.
  public let scale: Double
  /// What stands in for the curvature; the second derivative by default.
  public let curvature: RobustCurvature

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the scale is not finite and positive.
  public init(scale: Double = 1, curvature: RobustCurvature = .secondOrder) throws {
    try Self.requireScale(scale, of: "Cauchy")
    self.scale = scale
    self.curvature = curvature
  }

  /// Not: beyond some distance the slope falls.
  public var isConvex: Bool { false }

  /// v and its derivatives.
  @inline(__always)
  public func terms(distance t: Double) -> RobustTerms {
    let q = 1 / (1 + t * t)
    // Its square may be infinite, or lose what is added to 1.
    let value = t < 1e8 ? log1p(t * t) / 2 : log(t)
    return RobustTerms(value: value, weight: q, radialCurvature: q * (2 * q - 1))
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension CauchyLoss: ResponseLoss {}
