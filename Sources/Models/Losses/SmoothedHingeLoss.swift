import OptimKit

/// The hinge loss max(0, 1 − m) of the margin m = ±f, with its kink rounded to a parabola of a given width.
///
/// Targets are 0 and 1; the margin is f for 1 and −f for 0. With width h the loss is 0 for m ≥ 1, (1 − m)² / (2h)
/// down to 1 − h, and 1 − m − h/2 below. Curvature 1/h on the parabola and 0 elsewhere; on the
/// straight branch 1/1000 of that stands in for it, as a slope without curvature would define no step.
public struct SmoothedHingeLoss: ElementwiseLoss, Hashable {
  /// h > 0, the width of the parabola; 1 by default.
  public let width: Double

  /// Creates the loss.
  ///
  /// - Throws: `OptimKitError` where the width is not finite and positive.
  public init(width: Double = 1) throws {
    guard width.isFinite, width > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "the width of a smoothed hinge loss is \(width)",
        remedy: "pass a finite positive number")
    }
    self.width = width
  }

  /// Always.
  public var isConvex: Bool { true }

  /// β = 1/h; the curvature jumps.
  public var constants: LossConstants { LossConstants(smoothness: 1 / width) }

  /// Throws where a target is neither 0 nor 1.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {
    try TargetDomain.binary.validate(targets, of: "smoothed hinge loss")
  }

  /// ℓ and its derivatives.
  @inline(__always)
  public func terms(output: Double, target: Double) -> LossTerms {
    let sign = target > 0.5 ? 1.0 : -1
    let shortfall = 1 - sign * output
    guard shortfall > 0 else { return LossTerms(value: 0, slope: 0, curvature: 0) }
    guard shortfall < width else {
      return LossTerms(value: shortfall - width / 2, slope: -sign, curvature: 1e-3 / width)
    }
    return LossTerms(
      value: shortfall * shortfall / (2 * width), slope: -sign * shortfall / width,
      curvature: 1 / width)
  }

  /// Sums over a piece of the samples.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}

extension SmoothedHingeLoss: ClassificationLoss {}
