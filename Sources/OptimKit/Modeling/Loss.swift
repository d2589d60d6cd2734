/// How far outputs are from targets: a function ℓ(f, y) of one sample, summed over samples with weights.
///
/// A loss works on all samples at once. Gauss-Newton needs three things of it: the value
/// Σᵢ wᵢ ℓ(fᵢ, yᵢ), its gradient with respect to the outputs, and a factor C of its curvature, so that
/// the second derivative with respect to the outputs, or a positive semidefinite stand-in for it, is
/// C Cᵀ. Losses whose samples have one output, or whose outputs do not interact, have a diagonal C; that of
/// others is block diagonal, with one lower triangular block a sample.
///
/// - Caller must: pass as many targets as outputs, one weight per sample, all finite, weights not negative.
/// - Implementor must: be exact to rounding for every finite output, without overflow in between where the
///   value itself does not overflow; loop in a method marked `@specialized` for `Double` and `Float`.
/// - Implementor may: refuse targets outside its domain in `validate`.
public protocol Loss: Codable, Sendable {
  /// Whether ℓ is convex in the outputs.
  var isConvex: Bool { get }

  /// What is known of its curvature; nothing by default.
  var constants: LossConstants { get }

  /// Whether outputs of a sample interact in the curvature; false by default.
  var hasBlockCurvature: Bool { get }

  /// Throws where the targets are outside the domain of the loss.
  func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws

  /// Σᵢ wᵢ ℓ(fᵢ, yᵢ).
  func value<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int
  ) -> Scalar

  /// The value; gradient ← its derivative with respect to each output; curvatureFactor ← the diagonal of C.
  ///
  /// With `hasBlockCurvature`, curvatureFactor ← the blocks of C instead, each row-major of `outputsPerSample`
  /// rows; what is above their diagonals is not read.
  func linearize<Scalar: RealScalar>(
    outputs: Span<Scalar>, targets: Span<Scalar>, weights: Span<Scalar>, outputsPerSample: Int,
    gradient: inout MutableSpan<Scalar>, curvatureFactor: inout MutableSpan<Scalar>
  ) -> Scalar
}

extension Loss {
  /// Nothing.
  public var constants: LossConstants { LossConstants() }

  /// A diagonal C.
  public var hasBlockCurvature: Bool { false }

  /// Accepts all finite targets.
  public func validate<Scalar: RealScalar>(targets: Span<Scalar>, outputsPerSample: Int) throws {}
}
