/// A loss that is a sum over single outputs, given by its terms for one output and one target.
///
///     struct CauchyLoss: ElementwiseLoss, Hashable {
///       var isConvex: Bool { false }
///       func terms(output: Double, target: Double) -> LossTerms { … }
///     }
///
/// Terms are computed in double precision whatever the scalar type, on several threads; sums are taken piece by
/// piece, so that results do not depend on the number of threads. Where curvature vanishes beside its largest
/// value, unit roundoff times `curvatureScale` takes its place: it changes nothing that rounding would keep, and
/// lets a slope without curvature, as on a straight branch, define a step.
public protocol ElementwiseLoss: Loss {
  /// Value, slope and curvature for one output; the curvature is not negative.
  ///
  /// - Implementor must: not overflow in between where the result does not.
  func terms(output: Double, target: Double) -> LossTerms

  /// How large curvature is where it matters: β, or 1 where there is none.
  var curvatureScale: Double { get }

  /// Sums over a piece of the samples: `piece.sum(scale: curvatureScale, terms)`.
  ///
  /// - Implementor may: repeat the default in its own file, marked `@specialized` for `Double` and `Float`, so that
  ///   the loop is compiled for them.
  func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double
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

  /// The sum without a loop of its own.
  public func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double {
    piece.sum(scale: curvatureScale) { terms(output: $0, target: $1) }
  }

  /// Σᵢ wᵢ ℓ(fᵢ, yᵢ).
  ///
  /// - Complexity: O(n).
  public func value<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int
  ) -> Scalar {
    let whole = LossPiece(
      outputs: outputs, targets: targets, weights: weights, outputsPerSample: outputsPerSample)
    return Scalar(whole.sumOfPieces { sum($0) })
  }

  /// The value; gradient ← w ∂ℓ/∂f; curvatureFactor ← √(w ∂²ℓ/∂f²).
  ///
  /// - Complexity: O(n).
  public func linearize<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int,
    gradient: inout MutableSpan<Scalar>, curvatureFactor: inout MutableSpan<Scalar>
  ) -> Scalar {
    gradient.withUnsafeMutableBufferPointer { gradient in
      curvatureFactor.withUnsafeMutableBufferPointer { factor in
        var whole = LossPiece(
          outputs: outputs, targets: targets, weights: weights, outputsPerSample: outputsPerSample)
        whole.gradient = gradient.baseAddress
        whole.curvatureFactor = factor.baseAddress
        return Scalar(whole.sumOfPieces { sum($0) })
      }
    }
  }
}
