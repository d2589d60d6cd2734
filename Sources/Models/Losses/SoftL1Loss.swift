import Foundation
import OptimKit

/// The soft-L1 loss c² (√(1 + r²/c²) − 1) of a residual r = f − y: ½ r² for small ones, c |r| for large ones, smooth in
/// between; also called pseudo-Huber or Charbonnier.
///
/// Gradient r / h and curvature 1 / h³ with h = √(1 + r²/c²), the latter not below a thousandth of 1 / h (beyond 31 c).
public struct SoftL1Loss: RobustLoss {
  /// c > 0; 1 by default.
  public let scale: Double
  /// What stands in for the curvature; the second derivative by default.
  public let curvature: RobustCurvature

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the scale is not finite and positive.
  public init(scale: Double = 1, curvature: RobustCurvature = .secondOrder) throws {
    try Self.requireScale(scale, of: "soft-L1")
    self.scale = scale
    self.curvature = curvature
  }

  /// Always.
  public var isConvex: Bool { true }

  /// β = 1, L = 1.5 (4/5)^(5/2) / c, M = 3 / (2c).
  public var constants: LossConstants {
    LossConstants(
      smoothness: 1, curvatureLipschitz: 1.5 * 0.8 * 0.8 * 0.8.squareRoot() / scale,
      selfConcordance: 1.5 / scale)
  }

  /// v and its derivatives.
  @inline(__always)
  public func terms(distance t: Double) -> RobustTerms {
    let h = hypot(1, t)
    let weight = 1 / h
    return RobustTerms(
      value: t < 1e8 ? t * (t / (1 + h)) : t - 1, weight: weight,
      radialCurvature: weight * weight * weight)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension SoftL1Loss: ResponseLoss {}
