import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Singular value decomposition")
struct SingularValueDecompositionTests {
  @Test("gives the matrix back, and orthonormal vectors", arguments: [0, 1, 2, 17, 60])
  func reconstruction(order: Int) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let key = RandomKey(seed: 1, purpose: "singular value decomposition")
      let matrix: Matrix<Scalar> = key.normalMatrix(order, order)
      let decomposition = try SingularValueDecomposition(matrix)
      #expect(decomposition.values == decomposition.values.sorted(by: >))
      let bound = 100 * Scalar(max(1, order)) * Scalar.unitRoundoff
      let x: [Scalar] = key.with(iteration: 1).normalVector(order)
      var y: [Scalar] = filled(order) { decomposition.projectRight(x.span, into: &$0) }
      let back: [Scalar] = filled(order) { decomposition.expandRight(y.span, into: &$0) }
      #expect(distance(back, x) <= bound * norm(x))
      for i in 0..<order { y[i] *= decomposition.values[i] }
      let image: [Scalar] = filled(order) { decomposition.expandLeft(y.span, into: &$0) }
      let expected = filled(order) { DenseJacobian(matrix).apply(x.span, into: &$0) }
      #expect(distance(image, expected) <= bound * (decomposition.values.first ?? 0) * norm(x))
      let left: [Scalar] = filled(order) { decomposition.projectLeft(image.span, into: &$0) }
      #expect(distance(left, y) <= bound * norm(y))
    }
  }

  @Test("tells singular values of 1e-13 from zero")
  func smallValues() throws {
    let matrix: Matrix<Double> = try tallMatrix(rows: 30, columns: 30, conditionNumber: 1e13)
    let values = try SingularValueDecomposition(matrix).values
    #expect(abs(values[29] / values[0] * 1e13 - 1) < 0.05)
  }

  @Test("refuses NaN")
  func nonFinite() {
    var matrix = Matrix<Double>.identity(3)
    matrix[0, 2] = .nan
    let error = #expect(throws: OptimKitError.self) { try SingularValueDecomposition(matrix) }
    #expect(error?.kind == .nonFiniteValue)
  }
}
