import OptimKit

/// Sparse features in compressed rows.
///
/// Storage: that of the matrix, shared with its owner, and that of its transpose, which makes products with Xᵀ as
/// fast as those with X.
public struct SparseFeatures<Scalar: RealScalar>: LinearFeatures {
  /// X.
  public let matrix: SparseMatrix<Scalar>

  private let transposed: SparseMatrix<Scalar>

  /// Takes a matrix as features.
  ///
  /// - Complexity: O(n + d + stored elements).
  public init(_ matrix: SparseMatrix<Scalar>) {
    self.matrix = matrix
    transposed = matrix.transposed()
  }

  /// n.
  public var sampleCount: Int { matrix.rowCount }

  /// d.
  public var featureCount: Int { matrix.columnCount }

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
  /// - Complexity: O(k (d + stored elements)).
  public func multiplyTransposed(
    _ u: Span<Scalar>, outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    guard outputs > 1 else {
      transposed.apply(u, into: &result)
      return
    }
    var column = Scalar.zeros(sampleCount)
    for output in 0..<outputs {
      var span = column.mutableSpan
      Self.gather(u, first: output, stride: outputs, to: &span)
      let source = column
      result.withSlice(output * featureCount..<(output + 1) * featureCount) {
        transposed.apply(source.span, into: &$0)
      }
    }
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private static func gather(
    _ source: Span<Scalar>, first: Int, stride: Int, to target: inout MutableSpan<Scalar>
  ) {
    for i in target.indices { target[i] = source[first + i * stride] }
  }

  /// The standard deviation of each column, and no shift: zeros stay zeros.
  ///
  /// With an intercept the fit is the same as with a shift.
  ///
  /// - Complexity: O(d + stored elements).
  public func standardization() -> FeatureScaling<Scalar> {
    var means = Scalar.zeros(featureCount)
    var squares = means
    for column in 0..<featureCount {
      let stored = transposed.values[
        transposed.rowOffsets[column]..<transposed.rowOffsets[column + 1]]
      let mean = stored.reduce(0, +) / Scalar(sampleCount)
      means[column] = mean
      // Those that are not stored are at 0.
      squares[column] = stored.reduce(Scalar(sampleCount - stored.count) * mean * mean) {
        $0 + ($1 - mean) * ($1 - mean)
      }
    }
    return FeatureScaling(means: means, squares: squares, count: sampleCount, shifts: false)
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
