import OptimKit

/// κ(A R⁻¹), the condition number that an iteration with the right preconditioner R meets.
///
/// The singular values are square roots of the eigenvalues of (A R⁻¹)ᵀ(A R⁻¹), so that the answer
/// is accurate while it is well below 1 / √u for the unit roundoff u; a larger κ comes out as
/// large, or infinite.
///
/// - Parameters:
///   - matrix: A, tall.
///   - triangle: R, upper triangular, of the order of A's columns.
/// - Complexity: O(n p²) for an n × p matrix.
/// - Throws: `OptimKitError` where the sizes do not fit or A R⁻¹ is not finite.
public func conditionNumber<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, preconditionedBy triangle: Matrix<Scalar>
) throws -> Scalar {
  let squares = try squaredSingularValues(of: matrix, rightDividedBy: triangle)
  guard let smallest = squares.first, let largest = squares.last else { return 1 }
  return smallest > 0 ? (largest / smallest).squareRoot() : .infinity
}

/// The distortion max |σ² − 1| of the column space of A by a sketch S, for the singular values σ of
/// S Q and A = Q R: ‖S A x‖² is between (1 − ε)‖A x‖² and (1 + ε)‖A x‖² for all x with this ε.
///
/// - Parameters:
///   - matrix: A, tall and of full column rank.
///   - sketched: S A, with as many columns.
/// - Complexity: O((n + s) p²) for an n × p matrix and s rows of S.
/// - Throws: `OptimKitError` where the sizes do not fit or a matrix is not finite.
public func subspaceDistortion<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, sketchedTo sketched: Matrix<Scalar>
) throws -> Scalar {
  let triangle = try OrthogonalFactorization(matrix).triangularFactor
  let squares = try squaredSingularValues(of: sketched, rightDividedBy: triangle)
  return squares.reduce(0) { max($0, abs($1 - 1)) }
}

/// The squares of the singular values of A R⁻¹, in ascending order.
private func squaredSingularValues<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, rightDividedBy triangle: Matrix<Scalar>
) throws -> [Scalar] {
  let order = matrix.columnCount
  guard triangle.rowCount == order, triangle.columnCount == order else {
    throw OptimKitError(
      .dimensionMismatch,
      cause: "a \(triangle.rowCount) × \(triangle.columnCount) triangle for \(order) columns",
      remedy: "pass the R of a matrix with as many columns")
  }
  return try gram(of: matrix, rightDividedBy: triangle).symmetricEigenvalues()
}

/// (A R⁻¹)ᵀ A R⁻¹, for an upper triangle R of as many columns as A.
package func gram<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, rightDividedBy triangle: Matrix<Scalar>
) -> Matrix<Scalar> {
  let order = matrix.columnCount
  var quotient = matrix
  quotient.withMutableElements {
    Scalar.solveTriangularFromRight(
      triangle.storage.span, order: order, triangle: .upper, in: &$0, rows: matrix.rowCount)
  }
  var result = Matrix<Scalar>(rowCount: order, columnCount: order)
  result.withMutableElements {
    Scalar.addGram(
      of: quotient.storage.span, .transposed, order: order, inner: matrix.rowCount, into: &$0)
  }
  return result
}
