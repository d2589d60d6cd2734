import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sketchers")
struct SketcherTests {
  /// Mix rows so well that no matrix is hard.
  static let robust: [any Sketcher] = [GaussianSketcher(), SparseSignSketcher(), SRHTSketcher()]

  /// Need rows that are alike, or more of them than 4 k.
  static let fragile: [any Sketcher] = [CountSketcher(), UniformSamplingSketcher()]

  static let all = robust + fragile

  @Test(
    "conform: linear, sums of blocks, E[SᵀS] = I, functions of the key alone",
    arguments: [(12, 40), (64, 64), (30, 300), (5, 1)])
  func conform(rows: Int, columns: Int) throws {
    for sketcher in Self.all {
      for type in scalarTypes { check(sketcher, type) }
    }
    func check<Scalar: RealScalar>(_ sketcher: some Sketcher, _ scalar: Scalar.Type) {
      #expect(
        conformanceIssues(of: sketcher, rows: rows, columns: columns, scalar: scalar) == [])
    }
  }

  @Test(
    "with s = 4 k rows keep distortion and condition number inside their bounds",
    arguments: Spectrum.allCases)
  func quality(spectrum: Spectrum) throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 6000, columns: 40, conditionNumber: 1e8, spectrum: spectrum)
    for sketcher in spectrum == .clustered ? Self.robust : Self.all {
      for seed in 0..<20 {
        let (distortion, squaredCondition) = try Self.quality(of: sketcher, on: matrix, seed: seed)
        // Singular values of S Q lie in 1 ± √(k/s) = [½, 1½] for large k: squares within 1.25 of 1.
        #expect(distortion < 1.7, "\(sketcher.name), seed \(seed)")
        #expect(squaredCondition < 20, "\(sketcher.name), seed \(seed)")
      }
    }
  }

  @Test("that sample rows uniformly miss coherent ones; those with one hash confuse them")
  func coherentRows() throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 6000, columns: 40, conditionNumber: 1e8, spectrum: .clustered)
    for sketcher in Self.fragile {
      let distortions = try (0..<20).map {
        try Self.quality(of: sketcher, on: matrix, seed: $0).distortion
      }
      #expect(distortions.max()! > 0.99, "\(sketcher.name)")
      if sketcher is UniformSamplingSketcher { #expect(distortions.min()! > 0.99) }
    }
  }

  /// Distortion and squared condition number κ(P⁻¹N) with s = 4 k rows.
  static func quality(
    of sketcher: any Sketcher, on matrix: Matrix<Double>, seed: Int
  ) throws -> (distortion: Double, squaredCondition: Double) {
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let sketch = try system.makeSketch(
      from: sketcher, rows: 4 * matrix.columnCount,
      key: RandomKey(seed: UInt64(seed), purpose: .sketch))
    var sketched = Matrix<Double>(rowCount: sketch.rowCount, columnCount: matrix.columnCount)
    try system.apply(sketch, into: &sketched)
    let triangle = try OrthogonalFactorization(sketched).triangularFactor
    let condition = try conditionNumber(of: matrix, preconditionedBy: triangle)
    return (
      try subspaceDistortion(of: matrix, sketchedTo: sketched), condition * condition
    )
  }

  @Test("draw the same matrix for any number of threads")
  func threadInvariance() throws {
    let threads = ComputeEnvironment.current.threads
    defer { try? ComputeEnvironment.setThreadCount(threads) }
    let data: Matrix<Double> = try tallMatrix(rows: 10_000, columns: 3, conditionNumber: 1)
    for sketcher in Self.all {
      let matrices = try [1, 2, 3].map { count in
        try ComputeEnvironment.setThreadCount(count)
        return try sketcher.makeSketch(
          rows: 16, columns: 10_000, key: RandomKey(seed: 5, purpose: .sketch)
        ).applied(to: data)
      }
      #expect(matrices[0] == matrices[1] && matrices[1] == matrices[2])
    }
  }

  @Test("refuse empty sizes and zero nonzeros")
  func badSizes() {
    let key = RandomKey(seed: 0, purpose: .sketch)
    for sketcher in Self.all {
      for (rows, columns) in [(0, 5), (5, 0), (-1, 5), (5, Int(Int32.max) + 1)] {
        #expect(throws: OptimKitError.self) {
          try sketcher.makeSketch(rows: rows, columns: columns, key: key)
        }
      }
    }
    #expect(throws: OptimKitError.self) {
      try SparseSignSketcher(nonzerosPerColumn: 0).makeSketch(rows: 5, columns: 5, key: key)
    }
  }
}

@Suite("Sparse sign sketch")
struct SparseSignSketcherTests {
  @Test(
    "has exactly ζ entries ±1/√ζ in each column, sampled without replacement",
    arguments: [(1, 20), (3, 20), (8, 20), (8, 9), (8, 8), (8, 5)])
  func columns(nonzeros: Int, rows: Int) throws {
    let sketch = try SparseSignSketcher(nonzerosPerColumn: nonzeros).makeSketch(
      rows: rows, columns: 2500, key: RandomKey(seed: 1, purpose: .sketch))
    let matrix = sketch.matrix(of: Double.self)
    let expected = min(nonzeros, rows)
    let magnitude = 1 / Double(expected).squareRoot()
    for column in 0..<matrix.columnCount {
      let entries = (0..<rows).map { matrix[$0, column] }.filter { $0 != 0 }
      #expect(entries.count == expected)
      #expect(entries.allSatisfy { abs(abs($0) - magnitude) < 1e-15 })
    }
  }

  @Test("uses all rows and both signs equally often")
  func uniformity() throws {
    let rows = 10
    let draws = 10
    let columns = 2000 * draws
    let matrices = try (0..<draws).map { seed in
      try SparseSignSketcher(nonzerosPerColumn: 3).makeSketch(
        rows: rows, columns: columns / draws, key: RandomKey(seed: UInt64(seed), purpose: .sketch)
      ).matrix(of: Double.self)
    }
    // Each row holds columns · 3/10 entries, standard deviation √(columns · 0.21) = 65.
    for row in 0..<rows {
      let entries = matrices.flatMap { $0.row(row) }.filter { $0 != 0 }
      #expect(abs(entries.count - columns * 3 / 10) < 5 * 65)
      #expect(abs(entries.filter { $0 > 0 }.count - entries.count / 2) < 5 * 39)
    }
  }
}

@Suite("Subsampled randomized Hadamard transform")
struct SRHTSketcherTests {
  @Test("is an isometry when no row is left out", arguments: [1, 2, 7, 64, 1000])
  func isometry(length: Int) throws {
    let sketch = try SRHTSketcher().makeSketch(
      rows: 100_000, columns: length, key: RandomKey(seed: 3, purpose: .sketch))
    let padded = sketch.rowCount
    #expect(padded >= length && padded < 2 * length && padded.nonzeroBitCount == 1)
    let matrix = sketch.matrix(of: Double.self)
    for i in 0..<min(length, 20) {
      for j in 0..<min(length, 20) {
        let product = (0..<padded).reduce(0) { $0 + matrix[$1, i] * matrix[$1, j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test("is rows of a Hadamard matrix times random signs, across blocks", arguments: [300, 20_000])
  func definition(length: Int) throws {
    let rows = 25
    let sketch = try SRHTSketcher().makeSketch(
      rows: rows, columns: length, key: RandomKey(seed: 4, purpose: .sketch))
    // 20 000 columns are three blocks of 2¹³: columns of several blocks are compared.
    let columns = [0, 1, 5, 255, length / 2, length - 7, length - 1]
    var units = Matrix<Double>(rowCount: length, columnCount: columns.count)
    for (position, column) in columns.enumerated() { units[column, position] = 1 }
    let picked = sketch.applied(to: units)
    // With S = P H D / √s and unknown sampled rows and signs, S[t, c] S[t, c'] √s² = H[t, c ^ c'] d_c d_c':
    // three columns with c ^ c' ^ c'' ^ c''' = 0 have a constant product over t.
    let magnitude = 1 / Double(rows).squareRoot()
    #expect(picked.storage.allSatisfy { abs(abs($0) - magnitude) < 1e-14 })
    var quadruple = Matrix<Double>(rowCount: length, columnCount: 4)
    let first = 3
    let second = length - 1
    let flip = 1
    for (position, column) in [first, first ^ flip, second ^ flip, second].enumerated() {
      quadruple[column, position] = 1
    }
    let values = sketch.applied(to: quadruple)
    let products = (0..<rows).map { row in
      (0..<4).reduce(1.0) { $0 * values[row, $1] / magnitude }.rounded()
    }
    #expect(Set(products).count == 1)
    // Rows themselves differ.
    #expect(Set((0..<rows).map { values[$0, 0] > 0 }).count == 2)
  }
}
