import OptimKit

/// The products of another provider and nothing else: hides its capabilities.
///
/// Shows what a solver does with a model that offers products alone, and lets a check compare the
/// paths through capabilities with the path through products.
public struct ProductsOnlyJacobian<Scalar: RealScalar>: JacobianProvider {
  private let base: any JacobianProvider<Scalar>

  /// Hides the capabilities of `base`.
  public init(_ base: any JacobianProvider<Scalar>) { self.base = base }

  /// The number of rows n.
  public var rowCount: Int { base.rowCount }

  /// The number of columns p.
  public var columnCount: Int { base.columnCount }

  /// result ← J x.
  public func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try base.apply(x, into: &result)
  }

  /// result ← Jᵀ u.
  public func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) throws {
    try base.applyTransposed(u, into: &result)
  }
}
