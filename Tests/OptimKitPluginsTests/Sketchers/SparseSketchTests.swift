import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// One at a time: one test sets the number of threads, which is that of the process.
@Suite("Sketches of sparse rows", .serialized)
struct SparseSketchTests {
  /// Every fourth row and every seventh column empty; one row, one column; several blocks of every sketch.
  static let shapes = [(300, 13), (13, 300), (29, 29), (1, 50), (50, 1), (2500, 5)]

  private func sparse<Scalar: RealScalar>(_ rows: Int, _ columns: Int) throws -> Matrix<Scalar> {
    let random: [Scalar] = normalVector(rows * columns, seed: 3)
    return try Matrix(
      rowCount: rows, columnCount: columns,
      storage: random.enumerated().map { index, value in
        let (i, j) = index.quotientAndRemainder(dividingBy: columns)
        return i % 4 == 3 || j % 7 == 5 || value < 0.6 ? 0 : value
      })
  }

  @Test("equal those of the same rows written out, primal and dual", arguments: shapes)
  func equalsDenseSketch(rows: Int, columns: Int) throws {
    func check<Scalar: RealScalar>(_: Scalar.Type) throws {
      let matrix: Matrix<Scalar> = try sparse(rows, columns)
      let factors: [Scalar] = (0..<rows).map { 1 + Scalar($0 % 8) / 8 }
      for (factors, storedPerBlock) in [(nil, 1 << 22), (factors, 100)] {
        let sparse = DampedSystem(
          jacobian: SparseJacobian(try SparseMatrix(matrix)), curvatureFactor: factors)
        // The second time in several blocks.
        sparse.storedPerBlock = storedPerBlock
        let dense = DampedSystem(jacobian: DenseJacobian(matrix), curvatureFactor: factors)
        for sketcher in SketcherTests.all + [LeverageSamplingSketcher()] {
          let sketch = try dense.makeSketch(
            from: sketcher, rows: 4 * dense.shortCount, key: RandomKey(seed: 9, purpose: .sketch))
          var results = [dense, sparse].map { _ in
            Matrix<Scalar>(rowCount: sketch.rowCount + 1, columnCount: dense.shortCount)
          }
          for number in 0..<2 {
            results[number].withMutableElements { Scalar.fill(&$0, with: 7) }
            try [dense, sparse][number].apply(sketch, into: &results[number])
          }
          let scale = norm(results[0].storage)
          #expect(
            distance(results[1].storage, results[0].storage) <= 64 * Scalar.unitRoundoff * scale,
            "\(sketcher.name)")
          #expect(
            sparse.sketchAccess(of: sketch)
              == (sketcher is SRHTSketcher
                ? "sketch of sparse rows written out" : "sketch of sparse rows"))
        }
      }
    }
    for type in scalarTypes { try check(type) }
  }

  @Test("lead solvers to the solution, damped or not", arguments: [(200, 8), (8, 200), (1, 9)])
  func solves(rows: Int, columns: Int) throws {
    var matrix: Matrix<Double> = try sparse(rows, columns)
    for i in 0..<min(rows, columns) { matrix[i, i] += 2 }
    for damping in [0, 0.3] {
      let system = DampedSystem(
        jacobian: SparseJacobian(try SparseMatrix(matrix)),
        curvatureFactor: (0..<rows).map { 1 + Double($0 % 3) / 2 }, damping: damping)
      for solver in [CholeskySolver(), QRSolver()] + LinearSolverTests.sketched {
        let issues = conformanceIssues(
          of: solver, on: system, tolerance: .relative(1e-9), center: damping > 0)
        #expect(issues == [], "\(solver.name)")
      }
    }
  }

  @Test("are the same bits for any number of threads")
  func threadInvariance() throws {
    let threads = ComputeEnvironment.current.threads
    defer { try? ComputeEnvironment.setThreadCount(threads) }
    for shape in [(60, 700), (700, 60)] {
      let system = DampedSystem(
        jacobian: SparseJacobian(try SparseMatrix(sparse(shape.0, shape.1) as Matrix<Double>)))
      for sketcher in SketcherTests.all {
        let results = try [1, 2, 3].map { count in
          try ComputeEnvironment.setThreadCount(count)
          let sketch = try system.makeSketch(
            from: sketcher, rows: 240, key: RandomKey(seed: 5, purpose: .sketch))
          var result = Matrix<Double>(rowCount: sketch.rowCount, columnCount: 60)
          try system.apply(sketch, into: &result)
          return result
        }
        #expect(results[0] == results[1] && results[1] == results[2], "\(sketcher.name)")
      }
    }
  }
}
