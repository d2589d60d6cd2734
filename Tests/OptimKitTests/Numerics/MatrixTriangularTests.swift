import OptimKit
import OptimKitTesting
import Testing

@Suite struct MatrixTriangularTests {
  /// L and its inverse both have columns with sums (7, 1, 1), and rows with sums (1, 4, 4).
  @Test(arguments: scalarTypes)
  func conditionNumberIsThatOfTheOneNorm(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      // The other triangle is not read.
      let lower = try Matrix<Scalar>(
        rowCount: 3, columnCount: 3, storage: [1, 9, 9, 3, 1, 9, 3, 0, 1])
      let tolerance = 10 * Scalar.unitRoundoff
      #expect(abs(lower.triangularReciprocalConditionNumber(.lower) - 1 / 49) <= tolerance)
      let upper = lower.transposed()
      #expect(abs(upper.triangularReciprocalConditionNumber(.upper) - 1 / 16) <= tolerance)
    }
    try check(type)
  }

  @Test func singularTrianglesHaveNoInverse() {
    var matrix = Matrix<Double>.identity(3)
    matrix[1, 1] = 0
    #expect(matrix.triangularReciprocalConditionNumber(.upper) == 0)
    #expect(Matrix<Double>.identity(0).triangularReciprocalConditionNumber(.upper) == 1)
  }
}
