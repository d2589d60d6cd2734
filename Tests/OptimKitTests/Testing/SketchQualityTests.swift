import OptimKit
import OptimKitTesting
import Testing

@Suite struct SketchQualityTests {
  static let key = RandomKey(seed: 13, purpose: "quality")

  @Test func ownTriangleMakesTheConditionNumberOne() throws {
    var matrix: Matrix<Double> = Self.key.normalMatrix(30, 5)
    // Columns from 1 to 10⁻⁶.
    for i in 0..<30 {
      for j in 0..<5 { matrix[i, j] *= [1, 1e-2, 1e-3, 1e-5, 1e-6][j] }
    }
    let triangle = try OrthogonalFactorization(matrix).triangularFactor
    #expect(abs(try conditionNumber(of: matrix, preconditionedBy: triangle) - 1) <= 1e-8)
    #expect(try conditionNumber(of: matrix, preconditionedBy: .identity(5)) >= 1e5)
  }

  @Test(arguments: scalarTypes)
  func conditionNumberOfADiagonal(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let matrix = try Matrix<Scalar>(rowCount: 3, columnCount: 2, storage: [2, 0, 0, 0.5, 0, 0])
      let number = try conditionNumber(of: matrix, preconditionedBy: .identity(2))
      #expect(abs(number - 4) <= 100 * Scalar.unitRoundoff)
    }
    try check(type)
  }

  @Test(arguments: scalarTypes)
  func distortionIsThatOfTheSingularValues(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let matrix: Matrix<Scalar> = Self.key.normalMatrix(12, 3)
      let epsilon = 200 * Scalar.unitRoundoff
      #expect(try subspaceDistortion(of: matrix, sketchedTo: matrix) <= epsilon)
      var doubled = matrix
      doubled.withMutableElements { Scalar.scale(&$0, by: 2) }
      #expect(abs(try subspaceDistortion(of: matrix, sketchedTo: doubled) - 3) <= 10 * epsilon)
      let lost = Matrix<Scalar>(rowCount: 4, columnCount: 3)
      #expect(abs(try subspaceDistortion(of: matrix, sketchedTo: lost) - 1) <= epsilon)
    }
    try check(type)
  }

  @Test func sizesHaveToFit() {
    let matrix = Matrix<Double>(rowCount: 4, columnCount: 2)
    #expect(
      errorKind { try conditionNumber(of: matrix, preconditionedBy: .identity(3)) }
        == .dimensionMismatch)
  }
}
