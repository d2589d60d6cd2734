/// A loss that says what target its outputs make expect: the mean, by the inverse of a link function, or a quantile.
///
/// - Implementor must: write the response of each sample in place of its outputs; loop in a method marked `@specialized`
///   for `Double` and `Float`.
public protocol ResponseLoss: Loss {
  /// outputs ← g⁻¹(outputs), sample by sample; nothing changes by default.
  func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int)
}

extension ResponseLoss {
  /// The identity.
  public func applyInverseLink<Scalar: RealScalar>(
    to outputs: inout MutableSpan<Scalar>, outputsPerSample: Int
  ) {}
}
