import OptimKit

/// Sparse features in compressed rows.
///
/// Storage: that of the matrix, shared with its owner. Where columns hold a few elements each, sums over rows by
/// several threads take more than the product, and the transposed matrix is kept beside it.
public struct SparseFeatures<Scalar: RealScalar>: LinearFeatures {
  /// X.
  public let matrix: SparseMatrix<Scalar>

  /// Xᵀ, where products with it are faster than adding up rows.
  private let transposed: SparseMatrix<Scalar>?

  /// With fewer pieces of rows, threads would be idle.
  private static var fewestSums: Int { 4 }

  /// Elements from which on threads are worth it.
  private static var storedCountWorthTransposing: Int { 1 << 17 }

  /// Takes a matrix as features.
  ///
  /// - Complexity: O(1); O(n + d + stored elements) where columns hold a few elements each.
  public init(_ matrix: SparseMatrix<Scalar>) {
    self.matrix = matrix
    let isWide =
      matrix.sumCount < Self.fewestSums && matrix.storedCount >= Self.storedCountWorthTransposing
    transposed = isWide ? matrix.transposed() : nil
  }

  /// n.
  public var sampleCount: Int { matrix.rowCount }

  /// d.
  public var featureCount: Int { matrix.columnCount }

  /// Whether a product with Xᵀ D X takes one pass over the rows.
  var hasFusedProducts: Bool { transposed == nil }

  /// result ← X Wᵀ.
  ///
  /// - Complexity: O(k (n + stored elements)).
  public func multiply(
    _ weights: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    matrix.multiply(byTransposed: weights, rows: outputs, into: &result)
  }

  /// result ← UᵀX.
  ///
  /// - Complexity: O(k (n + d + stored elements)).
  public func multiplyTransposed(
    _ u: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    guard outputs > 1 else { return multiplyTransposed(u, vectors: 1, into: &result) }
    var products = Scalar.zeros(featureCount * outputs)
    var span = products.mutableSpan
    multiplyTransposed(u, vectors: outputs, into: &span)
    SparseMatrix.transpose(span.span, rows: featureCount, into: &result)
  }

  /// result ← XᵀU, d × k.
  private func multiplyTransposed(
    _ u: Span<Scalar>, vectors: Int, into result: inout MutableSpan<Scalar>
  ) {
    if let transposed {
      transposed.apply(u, vectors: vectors, into: &result)
    } else {
      matrix.applyTransposed(u, vectors: vectors, into: &result)
    }
  }

  /// The standard deviation of each column, and no shift: zeros stay zeros.
  ///
  /// With an intercept the fit is the same as with a shift.
  ///
  /// - Complexity: O(d + stored elements).
  public func standardization(over sharding: Sharding?) throws -> FeatureScaling<Scalar> {
    // A rank without samples stands for one that does not count.
    let isEmpty = sharding?.range.isEmpty ?? false
    let ownCount = isEmpty ? 0 : sampleCount
    let count = sharding?.wholeCount ?? sampleCount
    var means = Scalar.zeros(featureCount)
    var counts = [Int](repeating: 0, count: featureCount)
    if !isEmpty {
      matrix.withUnsafeElements { columns, values in
        for (column, value) in zip(columns, values) {
          means[Int(column)] += value
          counts[Int(column)] += 1
        }
      }
    }
    var span = means.mutableSpan
    try sharding?.reduction.sum(&span)
    for column in 0..<featureCount { means[column] /= Scalar(count) }
    // Those that are not stored are at 0.
    var squares = (0..<featureCount).map {
      Scalar(ownCount - counts[$0]) * means[$0] * means[$0]
    }
    if !isEmpty {
      matrix.withUnsafeElements { columns, values in
        for (column, value) in zip(columns, values) {
          let distance = value - means[Int(column)]
          squares[Int(column)] += distance * distance
        }
      }
    }
    var squaresSpan = squares.mutableSpan
    try sharding?.reduction.sum(&squaresSpan)
    return FeatureScaling(means: means, squares: squares, count: count, shifts: false)
  }

  /// Rows copied.
  public func selectingSamples(_ samples: [Int]) -> Self {
    Self(matrix.selectingRows(samples))
  }

  /// A Jacobian that hands out sparse rows.
  public static func makeJacobian(of model: LinearModel<Self>) -> SparseLinearJacobian<Scalar> {
    SparseLinearJacobian(model: model)
  }
}
