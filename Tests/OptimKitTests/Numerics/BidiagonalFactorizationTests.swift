import OptimKit
import OptimKitTesting
import Testing

@Suite("Bidiagonal factorization")
struct BidiagonalFactorizationTests {
  @Test(
    "A = P L Qᵀ with orthogonal factors", arguments: [0, 1, 2, 9])
  func factors(order: Int) throws {
    let matrix: Matrix<Double> = RandomKey(seed: 3, purpose: .data).normalMatrix(order, order)
    var factorization = try BidiagonalFactorization(matrix)
    #expect(factorization.order == order)
    // A Q x = P L x, and so Pᵀ A Q x = L x, for the columns of the identity.
    for column in 0..<order {
      var x = Double.zeros(order)
      x[column] = 1
      var image = Double.zeros(order)
      for row in column..<min(order, column + 2) {
        image[row] =
          row == column
          ? factorization.diagonal[column] : factorization.subdiagonal[column]
      }
      var span = x.mutableSpan
      factorization.expandRight(&span)
      #expect(abs(norm(x) - 1) < 1e-14)
      var product: [Double] = filled(order) {
        Double.multiply(
          matrix.storage.span, rows: order, columns: order, by: x.span, into: &$0)
      }
      var projected = product.mutableSpan
      factorization.projectLeft(&projected)
      #expect(distance(product, image) <= 1e-14 * Double(order) * max(1, norm(image)))
    }
  }

  @Test("NaN is refused")
  func nonFinite() {
    #expect(
      errorKind {
        try BidiagonalFactorization(Matrix(rowCount: 1, columnCount: 1, storage: [Double.nan]))
      } == .nonFiniteValue)
  }
}
