import OptimKit
import OptimKitModels
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Normal matrices of sampled rows")
struct SampledRowsTests {
  private let key = RandomKey(seed: 12, purpose: "sampled rows")

  private func system(damping: Double) -> DampedSystem<Double> {
    DampedSystem(
      jacobian: DenseJacobian(key.normalMatrix(900, 30)),
      curvatureFactor: (0..<900).map { 1 + Double($0 % 4) / 8 }, damping: damping)
  }

  private func sampled(_ rows: [Int], _ system: DampedSystem<Double>) throws -> Matrix<Double> {
    var result = Matrix<Double>(
      rowCount: system.columnCount, columnCount: system.columnCount)
    try system.formSampledNormalMatrix(rows, into: &result)
    return result
  }

  @Test("are those of their rows, scaled up to all, and with all rows the normal matrix itself")
  func definition() throws {
    let system = system(damping: 0.5)
    let matrix: Matrix<Double> = key.normalMatrix(900, 30)
    for rows in [[3, 4, 200, 899], Array(0..<900)] {
      let result = try sampled(rows, system)
      for i in 0..<30 {
        for j in 0...i {
          let sum = rows.reduce(0.0) { sum, row in
            let factor = 1 + Double(row % 4) / 8
            return sum + factor * factor * matrix[row, i] * matrix[row, j]
          }
          let expected = 900 / Double(rows.count) * sum + (i == j ? 0.5 : 0)
          #expect(abs(result[i, j] - expected) <= 1e-10 * 900)
        }
      }
    }
  }

  @Test("precondition random rows to ((√s + √p) / (√s − √p))²", arguments: [120, 240, 480])
  func conditioning(count: Int) throws {
    let system = system(damping: 0)
    let factor = try CholeskyFactorization(
      sampled((0..<count).map { $0 * 900 / count }, system))
    // κ(L⁻¹ N L⁻ᵀ).
    var middle = Matrix<Double>(rowCount: 30, columnCount: 30)
    for j in 0..<30 {
      var column: [Double] = unitVector(j, of: 30)
      var span = column.mutableSpan
      factor.solveTransposedLower(in: &span)
      var image: [Double] = try filled(30) { try system.applyNormal(column.span, into: &$0) }
      var target = image.mutableSpan
      factor.solveLower(in: &target)
      for i in 0..<30 { middle[i, j] = image[i] }
    }
    let values = try SymmetricEigendecomposition(middle).values
    let measured = values.max()! / values.min()!
    let ratio = (Double(count) / 30).squareRoot()
    let bound = (ratio + 1) / (ratio - 1) * (ratio + 1) / (ratio - 1)
    #expect(measured > 1 && measured <= 1.3 * bound, "\(measured), \(bound)")
  }

  @Test("are refused where there are no rows to sample")
  func refusal() throws {
    let wide = DampedSystem(
      jacobian: DenseJacobian(key.normalMatrix(5, 9) as Matrix<Double>), damping: 1)
    #expect(!wide.canSampleRows)
    #expect(errorKind { try sampled([0], wide) } == .missingCapability)
  }
}
