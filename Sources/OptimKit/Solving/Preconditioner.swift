/// An approximation P ≈ N of the short-side matrix of a system that is easy to invert.
///
/// - Implementor must: be symmetric positive definite, and the same for every call.
public protocol Preconditioner<Scalar>: AnyObject {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// r ← P⁻¹ r.
  func applyInverse(in r: inout MutableSpan<Scalar>)
}
