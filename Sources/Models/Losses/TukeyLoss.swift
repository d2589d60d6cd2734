import OptimKit

/// Tukey's biweight (c²/6) (1 − (1 − r²/c²)³) of a residual r = f − y up to c, and c²/6 beyond.
///
/// Gradient u² r with u = 1 − r²/c², second derivative u (5u − 4), negative beyond c/√5. Not convex: residuals beyond c have
/// no say at all, so start with most of them within. With c = 4.685 σ it is 95 % efficient for normal errors of standard
/// deviation σ.
public struct TukeyLoss: RobustLoss {
  /// c > 0; 1 by default.
  public let scale: Double
  /// What stands in for the curvature; the second derivative by default.
  public let curvature: RobustCurvature

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the scale is not finite and positive.
  public init(scale: Double = 1, curvature: RobustCurvature = .secondOrder) throws {
    try Self.requireScale(scale, of: "Tukey")
    self.scale = scale
    self.curvature = curvature
  }

  /// Not: beyond some distance the slope falls.
  public var isConvex: Bool { false }

  /// v and its derivatives.
  @inline(__always)
  public func terms(distance t: Double) -> RobustTerms {
    guard !(t >= 1) else { return RobustTerms(value: 1 / 6.0, weight: 0, radialCurvature: 0) }
    let z = t * t
    let u = 1 - z
    return RobustTerms(
      value: z * (3 - 3 * z + z * z) / 6, weight: u * u, radialCurvature: u * (5 * u - 4))
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension TukeyLoss: ResponseLoss {}
