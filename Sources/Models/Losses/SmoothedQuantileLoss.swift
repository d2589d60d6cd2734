import Foundation
import OptimKit

/// The quantile loss τ r⁺ + (1 − τ) r⁻ of the residual r = y − f, smoothed by a logistic kernel of bandwidth h:
/// τ r + h log(1 + e^(−r/h)). Quantile regression (Zheng 2011, Int. J. Mach. Learn. Cybern. 2).
///
/// Gradient σ(−r/h) − τ, curvature σ(r/h) σ(−r/h) / h. It exceeds the quantile loss by h log 2 at most.
public struct SmoothedQuantileLoss: ElementwiseLoss, Hashable {
  /// τ, between 0 and 1; 1/2 by default, the median.
  public let level: Double
  /// h > 0, the bandwidth; 0.1 by default.
  public let bandwidth: Double

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the level is not between 0 and 1, or the bandwidth is not finite and positive.
  public init(level: Double = 0.5, bandwidth: Double = 0.1) throws {
    guard level > 0, level < 1, bandwidth.isFinite, bandwidth > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "a quantile loss of level \(level) and bandwidth \(bandwidth)",
        remedy: "choose a level between 0 and 1 and a positive bandwidth")
    }
    self.level = level
    self.bandwidth = bandwidth
  }

  /// Always.
  public var isConvex: Bool { true }

  /// β = 1/(4h), L = 1/(6√3 h²), M = 1/h.
  public var constants: LossConstants {
    LossConstants(
      smoothness: 0.25 / bandwidth,
      curvatureLipschitz: 1 / (6 * 3.0.squareRoot() * bandwidth * bandwidth),
      selfConcordance: 1 / bandwidth)
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let residual = target - output
    let decay = exp(-abs(residual) / bandwidth)
    let larger = 1 / (1 + decay)
    let smaller = decay * larger
    let value =
      (residual >= 0 ? level * residual : (level - 1) * residual) + bandwidth * log1p(decay)
    return LossTerms(
      value: value, slope: (residual >= 0 ? smaller : larger) - level,
      curvature: larger * smaller / bandwidth)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

/// Outputs are the quantile itself.
extension SmoothedQuantileLoss: ResponseLoss {}
