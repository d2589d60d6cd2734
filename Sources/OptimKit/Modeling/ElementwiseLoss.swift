/// A loss that is a sum over single outputs, given by its terms for one output and one target.
///
///     struct LogCoshLoss: ElementwiseLoss, Hashable {
///       var isConvex: Bool { true }
///       func terms(output: Double, target: Double) -> LossTerms { … }
///     }
///
/// Terms are computed in double precision whatever the scalar type, on several threads; sums are taken piece by
/// piece, so that results do not depend on the number of threads. Where curvature vanishes beside its largest
/// value, unit roundoff times `curvatureScale` takes its place: it changes nothing that rounding would keep, and
/// lets a slope without curvature, as on a straight branch, define a step.
public protocol ElementwiseLoss: PiecewiseLoss {
  /// Value, slope and curvature for one output; the curvature is not negative.
  ///
  /// - Implementor must: not overflow in between where the result does not.
  func terms(output: Double, target: Double) -> LossTerms

  /// How large curvature is where it matters: β, or 1 where there is none.
  var curvatureScale: Double { get }
}

/// Value, first and second derivative of a loss with respect to one output.
public struct LossTerms: Hashable, Sendable {
  /// ℓ.
  public var value: Double
  /// ∂ℓ/∂f.
  public var slope: Double
  /// ∂²ℓ/∂f², or what stands in for it.
  public var curvature: Double

  /// Creates terms.
  @inlinable
  public init(value: Double, slope: Double, curvature: Double) {
    self.value = value
    self.slope = slope
    self.curvature = curvature
  }
}

extension ElementwiseLoss {
  /// β, or 1.
  public var curvatureScale: Double { constants.smoothness ?? 1 }

  /// `piece.sum(scale: curvatureScale, terms)`.
  ///
  /// - Implementor may: repeat it in its own file, marked `@specialized` for `Double` and `Float`, so that the loop is
  ///   compiled for them.
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }
}
