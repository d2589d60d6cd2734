import Foundation
import OptimKit

/// The Poisson loss with a log link: half the unit deviance ℓ(f, y) = y log(y / μ) − y + μ of a count y and the mean
/// μ = eᶠ. Poisson regression.
///
/// Targets are not negative, and need not be whole. Gradient μ − y, curvature μ. At outputs above 709 the loss is
/// infinite in double precision, and a step that leads there too long.
public struct PoissonLoss: ElementwiseLoss, Hashable {
  /// Creates the loss.
  public init() {}

  /// Always.
  public var isConvex: Bool { true }

  /// M = 1; the curvature eᶠ has no bound.
  public var constants: LossConstants { LossConstants(selfConcordance: 1) }

  /// Throws where a target is negative.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    try TargetDomain.nonNegative.validate(targets, of: "Poisson loss")
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let mean = exp(output)
    guard target > 0 else { return LossTerms(value: mean, slope: mean, curvature: mean) }
    let distance = output - log(target)
    return LossTerms(
      value: target * (expm1(distance) - distance), slope: mean - target, curvature: mean)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension PoissonLoss: ResponseLoss {
  /// outputs ← eᶠ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int
  ) {
    for i in outputs.indices { outputs[i] = Scalar(exp(Double(outputs[i]))) }
  }
}
