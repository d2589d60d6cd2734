import OptimKit

/// The thin singular value decomposition A = Q U Σ Vᵀ of a tall matrix of few columns, by Householder reflections and
/// one-sided Jacobi rotations of the triangle: a fit of a few parameters spends most of its time in calls of LAPACK
/// otherwise.
///
/// Singular values have small relative errors, also where columns are of different sizes.
///
/// Cost: 2 l k² + some 6 sweeps of 6 k³. Storage: l k + 2 k² scalars.
///
/// Sources: Golub and Van Loan, Matrix Computations, 2013, 5.2; Demmel and Veselić, Jacobi's method is more accurate than
/// QR, 1992.
package struct SmallDecomposition<Scalar: RealScalar> {
  /// σ, in descending order.
  package let values: [Scalar]
  /// U and V, vector after vector.
  private let left: [Scalar]
  private let right: [Scalar]
  /// The vectors of the reflections, column after column; each has an element 1 on the diagonal that is not stored.
  private let reflections: [Scalar]
  /// How much of a vector's component along it each reflection takes away.
  private let factors: [Scalar]
  private let rowCount: Int

  private var columnCount: Int { values.count }

  /// Whether a matrix of that size is decomposed faster so than by LAPACK.
  package static func serves(rows: Int, columns: Int) -> Bool {
    columns > 0 && columns <= 16 && rows >= columns && rows * columns <= 2048
  }

  /// Decomposes a matrix.
  ///
  /// - Throws: `OptimKitError` of kind `nonFiniteValue` where an element is NaN or infinite.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package init(_ matrix: Matrix<Scalar>) throws {
    try matrix.requireFinite(toBe: "decomposed")
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    let elements = matrix.storage
    // Divided by the largest element, so that squares neither overflow nor vanish.
    let largest = elements.reduce(0) { max($0, $1.magnitude) }
    var reflections = Scalar.zeros(rows * columns)
    if largest > 0 {
      for i in 0..<rows {
        for j in 0..<columns { reflections[j * rows + i] = elements[i * columns + j] / largest }
      }
    }
    var factors = Scalar.zeros(columns)
    var left = Scalar.zeros(columns * columns)
    var right = Scalar.zeros(columns * columns)
    Self.reflect(&reflections, rows, columns, triangle: &left, factors: &factors)
    Self.rotate(&left, &right, columns)

    var norms = Scalar.zeros(columns)
    left.withUnsafeBufferPointer { left in
      for j in 0..<columns {
        let column = left.baseAddress! + j * columns
        norms[j] = Self.dot(column, column, columns).squareRoot()
      }
    }
    let order = (0..<columns).sorted { norms[$0] > norms[$1] }
    var sortedLeft = Scalar.zeros(columns * columns)
    var sortedRight = sortedLeft
    for (place, j) in order.enumerated() where norms[j] > 0 {
      for i in 0..<columns { sortedLeft[place * columns + i] = left[j * columns + i] / norms[j] }
    }
    for (place, j) in order.enumerated() {
      for i in 0..<columns { sortedRight[place * columns + i] = right[j * columns + i] }
    }
    values = order.map { norms[$0] * largest }
    self.left = sortedLeft
    self.right = sortedRight
    self.reflections = reflections
    self.factors = factors
    rowCount = rows
  }

  /// A = Q R for the columns `a`, which become reflections; R column after column.
  private static func reflect(
    _ a: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int,
    triangle: UnsafeMutablePointer<Scalar>, factors: UnsafeMutablePointer<Scalar>
  ) {
    for j in 0..<columns {
      let column = a + j * rows
      let below = rows - j - 1
      let rest = column + j + 1
      for i in 0..<j { triangle[j * columns + i] = column[i] }
      let norm = (column[j] * column[j] + dot(rest, rest, below)).squareRoot()
      guard norm > 0 else { continue }
      let diagonal = column[j] > 0 ? -norm : norm
      let first = column[j] - diagonal
      triangle[j * columns + j] = diagonal
      factors[j] = -first / diagonal
      for i in 0..<below { rest[i] /= first }
      var next = j + 1
      while next < columns {
        let other = a + next * rows + j
        let part = factors[j] * (other[0] + dot(rest, other + 1, below))
        other[0] -= part
        subtract(part, rest, from: other + 1, below)
        next += 1
      }
    }
  }

  /// Rotates pairs of columns of R, `x`, until all are orthogonal: R V = U Σ, with V in `v`.
  private static func rotate(
    _ x: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let tolerance = Scalar.unitRoundoff * 4
    for j in 0..<count { v[j * count + j] = 1 }
    // Quadratic convergence ends it long before.
    for _ in 0..<40 {
      var isOrthogonal = true
      for first in 0..<count {
        var second = first + 1
        while second < count {
          let (p, q) = (x + first * count, x + second * count)
          let (a, b, product) = (dot(p, p, count), dot(q, q, count), dot(p, q, count))
          if product.magnitude > tolerance * (a.squareRoot() * b.squareRoot()) {
            isOrthogonal = false
            let zeta = (b - a) / (2 * product)
            let size = zeta.magnitude + (1 + zeta * zeta).squareRoot()
            let tangent = zeta < 0 ? -1 / size : 1 / size
            let cosine = 1 / (1 + tangent * tangent).squareRoot()
            rotate(p, q, count, cosine, cosine * tangent)
            rotate(v + first * count, v + second * count, count, cosine, cosine * tangent)
          }
          second += 1
        }
      }
      if isOrthogonal { return }
    }
  }

  /// Uᵀ Qᵀ x.
  ///
  /// - Complexity: O(l k).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func project(_ x: [Scalar]) -> [Double] {
    let (rows, columns) = (rowCount, columnCount)
    var rotated = x
    return rotated.withUnsafeMutableBufferPointer { rotated in
      reflections.withUnsafeBufferPointer { reflections in
        for j in 0..<columns {
          let vector = reflections.baseAddress! + j * rows + j + 1
          let rest = rotated.baseAddress! + j + 1
          let part = factors[j] * (rotated[j] + Self.dot(vector, rest, rows - j - 1))
          rotated[j] -= part
          Self.subtract(part, vector, from: rest, rows - j - 1)
        }
      }
      return left.withUnsafeBufferPointer { left in
        (0..<columns).map {
          Double(Self.dot(left.baseAddress! + $0 * columns, rotated.baseAddress!, columns))
        }
      }
    }
  }

  /// V w.
  ///
  /// - Complexity: O(k²).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package func expand(_ w: [Double]) -> [Scalar] {
    var result = Scalar.zeros(columnCount)
    for (j, coordinate) in w.enumerated() where coordinate != 0 {
      let factor = Scalar(coordinate)
      for i in 0..<columnCount { result[i] += factor * right[j * columnCount + i] }
    }
    return result
  }

  // MARK: Vectors

  /// xᵀy, in four sums, which do not wait for each other.
  @inline(__always)
  private static func dot(
    _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, _ count: Int
  ) -> Scalar {
    var (a, b, c, d) = (Scalar(0), Scalar(0), Scalar(0), Scalar(0))
    var i = 0
    while i + 4 <= count {
      a += x[i] * y[i]
      b += x[i + 1] * y[i + 1]
      c += x[i + 2] * y[i + 2]
      d += x[i + 3] * y[i + 3]
      i += 4
    }
    while i < count {
      a += x[i] * y[i]
      i += 1
    }
    return (a + b) + (c + d)
  }

  /// y ← y − α x.
  @inline(__always)
  private static func subtract(
    _ alpha: Scalar, _ x: UnsafePointer<Scalar>, from y: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for i in 0..<count { y[i] -= alpha * x[i] }
  }

  @inline(__always)
  private static func rotate(
    _ x: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ count: Int,
    _ cosine: Scalar, _ sine: Scalar
  ) {
    for i in 0..<count {
      let (first, second) = (x[i], y[i])
      x[i] = cosine * first - sine * second
      y[i] = sine * first + cosine * second
    }
  }
}
