extension RealScalar {
  /// maxᵢ |xᵢ|; 0 of nothing.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  package static func largestMagnitude(in x: Span<Self>) -> Self {
    var result = Self(0)
    for i in x.indices { result = max(result, abs(x[i])) }
    return result
  }

  /// y ← αx, rounded to `Float`.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  package static func roundToSinglePrecision(
    _ x: Span<Self>, scaledBy alpha: Self, into y: inout MutableSpan<Float>
  ) {
    precondition(x.count == y.count)
    for i in x.indices { y[i] = Float(alpha * x[i]) }
  }

  /// y ← αx.
  ///
  /// - Complexity: O(n).
  @specialized(where Self == Double)
  @specialized(where Self == Float)
  package static func widen(
    _ x: Span<Float>, scaledBy alpha: Self, into y: inout MutableSpan<Self>
  ) {
    precondition(x.count == y.count)
    for i in x.indices { y[i] = alpha * Self(x[i]) }
  }
}

extension Matrix {
  /// The lower triangle of a symmetric matrix with a positive diagonal, divided by its largest diagonal
  /// element and rounded to `Float`, and the factor that it was multiplied by. The matrix is optional to be
  /// handed over; it is in the memory of `storage` where that has the size.
  ///
  /// - Complexity: O(order²).
  package func roundedToSinglePrecision(
    reusing storage: consuming Matrix<Float>?
  ) -> (matrix: Matrix<Float>?, scale: Scalar) {
    let largest = (0..<rowCount).reduce(Scalar(0)) { max($0, self[$1, $1]) }
    let scale = largest > 0 ? 1 / largest : 1
    var memory = storage.take()
    if memory?.rowCount != rowCount {
      memory = Matrix<Float>(rowCount: rowCount, columnCount: columnCount)
    }
    var result = memory.take()!
    let elements = self.storage.span
    result.withMutableElements { target in
      for i in 0..<rowCount {
        let row = i * columnCount..<i * columnCount + i + 1
        target.withSlice(row) {
          Scalar.roundToSinglePrecision(elements.extracting(row), scaledBy: scale, into: &$0)
        }
      }
    }
    return (result, scale)
  }
}
