import Foundation
import OptimKit

/// The Gamma loss with a log link: half the unit deviance ℓ(f, y) = y / μ − 1 − log(y / μ) of a positive target y and the
/// mean μ = eᶠ. Gamma regression.
///
/// Gradient 1 − y / μ, curvature y / μ. Where y / μ overflows, the loss is infinite, and a step that leads there too
/// long.
public struct GammaLoss: ElementwiseLoss, Hashable {
  /// Creates the loss.
  public init() {}

  /// Always.
  public var isConvex: Bool { true }

  /// M = 1; the curvature y e⁻ᶠ has no bound.
  public var constants: LossConstants { LossConstants(selfConcordance: 1) }

  /// Throws where a target is not positive.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    try TargetDomain.positive.validate(targets, of: "Gamma loss")
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let distance = log(target) - output
    let excess = expm1(distance)
    return LossTerms(value: excess - distance, slope: -excess, curvature: excess + 1)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension GammaLoss: ResponseLoss {
  /// outputs ← eᶠ.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int
  ) {
    for i in outputs.indices { outputs[i] = Scalar(exp(Double(outputs[i]))) }
  }
}
