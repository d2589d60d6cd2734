/// A Jacobian that multiplies by JᵀDJ, with D = C Cᵀ, better than by two products: in one pass over its rows, say.
public protocol NormalProducts<Scalar>: JacobianProvider {
  /// result ← Jᵀ C Cᵀ J x, both of `columnCount` elements.
  func applyNormal(
    _ x: Span<Scalar>, curvature: CurvatureFactor<Scalar>, into result: inout MutableSpan<Scalar>
  ) throws

  /// The work of one `applyNormal`.
  var normalProductWork: Work { get }
}
