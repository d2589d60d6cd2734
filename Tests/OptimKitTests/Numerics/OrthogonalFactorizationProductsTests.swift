import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Products with an orthogonal factor")
struct OrthogonalFactorizationProductsTests {
  @Test(
    "are those with the factor itself", arguments: [(90, 40), (40, 90), (7, 7), (1, 5), (5, 1)])
  func products(shape: (rows: Int, columns: Int)) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let key = RandomKey(seed: 1, purpose: "products")
      let matrix: Matrix<Scalar> = key.normalMatrix(shape.rows, shape.columns)
      var factorization = try OrthogonalFactorization(matrix)
      let q = try DenseJacobian(OrthogonalFactorization(matrix).orthonormalFactor())
      let (long, short) = (max(shape.rows, shape.columns), min(shape.rows, shape.columns))
      let b: [Scalar] = key.with(iteration: 1).normalVector(long)
      let z: [Scalar] = key.with(iteration: 2).normalVector(short)
      let padded = z + Scalar.zeros(long - short)
      let isTall = factorization.isTall
      let (reduce, expand): (MatrixOperand, MatrixOperand) =
        isTall ? (.transposed, .plain) : (.plain, .transposed)
      let bound = 50 * Scalar(long).squareRoot() * Scalar.unitRoundoff

      var reduced = b
      var span = reduced.mutableSpan
      factorization.applyOrthogonal(reduce, in: &span)
      let expected = isTall ? q.transposedProduct(b) : q.product(b)
      #expect(distance(Array(reduced.prefix(short)), expected) < bound * norm(b))
      #expect(abs(norm(reduced) - norm(b)) < bound * norm(b))

      var expanded = padded
      var other = expanded.mutableSpan
      factorization.applyOrthogonal(expand, in: &other)
      #expect(
        distance(expanded, isTall ? q.product(z) : q.transposedProduct(z)) < bound * norm(z))

      // The triangle, in place: T⁻¹(T z) = z, and the same transposed.
      let triangle = DenseJacobian(factorization.triangularFactor)
      for (operand, image) in [
        (MatrixOperand.plain, triangle.product(z)), (.transposed, triangle.transposedProduct(z)),
      ] {
        var solved = image
        var span = solved.mutableSpan
        factorization.solveTriangle(operand, in: &span)
        #expect(distance(solved, z) < 1e4 * bound * norm(z))
      }
    }
  }

  @Test("the condition of the triangle is that of the copy")
  func conditionNumber() throws {
    for (rows, columns) in [(30, 8), (8, 30)] {
      var matrix: Matrix<Double> = RandomKey(seed: 2, purpose: "products").normalMatrix(
        rows, columns)
      let factorization = try OrthogonalFactorization(matrix)
      let expected = factorization.triangularFactor.triangularReciprocalConditionNumber(
        rows > columns ? .upper : .lower)
      #expect(factorization.triangleReciprocalConditionNumber == expected)
      for j in 0..<columns { matrix[1, j] = matrix[0, j] }
      for i in 0..<rows { matrix[i, 1] = matrix[i, 0] }
      let singular = try OrthogonalFactorization(matrix)
      #expect(singular.triangleReciprocalConditionNumber < 1e-15)
    }
  }
}

extension DenseJacobian {
  fileprivate func product(_ x: [Scalar]) -> [Scalar] {
    filled(rowCount) { apply(x.span, into: &$0) }
  }
  fileprivate func transposedProduct(_ u: [Scalar]) -> [Scalar] {
    filled(columnCount) { applyTransposed(u.span, into: &$0) }
  }
}
