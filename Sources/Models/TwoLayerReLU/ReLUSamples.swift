import OptimKit
import Synchronization

/// The samples of a network, with what depends on them alone.
final class ReLUSamples<Scalar: RealScalar>: Sendable {
  /// n × d, a bias column included.
  let features: Matrix<Scalar>

  /// Memory of activation bits, handed from one linearization to the next.
  let bitPool = ActivationBits.Pool()

  private let cachedRounding = Mutex<ReLUSamples<Float>?>(nil)
  private let cachedInnerProducts = Mutex<Matrix<Scalar>?>(nil)

  init(features: Matrix<Scalar>, hasBias: Bool) throws {
    guard features.rowCount > 0, features.columnCount > 0 else {
      throw OptimKitError(
        .invalidArgument,
        cause: "the feature matrix is \(features.rowCount) × \(features.columnCount)",
        remedy: "pass at least one sample with at least one feature")
    }
    if let index = Scalar.firstNonFiniteIndex(in: features.storage.span) {
      let (row, column) = index.quotientAndRemainder(dividingBy: features.columnCount)
      throw OptimKitError(
        .nonFiniteValue,
        cause: "feature \(column) of sample \(row) is \(features.storage[index])",
        remedy: "remove the sample or replace the value")
    }
    guard hasBias else {
      self.features = features
      return
    }
    var extended = Matrix<Scalar>(
      rowCount: features.rowCount, columnCount: features.columnCount + 1)
    for row in 0..<features.rowCount {
      let start = row * extended.columnCount
      extended.storage.replaceSubrange(
        start..<start + features.columnCount, with: features.row(row))
      extended.storage[start + features.columnCount] = 1
    }
    self.features = extended
  }

  /// The same samples rounded to `Float`; computed once, n d of `Float`. Nil where a feature overflows there.
  func roundedToSinglePrecision() -> ReLUSamples<Float>? {
    cachedRounding.withLock { cached in
      if let cached { return cached }
      let features = features
      var rounded = Matrix<Float>(
        rowCount: features.rowCount, columnCount: features.columnCount)
      var span = rounded.storage.mutableSpan
      Scalar.roundToSinglePrecision(features.storage.span, scaledBy: 1, into: &span)
      cached = try? ReLUSamples<Float>(features: rounded, hasBias: false)
      return cached
    }
  }

  /// X Xᵀ, lower triangle; computed once, n² scalars.
  func innerProducts() -> Matrix<Scalar> {
    cachedInnerProducts.withLock { cached in
      if let cached { return cached }
      let features = features
      var result = Matrix<Scalar>(rowCount: features.rowCount, columnCount: features.rowCount)
      var span = result.storage.mutableSpan
      Scalar.addGram(
        of: features.storage.span, order: features.rowCount, inner: features.columnCount,
        into: &span)
      cached = result
      return result
    }
  }
}
