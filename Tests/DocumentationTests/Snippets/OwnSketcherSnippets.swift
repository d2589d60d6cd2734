import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

/// The article OwnSketcher of the catalogue of OptimKit.
@Suite("The snippets of the article on a sketcher of one's own run")
struct OwnSketcherSnippets {
  @Test func conformance() {
    // snippet
    for columns in [40, 300] {
      let issues = conformanceIssues(
        of: BandedSignSketcher(bands: 4), rows: 64, columns: columns, scalar: Double.self)
      #expect(issues == [])
    }
    // end of snippet
    #expect(
      conformanceIssues(
        of: BandedSignSketcher(bands: 7), rows: 60, columns: 300, scalar: Float.self) == [])
    #expect(throws: OptimKitError.self) {
      try BandedSignSketcher(bands: 9).makeSketch(
        rows: 8, columns: 40, key: RandomKey(seed: 0, purpose: .sketch))
    }
  }

  @Test func quality() throws {
    // snippet
    let matrix: Matrix<Double> = try tallMatrix(rows: 4000, columns: 40, conditionNumber: 1e6)
    let system = DampedSystem(jacobian: DenseJacobian(matrix))
    let key = RandomKey(seed: 5, purpose: .sketch)
    for sketcher in [BandedSignSketcher(bands: 4), .sparseSign()] as [any Sketcher] {
      let sketch = try system.makeSketch(from: sketcher, rows: 160, key: key)
      var sketched = Matrix<Double>(rowCount: sketch.rowCount, columnCount: 40)
      try system.apply(sketch, into: &sketched)
      let triangle = try OrthogonalFactorization(sketched).triangularFactor
      print(
        sketcher.name, try subspaceDistortion(of: matrix, sketchedTo: sketched),
        try conditionNumber(of: matrix, preconditionedBy: triangle))
    }
    // end of snippet
    var worst = 0.0
    for seed in 0..<10 as Range<UInt64> {
      let sketch = try system.makeSketch(
        from: BandedSignSketcher(bands: 4), rows: 160, key: RandomKey(seed: seed, purpose: .sketch))
      var sketched = Matrix<Double>(rowCount: sketch.rowCount, columnCount: 40)
      try system.apply(sketch, into: &sketched)
      let triangle = try OrthogonalFactorization(sketched).triangularFactor
      worst = max(worst, try conditionNumber(of: matrix, preconditionedBy: triangle))
    }
    // ((√s + √k)/(√s − √k))² bounds κ(P⁻¹N) = κ(A R⁻¹)², 9 at s = 4 k, and chance adds some.
    #expect(worst * worst < 18)
  }

  @Test func use() throws {
    let key = RandomKey(seed: 1, purpose: .data)
    let features: Matrix<Double> = key.normalMatrix(600, 30)
    let labels = (0..<600).map { features[$0, 0] > 0.3 * features[$0, 1] ? 1.0 : 0 }
    // snippet
    let model = try LinearModel(features: features)
    let objective = try EmpiricalRisk(
      model: model, loss: LogisticLoss(), targets: labels, ridge: 1)
    let result = try minimize(
      objective, from: model.initialParameters,
      using: .newton(solver: .sketchedCG(.bandedSign(bands: 4))), until: [.gradientNorm(1e-8)])
    print(result.summary.history.map(\.innerIterations))
    // end of snippet
    #expect(result.isConverged)
  }
}

// snippet
/// Column q of S has one nonzero ±1/√ζ in each of ζ bands of rows (OSNAP, Nelson and Nguyen 2013).
struct BandedSignSketcher: Sketcher {
  var bands: Int

  var name: String { "banded-sign" }

  func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    guard bands > 0, rows >= bands, columns > 0 else {
      throw OptimKitError(
        .invalidArgument, cause: "\(bands) bands in a sketch of \(rows) × \(columns)",
        remedy: "choose at least one band and at least as many rows as bands")
    }
    // Bands of equal height: fewer rows than asked for, where they do not divide.
    return BandedSignSketch(bands: bands, height: rows / bands, columnCount: columns, key: key)
  }

  func work(rows: Int, columns: Int, vectors: Int) -> Work {
    let nonzeros = Double(bands) * Double(columns)
    return Work(
      vectorOperations: 2 * nonzeros * Double(vectors), scalarOperations: 20 * nonzeros)
  }
}
// end of snippet

// snippet
extension Sketcher where Self == BandedSignSketcher {
  static func bandedSign(bands: Int) -> Self { Self(bands: bands) }
}
// end of snippet

// snippet
private struct BandedSignSketch: Sketch {
  let bands: Int
  let height: Int
  let columnCount: Int
  let key: RandomKey

  var rowCount: Int { bands * height }
  var blockRowCount: Int { 512 }

  /// The row and the sign of the nonzero of column q in a band: a function of the key and of the place alone.
  func nonzero(_ column: Int, _ band: Int) -> (row: Int, isNegative: Bool) {
    let position = UInt64(column) * UInt64((bands + 3) / 4) + UInt64(band / 4)
    let word = key.block(at: position)[band % 4]
    // The high bits choose the row, the lowest one the sign.
    let row = Int((UInt64(word) * UInt64(height)) >> 32)
    return (band * height + row, word & 1 == 1)
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func accumulate<Scalar: RealScalar>(
    _ block: inout MutableSpan<Scalar>, number: Int, lanes: Int,
    into sum: inout MutableSpan<Scalar>
  ) {
    let first = number * blockRowCount
    let scale = 1 / Scalar(bands).squareRoot()
    for row in 0..<min(blockRowCount, columnCount - first) {
      for band in 0..<bands {
        let (target, isNegative) = nonzero(first + row, band)
        let factor = isNegative ? -scale : scale
        for lane in 0..<lanes {
          sum[target * lanes + lane] += factor * block[row * lanes + lane]
        }
      }
    }
  }
}
// end of snippet
