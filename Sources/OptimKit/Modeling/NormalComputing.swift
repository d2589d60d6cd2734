/// A Jacobian that multiplies by, or forms, JᵀDJ with D = C Cᵀ better than by its rows or by two products: the
/// sibling of `GramComputing` for Jacobians with more rows than columns.
public protocol NormalComputing<Scalar>: JacobianProvider {
  /// result ← Jᵀ C Cᵀ J x, both of `columnCount` elements.
  func applyNormal(
    _ x: Span<Scalar>, curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws

  /// Lower triangle of result ← Jᵀ C Cᵀ J, row-major, `columnCount` square. The rest is left undefined.
  func computeNormal(
    curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>) throws

  /// The work of one `applyNormal`.
  var normalProductWork: Work { get }

  /// The work of `computeNormal`.
  var normalMatrixWork: Work { get }
}
