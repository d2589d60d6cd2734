import Foundation

/// A linear least-squares problem in coordinates that make its matrix lower bidiagonal: the model of a step is
/// ½‖L w + c‖², and every damped step costs O(k) (Eldén 1977).
package struct BidiagonalCoordinates: Sendable {
  /// The diagonal of L, and what is below it.
  private let diagonal, subdiagonal: [Double]
  /// c.
  private let coefficients: [Double]
  /// √(‖L‖₁ ‖L‖∞): at least the largest singular value of L, and at most twice that.
  package let norm: Double
  /// What of √μ, relative to the norm, is rounding.
  package let cutoff: Double

  package init(
    diagonal: [Double], subdiagonal: [Double], coefficients: [Double], cutoff: Double
  ) {
    self.diagonal = diagonal
    self.subdiagonal = subdiagonal
    self.coefficients = coefficients
    self.cutoff = cutoff
    let (d, e) = (diagonal.map(abs), subdiagonal.map(abs) + [0])
    let columnNorm = d.indices.map { d[$0] + e[$0] }.max() ?? 0
    let rowNorm = d.indices.map { d[$0] + ($0 > 0 ? e[$0 - 1] : 0) }.max() ?? 0
    // No product, which would overflow sooner.
    norm = columnNorm.squareRoot() * rowNorm.squareRoot()
  }

  /// The order of L.
  package var count: Int { diagonal.count }

  /// By how much the model can fall, but for rounding.
  package var largestReduction: Double { reduction(of: damped(by: 0)) }

  /// The minimum of the model plus (μ/2)‖w‖², √μ being no less than rounding.
  ///
  /// Reflections in planes turn [L; √μ I] into a lower bidiagonal matrix, from the last column to the first.
  package func damped(by damping: Double) -> [Double] {
    let count = diagonal.count
    let root = max(damping.squareRoot(), cutoff * norm)
    guard root > 0 else { return [Double](repeating: 0, count: count) }
    var pivots = diagonal
    var links = [0] + subdiagonal
    var sides = coefficients.map { -$0 }
    // The row of √μ I in hand: its element in column i, and its right-hand side.
    var (row, side) = (root, 0.0)
    for i in stride(from: count - 1, through: 0, by: -1) {
      // It loses column i to row i of L, and gains one of column i − 1.
      let length = hypot(pivots[i], row)
      let (cosine, sine) = (pivots[i] / length, row / length)
      let fill = -sine * links[i]
      let rest = cosine * side - sine * sides[i]
      pivots[i] = length
      links[i] *= cosine
      sides[i] = cosine * sides[i] + sine * side
      // That is merged with the next row of √μ I.
      row = hypot(root, fill)
      side = fill / row * rest
    }
    var previous = 0.0
    for i in 0..<count {
      previous = (sides[i] - links[i] * previous) / pivots[i]
      sides[i] = previous
    }
    return sides
  }

  /// By how much the model falls along w.
  package func reduction(of w: [Double]) -> Double {
    var sum = 0.0
    for i in w.indices {
      let image = diagonal[i] * w[i] + (i > 0 ? subdiagonal[i - 1] * w[i - 1] : 0)
      sum -= image * (coefficients[i] + image / 2)
    }
    return sum
  }
}
