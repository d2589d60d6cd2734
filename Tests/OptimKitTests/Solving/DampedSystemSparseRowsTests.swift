import OptimKit
import OptimKitTesting
import Testing

/// Systems of sparse rows against their dense matrices.
@Suite struct DampedSystemSparseRowsTests {
  @Test(arguments: SparseCase.all)
  func jacobiansConform(example: SparseCase) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let jacobian: SparseJacobian<Scalar> = try example.jacobian()
      #expect(conformanceIssues(of: jacobian) == [])
    }
    for type in scalarTypes { try check(type) }
  }

  /// In blocks of single rows, of a few, and of all.
  @Test(arguments: SparseCase.all, [1, 40, 1 << 22])
  func normalMatrixAndDiagonalFollowTheDefinition(
    example: SparseCase, storedPerBlock: Int
  ) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let factor: [Scalar]? = storedPerBlock == 40 ? nil : example.factor()
      let system = DampedSystem(
        jacobian: try example.jacobian(), curvatureFactor: factor, damping: 0.25)
      system.storedPerBlock = storedPerBlock
      let tall = example.tall(factor).inDouble
      let order = system.shortCount
      var normal = tall.plainlyTransposed * tall
      var matrix = Matrix<Scalar>(rowCount: order, columnCount: order)
      matrix.withMutableElements { Scalar.fill(&$0, with: .nan) }
      try system.formNormalMatrix(into: &matrix)
      let diagonal = try filled(order) { try system.copyUndampedDiagonal(into: &$0) }
      #expect(
        largestDifference(diagonal, (0..<order).map { normal[$0, $0] }) <= Scalar.roundingOfSums)
      for i in 0..<order { normal[i, i] += 0.25 }
      #expect(
        largestDifference(matrix.keeping(.lower), normal.keeping(.lower)) <= Scalar.roundingOfSums)
      #expect(system.normalMatrixAccess == "Gram matrix of sparse rows")
      #expect(system.diagonalAccess == "sparse rows")
    }
    for type in scalarTypes { try check(type) }
  }

  /// A sketch that takes blocks only.
  @Test(arguments: SparseCase.all)
  func otherSketchesTakeRowsWrittenOut(example: SparseCase) throws {
    let system: DampedSystem<Double> = DampedSystem(
      jacobian: try example.jacobian(), curvatureFactor: example.factor())
    let sketch = DenseSketch(
      matrix: RandomKey(seed: 3, purpose: .sketch).normalMatrix(6, system.longCount))
    var result = Matrix<Double>(rowCount: 6, columnCount: system.shortCount)
    try system.apply(sketch, into: &result)
    let expected = sketch.matrix * example.tall(example.factor())
    #expect(largestDifference(result, expected) <= Double.roundingOfSums)
    #expect(system.sketchAccess(of: sketch) == "sketch of sparse rows written out")
  }

  @Test func rowsThatAreNoneAreRefused() {
    struct Broken: SparseRows {
      var columns: [Int32]
      let rowCount = 1
      let columnCount = 3
      func apply(_ x: Span<Double>, into result: inout MutableSpan<Double>) {}
      func applyTransposed(_ u: Span<Double>, into result: inout MutableSpan<Double>) {}
      func copyRowOffsets(into result: inout MutableSpan<Int>) {
        result[0] = 0
        result[1] = columns.count
      }
      func copySparseRows(
        _ rows: Range<Int>, columns: inout MutableSpan<Int32>, values: inout MutableSpan<Double>
      ) {
        for i in self.columns.indices {
          columns[i] = self.columns[i]
          values[i] = 1
        }
      }
    }
    for columns: [Int32] in [[3], [-1], [1, 0], [1, 1]] {
      let system = DampedSystem(jacobian: Broken(columns: columns))
      var normal = Matrix<Double>(rowCount: 1, columnCount: 1)
      #expect(errorKind { try system.formNormalMatrix(into: &normal) } == .invalidArgument)
    }
  }
}

/// One at a time: the number of threads is that of the process.
@Suite(.serialized) struct SparseRowsThreadsTests {
  @Test func resultsAreTheSameBits() throws {
    let before = ComputeEnvironment.current.threads
    defer { try? ComputeEnvironment.setThreadCount(before) }
    for example in [SparseCase(rows: 90, columns: 300), SparseCase(rows: 300, columns: 90)] {
      let results = try [1, 2, 3].map { threads in
        try ComputeEnvironment.setThreadCount(threads)
        let jacobian: SparseJacobian<Float> = try example.jacobian()
        let system = DampedSystem(jacobian: jacobian)
        var normal = Matrix<Float>(rowCount: 90, columnCount: 90)
        try system.formNormalMatrix(into: &normal)
        let x: [Float] = RandomKey(seed: 1, purpose: "x").normalVector(example.columns)
        return [normal.storage, try jacobian.product(x)]
      }
      for other in results.dropFirst() {
        #expect(zip(results[0], other).allSatisfy { haveSameBits($0, $1) })
      }
    }
  }
}
