import Foundation
import OptimKit

/// The logistic loss ℓ(f, y) = log(1 + eᶠ) − y f, the cross-entropy of a target y and the probability
/// σ(f) = 1 / (1 + e⁻ᶠ): logistic regression.
///
/// Targets are 0 or 1, or probabilities between. Gradient σ(f) − y, curvature σ(f) (1 − σ(f)).
public struct LogisticLoss: ElementwiseLoss, Hashable {
  /// Creates the loss.
  public init() {}

  /// Always.
  public var isConvex: Bool { true }

  /// β = 1/4, L = 1/(6√3), M = 1.
  public var constants: LossConstants {
    LossConstants(
      smoothness: 0.25, curvatureLipschitz: 1 / (6 * 3.0.squareRoot()), selfConcordance: 1)
  }

  /// Throws where a target is not between 0 and 1.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    try TargetDomain.unitInterval.validate(targets, of: "logistic loss")
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    // e⁻|f| cannot overflow; both probabilities keep their digits.
    let decay = exp(-abs(output))
    let larger = 1 / (1 + decay)
    let smaller = decay * larger
    // f⁺ − y f is a product of positive numbers, without cancellation.
    let value = (output >= 0 ? (1 - target) * output : -target * output) + log1p(decay)
    let slope =
      output >= 0 ? (1 - target) - smaller : smaller - target
    return LossTerms(value: value, slope: slope, curvature: larger * smaller)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension LogisticLoss: ResponseLoss, ClassificationLoss {
  /// outputs ← σ(f), the probability of class 1.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int
  ) {
    for i in outputs.indices {
      let output = Double(outputs[i])
      let decay = exp(-abs(output))
      outputs[i] = Scalar((output >= 0 ? 1 : decay) / (1 + decay))
    }
  }
}
