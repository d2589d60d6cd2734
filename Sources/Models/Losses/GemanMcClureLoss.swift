import OptimKit

/// The Geman-McClure loss ½ r² / (1 + r²/c²) of a residual r = f − y, which never exceeds c²/2.
///
/// Gradient q² r with q = 1 / (1 + r²/c²), second derivative q² (4q − 3), negative beyond c/√3. Not convex: far outliers
/// have no say.
public struct GemanMcClureLoss: RobustLoss {
  /// c > 0; 1 by default.
  public let scale: Double
  /// What stands in for the curvature; the second derivative by default.
  public let curvature: RobustCurvature

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the scale is not finite and positive.
  public init(scale: Double = 1, curvature: RobustCurvature = .secondOrder) throws {
    try Self.requireScale(scale, of: "Geman-McClure")
    self.scale = scale
    self.curvature = curvature
  }

  /// Not: beyond some distance the slope falls.
  public var isConvex: Bool { false }

  /// v and its derivatives.
  @inline(__always)
  public func terms(distance t: Double) -> RobustTerms {
    let q = 1 / (1 + t * t)
    let value = t < 1e8 ? t * t * q / 2 : 0.5
    return RobustTerms(value: value, weight: q * q, radialCurvature: q * q * (4 * q - 3))
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension GemanMcClureLoss: ResponseLoss {}
