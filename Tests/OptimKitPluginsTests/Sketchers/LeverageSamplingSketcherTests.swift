import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Leverage score sampling")
struct LeverageSamplingSketcherTests {
  private let key = RandomKey(seed: 3, purpose: .sketch)

  @Test("estimates scores, from either side alike", arguments: Spectrum.allCases)
  func scores(spectrum: Spectrum) throws {
    let matrix: Matrix<Double> = try tallMatrix(
      rows: 2000, columns: 20, conditionNumber: 1e4, spectrum: spectrum)
    let basis = try OrthogonalFactorization(matrix).orthonormalFactor()
    let exact = (0..<2000).map { i in basis.row(i).reduce(0) { $0 + $1 * $1 } }
    let primal = try LeverageSamplingSketcher.approximateScores(
      of: DampedSystem(jacobian: DenseJacobian(matrix)), key: key)
    // Eight projections and a distortion of a half.
    for (score, reference) in zip(primal, exact) {
      #expect(score > 0.01 * reference && score < 8 * reference)
    }
    #expect(abs(primal.reduce(0, +) / 20 - 1) < 0.5)
    let dual = try LeverageSamplingSketcher.approximateScores(
      of: DampedSystem(jacobian: DenseJacobian(matrix.transposed())), key: key)
    for (one, other) in zip(primal, dual) { #expect(abs(one - other) < 1e-8) }
  }

  @Test("samples what lacks rank, and what is zero")
  func rankDeficient() throws {
    var matrix: Matrix<Double> = try tallMatrix(rows: 500, columns: 6, conditionNumber: 1)
    for i in 0..<500 { matrix[i, 5] = matrix[i, 4] }
    let scores = try LeverageSamplingSketcher.approximateScores(
      of: DampedSystem(jacobian: DenseJacobian(matrix)), key: key)
    #expect(scores.allSatisfy { $0.isFinite })
    for columns in [3, 700] {
      let zero = DampedSystem(
        jacobian: DenseJacobian(Matrix<Double>(rowCount: 500, columnCount: columns)))
      let sketch = try zero.makeSketch(from: LeverageSamplingSketcher(), rows: 12, key: key)
      #expect(sketch.rowCount == 12)
    }
  }

  @Test("needs the system, and its rows")
  func refusals() throws {
    #expect(
      errorKind {
        _ = try LeverageSamplingSketcher().makeSketch(rows: 4, columns: 9, key: key)
      } == .missingCapability)
    let matrix: Matrix<Double> = try tallMatrix(rows: 30, columns: 4, conditionNumber: 1)
    let products = DampedSystem(jacobian: ProductsOnlyJacobian(DenseJacobian(matrix)))
    #expect(
      errorKind {
        _ = try products.makeSketch(from: LeverageSamplingSketcher(), rows: 16, key: key)
      } == .missingCapability)
  }

  @Test("a stratified sample keeps heavy members, and the others in proportion to their weights")
  func stratifiedSample() {
    let weights = (0..<100).map { $0 < 3 ? 1000.0 : Double($0 % 10) }
    let draws = 400
    var sums = [Double](repeating: 0, count: 100)
    for iteration in 0..<draws {
      let sample = StratifiedSample(
        count: 20, weights: weights, key: key.with(iteration: iteration))
      #expect(sample.members.count == 20)
      #expect(sample.members == sample.members.sorted())
      for (member, probability) in zip(sample.members, sample.probabilities) {
        sums[member] += 1 / (probability * Double(draws))
        if member < 3 { #expect(probability == 1) }
      }
    }
    // Σ 1/π over the times that i is included has the expectation 1.
    for (member, sum) in sums.enumerated() {
      if member < 3 { #expect(abs(sum - 1) < 1e-12) } else { #expect(abs(sum - 1) < 0.8) }
    }
    #expect(abs(sums.reduce(0, +) / 100 - 1) < 0.03)
    let all = StratifiedSample(count: 200, weights: weights, key: key)
    #expect(all.members == Array(0..<100) && all.probabilities.allSatisfy { $0 == 1 })
  }
}

/// Leverage score sampling of identity matrices, one below the other, with as many rows as the sketch has
/// columns: no score is near zero, where chance would be great.
struct LeverageOfRepeatedRows: Sketcher {
  var name: String { "leverage of repeated rows" }

  func makeSketch(rows: Int, columns: Int, key: RandomKey) throws -> any Sketch {
    var matrix = Matrix<Double>(
      rowCount: columns, columnCount: min(columns, max(1, rows / 4)))
    for i in 0..<columns { matrix[i, i % matrix.columnCount] = 1 }
    return try DampedSystem(jacobian: DenseJacobian(matrix)).makeSketch(
      from: LeverageSamplingSketcher(), rows: rows, key: key)
  }
}
