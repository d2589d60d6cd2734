import OptimKit
import OptimKitTesting
import Testing

@Suite struct CholeskyFactorizationTests {
  /// L of the textbook example A = L Lᵀ below.
  static let factor: [Double] = [2, 0, 0, 6, 1, 0, -8, 5, 3]

  /// The matrix, with NaN above the diagonal, which is not to be read.
  static func example<Scalar: RealScalar>() throws -> Matrix<Scalar> {
    try Matrix(
      rowCount: 3, columnCount: 3, storage: [4, .nan, .nan, 12, 37, .nan, -16, -43, 98])
  }

  @Test(arguments: scalarTypes)
  func solvesWithTheMatrixAndWithItsFactor(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let cholesky = try CholeskyFactorization<Scalar>(try Self.example())
      #expect(cholesky.order == 3)
      let epsilon = 1e5 * Double(Scalar.unitRoundoff)
      // A (1, 2, 3)ᵀ and L (1, 2, 3)ᵀ.
      var x: [Scalar] = [-20, -43, 192]
      var span = x.mutableSpan
      cholesky.solve(in: &span)
      #expect(largestDifference(x, [1, 2, 3]) <= epsilon)
      var y: [Scalar] = [2, 8, 11]
      var other = y.mutableSpan
      cholesky.solveLower(in: &other)
      #expect(largestDifference(y, [1, 2, 3]) <= epsilon)
    }
    try check(type)
  }

  @Test(arguments: scalarTypes)
  func conditionNumberOfADiagonalMatrixIsExact(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let matrix = try Matrix<Scalar>(rowCount: 2, columnCount: 2, storage: [4, 0, 0, 0.25])
      let reciprocal = try CholeskyFactorization(matrix).reciprocalConditionNumber
      #expect(abs(reciprocal - 0.0625) <= 10 * Scalar.unitRoundoff)
    }
    try check(type)
  }

  @Test(arguments: scalarTypes)
  func indefiniteAndSingularMatricesAreRefused(type: any RealScalar.Type) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let u = Scalar.unitRoundoff
      let refused: [[Scalar]] = [
        [1, 0, 2, 1],  // eigenvalues 3 and -1
        [1, 0, 1, 1],  // singular
        [1, 0, 1, 1 + 2 * u],  // a last pivot that rounding may have made
        [0, 0, 0, 1],
        [-1, 0, 0, 1],
      ]
      for storage in refused {
        let matrix = try Matrix(rowCount: 2, columnCount: 2, storage: storage)
        #expect(errorKind { try CholeskyFactorization(matrix) } == .singularSystem, "\(storage)")
      }
      // Nearly dependent, or badly scaled, and yet positive definite.
      for storage in [[1, 0, 1, 1 + 64 * u], [1, 0, 0, u / 4]] {
        let matrix = try Matrix(rowCount: 2, columnCount: 2, storage: storage)
        #expect(errorKind { try CholeskyFactorization(matrix) } == nil, "\(storage)")
      }
    }
    try check(type)
  }

  @Test(arguments: [(1e6, true), (1e9, false)])
  func conditionNumbersThatLeaveNoDigitAreRefused(conditionNumber: Double, isAccepted: Bool) throws
  {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 300, columns: 20, conditionNumber: conditionNumber)
    var gram = Matrix<Double>(rowCount: 20, columnCount: 20)
    gram.withMutableElements {
      Double.addGram(of: matrix.storage.span, .transposed, order: 20, inner: 300, into: &$0)
    }
    #expect(
      errorKind { try CholeskyFactorization(gram) } == (isAccepted ? nil : .singularSystem))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func valuesThatAreNotFiniteAreRefused(value: Double) throws {
    for index in [0, 2, 3] {
      var matrix = Matrix<Double>.identity(2)
      matrix.withMutableElements { $0[index] = value }
      #expect(errorKind { try CholeskyFactorization(matrix) } == .nonFiniteValue)
    }
  }

  @Test func emptyMatrixIsFactoredAndStorageComesBack() throws {
    let empty = try CholeskyFactorization(Matrix<Double>(rowCount: 0, columnCount: 0))
    #expect(empty.order == 0)
    let storage = try CholeskyFactorization(Matrix<Double>.identity(3)).recoverStorage()
    #expect((storage.rowCount, storage.columnCount) == (3, 3))
  }

  @Test func blocksOfALargeFactorizationAreLeftOutOnceItIsCancelled() throws {
    let order = 400
    var matrix = Matrix<Double>.identity(order)
    for i in 0..<order { for j in 0..<order where i != j { matrix[i, j] = 1e-3 } }
    let (token, ledger) = (CancellationToken(), RunLedger())
    token.cancel()
    let factor = try ThreadPool.withCancellation(by: token) { try CholeskyFactorization(matrix) }
    #expect(factor.triangularFactor == matrix)
    let cancelled = RunLedger(cancellation: token)
    #expect(throws: CancellationError.self) {
      try cancelled.measureInterruptibly(.factorization) { Issue.record("work was begun") }
    }
    // Whatever the body comes to, the run is told of the cancellation alone.
    let late = RunLedger(cancellation: CancellationToken())
    #expect(throws: CancellationError.self) {
      try late.measureInterruptibly(.gram) {
        late.cancellation.cancel()
        throw OptimKitError(.singularSystem, cause: "half a matrix", remedy: "none")
      }
    }
    #expect(try ledger.measureInterruptibly(.gram) { 7 } == 7)
  }
}
