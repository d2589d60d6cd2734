import OptimKit

/// Dense features, row-major. Storage: that of the matrix, which is shared with its owner.
public struct DenseFeatures<Scalar: RealScalar>: LinearFeatures {
  /// X.
  public let matrix: Matrix<Scalar>

  /// Takes a matrix as features, without a copy.
  public init(_ matrix: Matrix<Scalar>) { self.matrix = matrix }

  /// n.
  public var sampleCount: Int { matrix.rowCount }

  /// d.
  public var featureCount: Int { matrix.columnCount }

  /// result ← X Wᵀ.
  ///
  /// - Complexity: O(n d k).
  public func multiply(
    _ weights: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    matrix.multiply(byTransposed: weights, rows: outputs, into: &result)
  }

  /// result ← UᵀX.
  ///
  /// - Complexity: O(n d k).
  public func multiplyTransposed(
    _ u: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    if outputs == 1 {
      Scalar.multiply(
        matrix.storage.span, rows: sampleCount, columns: featureCount, .transposed, by: u,
        into: &result)
    } else {
      Scalar.multiply(
        u, .transposed, matrix.storage.span, rows: outputs, inner: sampleCount,
        columns: featureCount, into: &result)
    }
  }

  /// Mean and standard deviation of each column.
  ///
  /// - Complexity: O(n d), two passes.
  public func standardization(over sharding: Sharding?) throws -> FeatureScaling<Scalar> {
    // A rank without samples stands for one that does not count.
    let isEmpty = sharding?.range.isEmpty ?? false
    let count = sharding?.wholeCount ?? sampleCount
    let ones = [Scalar](repeating: isEmpty ? 0 : 1, count: sampleCount)
    var means = Scalar.zeros(featureCount)
    var span = means.mutableSpan
    multiplyTransposed(ones.span, outputs: 1, into: &span)
    try sharding?.reduction.sum(&span)
    Scalar.scale(&span, by: 1 / Scalar(count))
    var squares = isEmpty ? Scalar.zeros(featureCount) : squaredDistances(from: means)
    var squaresSpan = squares.mutableSpan
    try sharding?.reduction.sum(&squaresSpan)
    return FeatureScaling(means: means, squares: squares, count: count, shifts: true)
  }

  /// Σᵢ (x_ij − mean_j)².
  private func squaredDistances(from means: [Scalar]) -> [Scalar] {
    let columns = featureCount
    let pieces = max(1, min(16, sampleCount * columns >> 16))
    var sums = Scalar.zeros(pieces * columns)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = Shared(sums)
      ThreadPool.forEach(pieces) { piece in
        addSquaredDistances(
          ThreadPool.piece(piece, of: pieces, in: 0..<sampleCount), from: means,
          to: sums.pointer.baseAddress! + piece * columns)
      }
    }
    return (0..<columns).map { column in
      (0..<pieces).reduce(Scalar(0)) { $0 + sums[$1 * columns + column] }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func addSquaredDistances(
    _ rows: Range<Int>, from means: [Scalar], to sums: UnsafeMutablePointer<Scalar>
  ) {
    let elements = matrix.storage.span
    let columns = featureCount
    for row in rows {
      for column in 0..<columns {
        let distance = elements[row * columns + column] - means[column]
        sums[column] += distance * distance
      }
    }
  }

  /// Rows copied.
  public func selectingSamples(_ samples: [Int]) -> Self {
    Self(matrix.selectingRows(samples))
  }

  /// A Jacobian that hands out rows and normal matrices.
  public static func makeJacobian(of model: LinearModel<Self>) -> DenseLinearJacobian<Scalar> {
    DenseLinearJacobian(model: model)
  }
}
