import OptimKit
import OptimKitModels
import OptimKitTesting

/// 1 with one thread, a little more with others: what no result may be multiplied by.
private var threadFactor: Double { 1 + 1e-6 * Double(ThreadPool.threadCount - 1) }

/// A Jacobian whose products depend on the number of threads.
struct ThreadDependentJacobian<Scalar: RealScalar>: RowAccessible {
  let base: DenseJacobian<Scalar>

  init(_ matrix: Matrix<Scalar>) { base = DenseJacobian(matrix) }

  var rowCount: Int { base.rowCount }
  var columnCount: Int { base.columnCount }

  func apply(_ x: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    base.apply(x, into: &result)
    Scalar.scale(&result, by: Scalar(threadFactor))
  }

  func applyTransposed(_ u: Span<Scalar>, into result: inout MutableSpan<Scalar>) {
    base.applyTransposed(u, into: &result)
    Scalar.scale(&result, by: Scalar(threadFactor))
  }

  func copyRows(_ rows: Range<Int>, into result: inout MutableSpan<Scalar>) {
    base.copyRows(rows, into: &result)
    Scalar.scale(&result, by: Scalar(threadFactor))
  }
}

/// f(θ) = A θ by such a Jacobian.
struct ThreadDependentModel: Model {
  let jacobian: ThreadDependentJacobian<Double>

  var parameterCount: Int { jacobian.columnCount }
  var outputCount: Int { jacobian.rowCount }

  func evaluate(at parameters: Span<Double>, into outputs: inout MutableSpan<Double>) {
    jacobian.apply(parameters, into: &outputs)
  }

  func linearize(
    at parameters: Span<Double>, outputs: inout MutableSpan<Double>
  ) -> ThreadDependentJacobian<Double> {
    evaluate(at: parameters, into: &outputs)
    return jacobian
  }
}

/// A sketch that depends on the number of threads.
struct ThreadDependentSketcher: Sketcher {
  var name: String { "thread-dependent" }

  func makeSketch(rows: Int, columns: Int, key: RandomKey) -> any Sketch {
    GaussianSketcher(scale: threadFactor).makeSketch(rows: rows, columns: columns, key: key)
  }
}
