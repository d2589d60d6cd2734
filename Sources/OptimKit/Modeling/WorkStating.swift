/// A Jacobian that states how much work its operations are, for solvers that choose between them.
///
/// Of others it is assumed that their rows are stored densely: a product streams them from memory, and a
/// Gram matrix is a matrix product.
public protocol WorkStating<Scalar>: JacobianProvider {
  /// The work of one product with J or Jᵀ.
  var productWork: Work { get }

  /// The work of one product with J Jᵀ.
  var gramProductWork: Work { get }

  /// The work of J Jᵀ.
  var gramWork: Work { get }

  /// The work of writing out one row.
  var rowWork: Work { get }
}
