/// A Jacobian that also forms JᵀDJ better than by its rows: the sibling of ``GramComputing`` for Jacobians with more rows
/// than columns.
public protocol NormalComputing<Scalar>: NormalProducts {
  /// Lower triangle of result ← Jᵀ C Cᵀ J, row-major, `columnCount` square. The rest is left undefined.
  func computeNormal(
    curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>) throws

  /// The work of `computeNormal`.
  var normalMatrixWork: Work { get }
}
