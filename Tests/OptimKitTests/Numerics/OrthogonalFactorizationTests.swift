import OptimKit
import OptimKitTesting
import Testing

@Suite struct OrthogonalFactorizationTests {
  static let shapes = [
    (1, 1), (4, 4), (9, 4), (4, 9), (1, 5), (5, 1), (70, 33), (33, 70), (210, 150), (150, 210),
  ]

  @Test(arguments: scalarTypes, shapes)
  func factorsMultiplyToTheMatrix(type: any RealScalar.Type, shape: (Int, Int)) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let key = RandomKey(seed: 5, purpose: "factorization")
      let a: Matrix<Scalar> = key.normalMatrix(shape.0, shape.1)
      let factorization = try OrthogonalFactorization(a)
      #expect(factorization.isTall == (shape.0 >= shape.1))
      let triangle = factorization.triangularFactor.inDouble
      let q = factorization.orthonormalFactor().inDouble
      let order = min(shape.0, shape.1)
      #expect((triangle.rowCount, triangle.columnCount) == (order, order))
      #expect((q.rowCount, q.columnCount) == shape)

      let isTall = shape.0 >= shape.1
      #expect(triangle == triangle.keeping(isTall ? .upper : .lower))
      let epsilon = Scalar.roundingOfSums
      #expect(largestDifference(a, isTall ? q * triangle : triangle * q) <= epsilon)
      let gram = isTall ? q.plainlyTransposed * q : q * q.plainlyTransposed
      #expect(largestDifference(gram, .identity(order)) <= epsilon)
    }
    try check(type)
  }

  @Test func triangleOfAKnownMatrix() throws {
    // The columns (3, 4) and (1, 2): R is, up to signs of rows, ((5, 11/5), (0, 2/5)).
    let matrix = try Matrix(rowCount: 2, columnCount: 2, storage: [3.0, 1, 4, 2])
    let r = try OrthogonalFactorization(matrix).triangularFactor
    #expect(largestDifference(r.storage.map { abs($0) }, [5, 2.2, 0, 0.4]) <= 1e-14)
  }

  @Test(arguments: [(0, 0), (3, 0), (0, 3)])
  func emptyMatricesHaveEmptyFactors(rows: Int, columns: Int) throws {
    let factorization = try OrthogonalFactorization(
      Matrix<Double>(rowCount: rows, columnCount: columns))
    #expect(factorization.triangularFactor.storage.isEmpty)
    let q = factorization.orthonormalFactor()
    #expect((q.rowCount, q.columnCount) == (rows, columns))
  }

  @Test func valuesThatAreNotFiniteAreRefused() throws {
    let matrix = try Matrix(rowCount: 1, columnCount: 2, storage: [1, Double.nan])
    #expect(errorKind { try OrthogonalFactorization(matrix) } == .nonFiniteValue)
  }
}
