import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Sketchers")
struct SketcherTests {
  /// Mix rows so well that no matrix is hard.
  static let robust: [any Sketcher] = [GaussianSketcher(), SparseSignSketcher(), SRHTSketcher()]

  /// Need rows that are alike, or more of them than 4 k.
  static let fragile: [any Sketcher] = [
    CountSketcher(), TensorSketcher(), UniformSamplingSketcher(),
  ]

  /// Those that need no more than the size of a matrix.
  static let all = robust + fragile

  @Test(
    "conform: linear, sums of blocks, E[SᵀS] = I, functions of the key alone",
    arguments: [(12, 40), (64, 64), (30, 300), (5, 1)])
  func conform(rows: Int, columns: Int) throws {
    for sketcher in Self.all + [LeverageOfRepeatedRows()] {
      for type in scalarTypes { check(sketcher, type) }
    }
    func check<Scalar: RealScalar>(_ sketcher: some Sketcher, _ scalar: Scalar.Type) {
      #expect(
        conformanceIssues(of: sketcher, rows: rows, columns: columns, scalar: scalar) == [])
    }
  }

  /// What a sketch of s = 4 k rows is held to: singular values of S Q in 1 ± (√(k/s) + t/√s), for the t of its
  /// doc comment.
  struct Bound {
    var sketcher: any Sketcher
    var spread: Double

    func distortion(order: Int) -> Double {
      let width = (0.25).squareRoot() + spread / Double(4 * order).squareRoot()
      return (1 + width) * (1 + width) - 1
    }

    func squaredCondition(order: Int) -> Double {
      let width = (0.25).squareRoot() + spread / Double(4 * order).squareRoot()
      return (1 + width) * (1 + width) / ((1 - width) * (1 - width))
    }
  }

  static let bounds = [
    Bound(sketcher: GaussianSketcher(), spread: 1), Bound(sketcher: SRHTSketcher(), spread: 1),
    Bound(sketcher: SparseSignSketcher(), spread: 1),
    Bound(sketcher: CountSketcher(), spread: 1.5), Bound(sketcher: TensorSketcher(), spread: 1.5),
    Bound(sketcher: UniformSamplingSketcher(), spread: 1.5),
    Bound(sketcher: LeverageSamplingSketcher(), spread: 2.5),
  ]

  @Test(
    "with s = 4 k rows keep distortion and condition number inside their bounds, for 20 seeds",
    arguments: Spectrum.allCases)
  func quality(spectrum: Spectrum) throws {
    let order = 40
    let leading: Matrix<Double> = try tallMatrix(
      rows: 2000, columns: order, conditionNumber: 1e8, spectrum: spectrum)
    // Coherent rows come first; here they are spread.
    let matrix = leading.selectingRows((0..<2000).map { $0 * 1571 % 2000 })
    for bound in Self.bounds {
      let isFragile = Self.fragile.contains { $0.name == bound.sketcher.name }
      guard spectrum != .clustered || !isFragile else { continue }
      let values = try (0..<20).map { try Self.quality(of: bound.sketcher, on: matrix, seed: $0) }
      let distortion = values.map(\.distortion).max()!
      let squaredCondition = values.map(\.squaredCondition).max()!
      let name = bound.sketcher.name
      #expect(distortion < bound.distortion(order: order), "\(name)")
      #expect(squaredCondition < bound.squaredCondition(order: order), "\(name)")
      print(
        "QUALITY \(spectrum) \(name) \(distortion) < \(bound.distortion(order: order)), \(squaredCondition) < \(bound.squaredCondition(order: order))"
      )
    }
  }

  @Test("that sample rows uniformly miss coherent ones; those with one hash confuse them")
  func coherentRows() throws {
    let leading: Matrix<Double> = try tallMatrix(
      rows: 3000, columns: 40, conditionNumber: 1e8, spectrum: .clustered)
    // The twenty rows that matter come first; here they are spread.
    let matrix = leading.selectingRows((0..<3000).map { $0 * 1571 % 3000 })
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
