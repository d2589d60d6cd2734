import OptimKit

/// The Huber loss: ½ r² for a residual r = f − y of at most `threshold`, and a straight line beyond. Robust regression.
///
/// Gradient r, cut off at ± the threshold; curvature 1 within it and 0 beyond, where 1/1000 stands in for it: a slope
/// without curvature would define no step, and with little a step that gains three digits. Where most residuals are beyond
/// at first, `RobustCurvature.reweighted` leads to better steps: the weight threshold / |r| stands in then.
public struct HuberLoss: RobustLoss {
  /// δ > 0, the largest residual whose loss is quadratic; 1 by default.
  public let threshold: Double
  /// What stands in for the curvature beyond the threshold; a thousandth by default.
  public let curvature: RobustCurvature

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the threshold is not finite and positive.
  public init(threshold: Double = 1, curvature: RobustCurvature = .secondOrder) throws {
    guard threshold.isFinite, threshold > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the threshold of a Huber loss is \(threshold)",
        remedy: "pass a finite positive number")
    }
    self.threshold = threshold
    self.curvature = curvature
  }

  /// Always.
  public var isConvex: Bool { true }

  /// β = 1; the curvature jumps.
  public var constants: LossConstants { LossConstants(smoothness: 1) }

  /// The threshold.
  public var scale: Double { threshold }

  /// v and its derivatives.
  @inline(__always)
  public func terms(distance t: Double) -> RobustTerms {
    guard t > 1 else { return RobustTerms(value: t * t / 2, weight: 1, radialCurvature: 1) }
    return RobustTerms(value: t - 0.5, weight: 1 / t, radialCurvature: 0)
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let residual = output - target
    let distance = abs(residual)
    guard distance > threshold else {
      return LossTerms(value: residual * residual / 2, slope: residual, curvature: 1)
    }
    return LossTerms(
      value: threshold * (distance - threshold / 2), slope: residual > 0 ? threshold : -threshold,
      curvature: curvature == .reweighted ? threshold / distance : 1e-3)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension HuberLoss: ResponseLoss {}
