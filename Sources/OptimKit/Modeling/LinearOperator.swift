/// A matrix known by its products with vectors.
///
/// - Caller must: pass spans of `columnCount` and `rowCount` elements as each method says.
/// - Implementor must: make `applyTransposed` the exact adjoint of `apply`, give the same result for the
///   same input, and allow calls from several threads at once.
/// - Implementor may: throw, where a product cannot be computed; the run ends with that error.
public protocol LinearOperator<Scalar>: Sendable {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// The number of rows.
  var rowCount: Int { get }

  /// The number of columns.
  var columnCount: Int { get }

  /// result ← A x, with x of `columnCount` and result of `rowCount` elements.
  func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws

  /// result ← Aᵀ u, with u of `rowCount` and result of `columnCount` elements.
  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws
}
