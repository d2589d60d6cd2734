import OptimKit
import OptimKitPlugins
import OptimKitTesting
import Testing

@Suite("Bidiagonal coordinates")
struct BidiagonalCoordinatesTests {
  /// L of order 5, one row with zeros, and c.
  private let diagonal = [2, -1, 0, 1e-3, 0.5]
  private let subdiagonal = [0.5, 1, 0, -2]
  private let coefficients = [1, -2, 0.5, 0.3, -0.1]

  private var model: BidiagonalCoordinates {
    BidiagonalCoordinates(
      diagonal: diagonal, subdiagonal: subdiagonal, coefficients: coefficients,
      cutoff: 1e-15)
  }

  private func image(_ w: [Double]) -> [Double] {
    w.indices.map { diagonal[$0] * w[$0] + ($0 > 0 ? subdiagonal[$0 - 1] * w[$0 - 1] : 0) }
  }

  @Test("damped steps satisfy the normal equations", arguments: [1e-8, 1e-3, 1, 1e6])
  func normalEquations(damping: Double) {
    let w = model.damped(by: damping)
    let rest = zip(image(w), coefficients).map { $0 + $1 }
    for i in w.indices {
      let force = diagonal[i] * rest[i] + (i < 4 ? subdiagonal[i] * rest[i + 1] : 0)
      #expect(abs(force + damping * w[i]) <= 1e-14 * (1 + norm(w)))
    }
  }

  @Test("reductions are differences of squares, and the largest is that of the least damping")
  func reductions() {
    let w = model.damped(by: 0.01)
    let rest = zip(image(w), coefficients).map { $0 + $1 }
    let squares = coefficients.reduce(0) { $0 + $1 * $1 } - rest.reduce(0) { $0 + $1 * $1 }
    #expect(abs(model.reduction(of: w) - squares / 2) < 1e-14)
    #expect(model.largestReduction > model.reduction(of: w))
  }

  @Test("the norm is at least the largest singular value, and at most twice that")
  func norms() throws {
    var matrix = Matrix<Double>(rowCount: 5, columnCount: 5)
    for i in 0..<5 {
      matrix[i, i] = diagonal[i]
      if i < 4 { matrix[i + 1, i] = subdiagonal[i] }
    }
    let largest = try #require(SingularValueDecomposition(matrix).values.first)
    #expect(model.norm >= largest && model.norm <= 2 * largest)
  }

  @Test("no damping, and nothing to reduce, is no step")
  func zero() {
    let zeros = [0.0, 0]
    let flat = BidiagonalCoordinates(
      diagonal: zeros, subdiagonal: [0], coefficients: [1, 1], cutoff: 1e-15)
    #expect(flat.damped(by: 0) == zeros && flat.largestReduction == 0)
  }
}
