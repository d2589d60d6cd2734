import OptimKit

// Definitions to compare with, as loops over elements in double precision.

extension Matrix {
  /// The same matrix in double precision.
  var inDouble: Matrix<Double> {
    var result = Matrix<Double>(rowCount: rowCount, columnCount: columnCount)
    for i in 0..<rowCount {
      for j in 0..<columnCount { result[i, j] = Double(self[i, j]) }
    }
    return result
  }

  /// The transposed matrix, by definition.
  var plainlyTransposed: Self {
    var result = Self(rowCount: columnCount, columnCount: rowCount)
    for i in 0..<rowCount {
      for j in 0..<columnCount { result[j, i] = self[i, j] }
    }
    return result
  }

  /// The columns as rows: op(A) for the two operands.
  func operated(_ operand: MatrixOperand) -> Self { operand == .plain ? self : plainlyTransposed }

  /// The matrix with one triangle kept and zeros in the other.
  func keeping(_ triangle: MatrixTriangle) -> Self {
    var result = self
    for i in 0..<rowCount {
      for j in 0..<columnCount where triangle == .lower ? j > i : j < i { result[i, j] = 0 }
    }
    return result
  }

  static func * (left: Self, right: Self) -> Self {
    var result = Self(rowCount: left.rowCount, columnCount: right.columnCount)
    for i in 0..<left.rowCount {
      for j in 0..<right.columnCount {
        var sum = Scalar(0)
        for l in 0..<left.columnCount { sum += left[i, l] * right[l, j] }
        result[i, j] = sum
      }
    }
    return result
  }

  static func * (left: Self, right: [Scalar]) -> [Scalar] {
    (0..<left.rowCount).map { i in
      (0..<left.columnCount).reduce(0) { $0 + left[i, $1] * right[$1] }
    }
  }
}

/// The largest difference between elements, and infinity for NaN or other sizes.
func largestDifference<Scalar: RealScalar>(_ actual: [Scalar], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  return zip(actual, expected).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

func largestDifference<Scalar: RealScalar>(
  _ actual: Matrix<Scalar>, _ expected: Matrix<Double>
) -> Double {
  guard actual.rowCount == expected.rowCount else { return .infinity }
  return largestDifference(actual.storage, expected.storage)
}

extension RealScalar {
  /// A bound on the rounding of sums of some dozens of terms of size 1.
  static var roundingOfSums: Double { 1000 * Double(unitRoundoff) }
}
