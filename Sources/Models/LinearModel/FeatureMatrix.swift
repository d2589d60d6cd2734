import OptimKit

/// A matrix of features, one row a sample, that weights can be multiplied with: `Matrix` and `SparseMatrix`.
public protocol FeatureMatrix<Scalar>: Sendable {
  /// The scalar type.
  associatedtype Scalar: RealScalar

  /// The number of samples n.
  var rowCount: Int { get }

  /// The number of features d.
  var columnCount: Int { get }

  /// result ← X Wᵀ, n × k, for W of k × d.
  func multiply(
    byTransposed weights: Span<Scalar>, rows: Int, into result: inout MutableSpan<Scalar>)

  /// Throws where an element is NaN or infinite.
  func requireFinite() throws
}

extension Matrix: FeatureMatrix {
  /// result ← X Wᵀ.
  ///
  /// - Complexity: O(n d k).
  public func multiply(
    byTransposed weights: Span<Scalar>, rows outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    if outputs == 1 {
      Scalar.multiply(
        storage.span, rows: rowCount, columns: columnCount, by: weights, into: &result)
    } else {
      Scalar.multiply(
        storage.span, .plain, weights, .transposed, rows: rowCount, inner: columnCount,
        columns: outputs, into: &result)
    }
  }

  /// Throws an `OptimKitError` that names the first such element.
  public func requireFinite() throws {
    guard let index = Scalar.firstNonFiniteIndex(in: storage.span) else { return }
    throw OptimKitError(
      .nonFiniteValue,
      cause: "feature \(index % columnCount) of sample \(index / columnCount) is "
        + "\(storage[index])",
      remedy: "remove the sample or replace the value")
  }
}

extension SparseMatrix: FeatureMatrix {
  /// result ← X Wᵀ.
  ///
  /// - Complexity: O(k (n + stored elements)).
  public func multiply(
    byTransposed weights: Span<Scalar>, rows outputs: Int, into result: inout MutableSpan<Scalar>
  ) {
    guard outputs > 1 else {
      apply(weights, into: &result)
      return
    }
    // What one element is multiplied by lies side by side.
    var columns = Scalar.zeros(weights.count)
    var span = columns.mutableSpan
    Self.transpose(weights, rows: outputs, into: &span)
    apply(span.span, vectors: outputs, into: &result)
  }

  /// Elements are finite since the matrix was made.
  public func requireFinite() {}

  /// result ← the transposed of a dense matrix of `rows` rows.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  static func transpose(_ source: Span<Scalar>, rows: Int, into result: inout MutableSpan<Scalar>) {
    let columns = source.count / rows
    for row in 0..<rows {
      for column in 0..<columns {
        result[column * rows + row] = source[row * columns + column]
      }
    }
  }
}
