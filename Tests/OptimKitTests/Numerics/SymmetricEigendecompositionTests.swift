import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite("Symmetric eigendecomposition")
struct SymmetricEigendecompositionTests {
  @Test("gives the matrix back, and orthonormal vectors", arguments: [0, 1, 2, 17, 60])
  func reconstruction(order: Int) throws {
    for type in scalarTypes { try check(type) }
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let key = RandomKey(seed: 1, purpose: "eigendecomposition")
      var matrix: Matrix<Scalar> = key.normalMatrix(order, order)
      for i in 0..<order {
        for j in i..<order { matrix[i, j] = matrix[j, i] }
      }
      // What stands above the diagonal is not read.
      var lower = matrix
      for i in 0..<order {
        for j in i + 1..<max(order, i + 1) { lower[i, j] = .nan }
      }
      let decomposition = try SymmetricEigendecomposition(lower)
      #expect(decomposition.values == decomposition.values.sorted())
      let bound = 100 * Scalar(order) * Scalar.unitRoundoff
      let x: [Scalar] = key.with(iteration: 1).normalVector(order)
      var y: [Scalar] = filled(order) { decomposition.project(x.span, into: &$0) }
      let back: [Scalar] = filled(order) { decomposition.expand(y.span, into: &$0) }
      #expect(distance(back, x) <= bound * norm(x))
      for i in 0..<order { y[i] *= decomposition.values[i] }
      let image: [Scalar] = filled(order) { decomposition.expand(y.span, into: &$0) }
      let expected = filled(order) { DenseJacobian(matrix).apply(x.span, into: &$0) }
      let scale = decomposition.values.map { abs($0) }.max() ?? 0
      #expect(distance(image, expected) <= bound * scale * norm(x))
    }
  }

  @Test("refuses NaN")
  func nonFinite() {
    var matrix = Matrix<Double>.identity(3)
    matrix[2, 1] = .nan
    let error = #expect(throws: OptimKitError.self) { try SymmetricEigendecomposition(matrix) }
    #expect(error?.kind == .nonFiniteValue)
  }
}
