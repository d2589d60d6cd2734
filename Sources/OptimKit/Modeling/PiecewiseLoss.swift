/// A loss that is summed over pieces of the samples, side by side on several threads; sums are taken in order, so that
/// results do not depend on the number of threads.
public protocol PiecewiseLoss: Loss {
  /// Σᵢ wᵢ ℓ(fᵢ, yᵢ) over a piece of the samples; writes gradient and curvature factor where the piece has them.
  func sum<Scalar: RealScalar>(_ piece: LossPiece<Scalar>) -> Double
}

extension PiecewiseLoss {
  /// Σᵢ wᵢ ℓ(fᵢ, yᵢ).
  ///
  /// - Complexity: That of `sum` over all samples.
  public func value<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int
  ) -> Scalar {
    let whole = LossPiece(
      outputs: outputs, targets: targets, weights: weights, outputsPerSample: outputsPerSample)
    return Scalar(whole.sumOfPieces { sum($0) })
  }

  /// The value; gradient ← w ∂ℓ/∂f; curvatureFactor ← C with C Cᵀ = w ∂²ℓ/∂f².
  ///
  /// - Complexity: That of `sum` over all samples.
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
