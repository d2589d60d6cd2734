import OptimKit
import OptimKitModels
import OptimKitTesting
import Testing

@Suite struct CurvatureFactorTests {
  static let key = RandomKey(seed: 11, purpose: "curvature")

  @Test(arguments: scalarTypes, [1, 4, 12, 9000])
  func productsFollowTheDefinition(type: any RealScalar.Type, outputs: Int) {
    func check<Scalar: RealScalar>(_: Scalar.Type) {
      let factor = CurvatureFactor<Scalar>.random(outputs: outputs)
      let few = min(outputs, 12)
      // Blocks do not see each other: the first few rows are those of a small matrix.
      let dense = factor.dense(few)
      var x: [Scalar] = Self.key.normalVector(outputs)
      let start = x[..<few].map { Double($0) }
      var span = x.mutableSpan
      factor.multiply(into: &span)
      #expect(largestDifference(Array(x[..<few]), dense * start) <= Scalar.roundingOfSums)
      let middle = x[..<few].map { Double($0) }
      span = x.mutableSpan
      factor.multiplyTransposed(into: &span)
      #expect(
        largestDifference(Array(x[..<few]), dense.plainlyTransposed * middle)
          <= Scalar.roundingOfSums)
    }
    check(type)
  }

  @Test func whitenedResidualTimesTheBlocksIsTheGradient() throws {
    // The second block is singular, and so is its slope.
    let factor = CurvatureFactor<Double>.blocks(
      order: 2, elements: [2, .nan, 1, 4, 3, .nan, 6, 0])
    let linearization = Linearization(
      value: 0, outputs: [0, 0, 0, 0], jacobian: DenseJacobian(Matrix(rowCount: 4, columnCount: 1)),
      outputGradient: [4, 10, 3, 6], curvatureFactor: factor)
    #expect(try linearization.whitenedResidual() == [2, 2, 1, 0])
    let other = Linearization(
      value: 0, outputs: [0, 0, 0, 0], jacobian: DenseJacobian(Matrix(rowCount: 4, columnCount: 1)),
      outputGradient: [4, 10, 3, 7], curvatureFactor: factor)
    #expect(errorKind { try other.whitenedResidual() } == .singularSystem)
  }

  /// Blocks of sparse rows, of dense rows and of the diagonal are cut anywhere within a sample.
  @Test(arguments: [(15, 40), (40, 15)], [1, 17, 1 << 22])
  func partsOfTheNormalMatrixFollowTheDefinition(shape: (Int, Int), storedPerBlock: Int) throws {
    let example = SparseCase(rows: shape.0, columns: shape.1)
    let factor = CurvatureFactor<Double>.random(outputs: shape.0)
    let matrix: Matrix<Double> = example.matrix()
    let dense = factor.dense(shape.0).plainlyTransposed * matrix
    let tall = shape.0 <= shape.1 ? dense.plainlyTransposed : dense
    let normal = tall.plainlyTransposed * tall
    let providers: [any JacobianProvider<Double>] = [
      try example.jacobian() as SparseJacobian<Double>, DenseJacobian(matrix),
    ]
    for jacobian in providers {
      let system = DampedSystem(jacobian: jacobian, curvatureFactor: factor)
      system.storedPerBlock = storedPerBlock
      var formed = Matrix<Double>(rowCount: 15, columnCount: 15)
      try system.formNormalMatrix(into: &formed)
      #expect(largestDifference(formed.keeping(.lower), normal.keeping(.lower)) <= 1e-12)
      let diagonal = try filled(15) { try system.copyUndampedDiagonal(into: &$0) }
      #expect(largestDifference(diagonal, (0..<15).map { normal[$0, $0] }) <= 1e-12)
      let blocks = try system.diagonalBlocks(order: 7)
      #expect(abs(blocks[1][3, 1] - normal[10, 8]) <= 1e-12)
      if let sample = try system.sampleRows(7, outOf: 1) {
        for position in 0..<7 {
          let row = Array(dense.row(shape.0 * position / 7))
          #expect(largestDifference(Array(sample.row(position)), row) <= 1e-12)
        }
      }
    }
  }
}
