import OptimKit
import OptimKitModels
import OptimKitTesting

/// A Jacobian that offers its Gram matrix, and no rows. It leaves NaN above the diagonal, as it
/// may.
struct GramJacobian<Scalar: RealScalar>: GramComputing {
  let base: DenseJacobian<Scalar>
  /// What J Jᵀ is multiplied by: anything but 1 is a bug.
  var gramScale: Scalar = 1

  init(_ matrix: Matrix<Scalar>) { base = DenseJacobian(matrix) }

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    base.apply(x, into: &result)
  }

  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    base.applyTransposed(u, into: &result)
  }

  func computeGram(into result: inout MutableSpan<Scalar>) {
    let gram = base.matrix * base.matrix.plainlyTransposed
    for i in 0..<rowCount {
      for j in 0..<rowCount {
        result[i * rowCount + j] = j <= i ? gramScale * gram[i, j] : .nan
      }
    }
  }

  func applyGram(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    let gram = base.matrix * base.matrix.plainlyTransposed
    Scalar.multiply(gram.storage.span, rows: rowCount, columns: rowCount, by: u, into: &result)
  }
}

/// A Jacobian whose methods can be replaced one at a time.
struct AlteredJacobian<Scalar: RealScalar>: RowAccessible {
  let base: DenseJacobian<Scalar>
  var transposedScale: Scalar = 1
  var addsOne = false
  var addsToResult = false
  var rowOffset = 0

  init(_ matrix: Matrix<Scalar>) { base = DenseJacobian(matrix) }

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    Scalar.multiply(
      base.matrix.storage.span, rows: rowCount, columns: columnCount, by: x,
      plus: addsToResult ? 1 : 0, into: &result)
    if addsOne { result[0] += 1 }
  }

  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    base.applyTransposed(u, into: &result)
    Scalar.scale(&result, by: transposedScale)
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    for (position, row) in rows.enumerated() {
      let source = (row + rowOffset) % rowCount
      for j in 0..<columnCount { result[position * columnCount + j] = base.matrix[source, j] }
    }
  }
}
